"""Decide how it is written which versions of the papers somebody had read, `plan@2, budget@1`, and
how it is told that a voice cannot rest on those. Whether it can is left to the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import click

from innocities_engine import wording
from innocities_engine.cli import inputs, names
from innocities_engine.cli.blocked import Reason
from innocities_engine.cli.table import listed
from innocities_engine.domain import gates

if TYPE_CHECKING:
    from innocities_engine.cli.blocked import Blocked
    from innocities_engine.cli.console import Console
    from innocities_engine.cli.teller import Teller
    from innocities_engine.domain.definition import Artefact
    from innocities_engine.domain.project import Passage

NOTHING: Final = "–"


def written(papers: Mapping[str, int]) -> str:
    """As `read` reads it."""
    return ", ".join(f"{artefact}@{n}" for artefact, n in papers.items()) or NOTHING


def read(console: Console, given: str, artefacts: Mapping[str, Artefact]) -> dict[str, int] | None:
    """The versions that were read, none of them where it says so; None where it says nothing."""
    if given in ("", NOTHING):
        return {} if given else None
    found = {}
    for one in listed(given):
        name, _, n = one.rpartition("@")
        if not (name and n.isdecimal() and len(n) <= inputs.MOST_DIGITS):
            raise click.UsageError(console.say("usage.papers", given=one))
        found[names.pick(console, "artefact", name, artefacts)] = int(n)
    return found


def named(t: Teller, papers: Mapping[str, int]) -> str:
    """The versions, in words."""
    told = [t.say("page.version", thing=t.title(a), n=n) for a, n in papers.items()]
    return wording.listed(t.language, told, "and")


def there(t: Teller, passage: Passage) -> str:
    """The versions that are there now, as they are written."""
    return written(gates.papers(t.s, passage))


# ---------------------------------------------------------------- why not


def changed(b: Blocked) -> Reason:
    read, now = b.params.get("read", "0"), b.params.get("now", "0")
    text = "paper_new" if read == "0" else "paper_gone" if now == "0" else "paper_changed"
    return b.tell(text, read=read, now=now)


def later(b: Blocked) -> Reason:
    """In a round nobody says what was read: its papers were presented before it opened. An approval
    names its version by itself.
    """
    days = {name: b.day_or_same(b.params.get(name, "")) for name in ("handed_in", "session")}
    n = b.params.get("version", "")
    if b.passage is None:
        return b.tell("paper_later_approval", f"--version {n}", n=n, **days)
    if b.passage.round:
        return b.tell("paper_later_round", n=n, **days)
    return b.tell("paper_later", f'--papers "{there(b.t, b.passage)}"', n=n, **days)
