"""The command that compares two methods, or two versions of one."""

from __future__ import annotations

import click

from innocities_engine import library, wording
from innocities_engine.authoring import diff as diffs
from innocities_engine.cli import differing, exits, methods, outputs
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs

verbs = Verbs()


@verbs.verb(
    "diff",
    examples=(
        "innocities methodology diff smartby-prosjekt innocities-sverige --lang sv",
        "innocities methodology diff metode/1.0.0.yaml metode/1.1.0.yaml --all",
        "innocities methodology diff smartby-prosjekt metode/1.1.0.yaml --as-overlay tillegg.yaml",
    ),
)
@click.argument("old", metavar="FILE|ID[@VERSION]")
@click.argument("new", metavar="FILE|ID[@VERSION]")
@click.option("--all", "whole", is_flag=True, help="Differences in texts alone, too.")
@click.option("--page", default="", type=outputs.FILE, metavar="FILE",
              help="Write a page to read or to print, too.")  # fmt: skip
@click.option("--as-overlay", "file", default="", type=outputs.FILE, metavar="FILE",
              help="Write an overlay that makes NEW of OLD, too.")  # fmt: skip
@click.option("--force", is_flag=True, help="Also over a file that is there.")
def diff(
    console: Console, old: str, new: str, whole: bool, page: str, file: str, force: bool
) -> None:
    """Compare two methods by their ids: what is new, gone or otherwise, and what that means.

    Looser, stricter, another structure, or texts alone; and which version the difference demands.
    Ends with 1 where NEW is a version of OLD and does not go far enough.
    """
    found = _compared(methods.resolved(console, old), methods.resolved(console, new))
    files = {}
    if page:
        files[page] = differing.page(console, found, whole=whole).encode()
    if file:
        files[file] = _overlay(console, old, new).encode()
    outputs.write(console, files, force=force, mode=outputs.SHARED, read=(old, new))
    told = {**differing.data(console, found), "files": list(files)}
    console.show(told, differing.lines(console, found, whole=whole))
    for name in files:
        console.talk("diff.written", file=name)
    if found.is_too_near:
        raise click.exceptions.Exit(exits.REFUSED)


def _compared(old: dict[str, object], new: dict[str, object]) -> differing.Differences:
    weighed = diffs.weighed(diffs.compare(old, new), old, new)
    return differing.Differences(old, new, weighed, diffs.demanded(weighed))


def _overlay(console: Console, old: str, new: str) -> str:
    """What NEW says otherwise than OLD, as operations on OLD."""
    before, after = (
        library.written(path, library=shelf)
        for path, shelf in (methods.source(console, given) for given in (old, new))
    )
    reason = {
        language: wording.say(wording.spoken(language), "diff.overlay_reason")
        for language in after["languages"]
    }
    return library.dump(diffs.overlay(before, after, change="differences", reason=reason))
