"""Decide what is measured, and how it is told: a line for each ratio, with what it was made of."""

from __future__ import annotations

import platform
import sys
from importlib import import_module

import click

from benchmarks.measuring import Row

PARTS = ("checks", "decisions", "callers", "due", "mail", "imports", "methods", "lists")


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(PARTS))
def main(parts: tuple[str, ...]) -> None:
    """Measure how long people wait, as ratios beside others that do the same work."""
    click.echo(f"Python {platform.python_version()}, {platform.system()}; ratios of this run")
    for part in parts or PARTS:
        click.echo(f"\n{part}")
        for row in import_module(f"benchmarks.{part}").measure():
            click.echo(told(row))


def told(row: Row) -> str:
    """A ratio, what is wanted, and what it was made of."""
    mark = "  " if row.met else "✗ "
    lines = [f"{mark}{row.what}: {row.ratio:.3g} (wanted {row.wanted})"]
    return "\n".join([*lines, *(f"      {figure}" for figure in row.figures)])


if __name__ == "__main__":
    sys.exit(main())
