"""Decide which papers whoever is asked for a voice reads first: those that the voice is about, and
no others.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from innocities_engine import errors
from innocities_engine.domain import judgements
from innocities_engine.web.ask import Paper

if TYPE_CHECKING:
    from innocities_engine.domain.project import Passage, Version
    from innocities_engine.web.ask import Ask, Teller


def before(t: Teller, passage: Passage) -> tuple[Paper, ...]:
    """The papers that a gate looks at."""
    return tuple(paper(t, version) for version in judgements.papers(t.s, passage))


def paper(t: Teller, version: Version) -> Paper:
    """One version, told in the reader's language."""
    state, day = t.say(f"status.{version.status.value}"), t.day(t.s.day_of(version.at))
    told = t.say("web.version", n=version.n, day=day, state=state)
    facts = t.s.method.facts
    answers = tuple(
        (t.text(facts[fact].question) or fact if fact in facts else fact, _said(t, given))
        for fact, given in version.answers.items()
    )
    return Paper(version, t.title(version.artefact), told, answers)


def _said(t: Teller, given: bool | str) -> str:
    return t.say("words.yes" if given else "words.no") if isinstance(given, bool) else given


def wanted(asks: Iterable[Ask], artefact: str, n: str) -> Version:
    """A file that is open to whoever is asked this; what is not, and what never was, are one."""
    for ask in asks:
        for each in ask.papers:
            if each.is_file and (each.version.artefact, str(each.version.n)) == (artefact, n):
                return each.version
    raise errors.NotFound
