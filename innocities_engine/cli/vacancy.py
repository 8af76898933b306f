"""Decide what is told where a thing waits for somebody and nobody is there: whom to appoint."""

from __future__ import annotations

from typing import Final

from innocities_engine import wording
from innocities_engine.cli.teller import Teller
from innocities_engine.domain import people
from innocities_engine.domain.gates import Blocker

WAITS: Final = frozenset(
    {"need_open", "criterion_unrated", "criterion_below", "advice_missing", "answer_first"}
)


def appointing(t: Teller, blocker: Blocker) -> tuple[str, str]:
    """What to say besides, and what to type; "" where somebody can act."""
    vacant = [role for role in blocker.who if role in t.method.roles]
    waits = blocker.code in WAITS and t.project.started_at is not None
    if not vacant or not waits or people.acting(t.s, blocker.who):
        return "", ""
    names = wording.listed(t.language, map(t.name, vacant), "or")
    said = t.say("blocker.vacant", roles=names)
    return said, t.command("assign", f"{vacant[0]}=PERSON")
