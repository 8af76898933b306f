"""Decide how it is told why a project does not move to another version of its method."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from innocities_engine.cli.blocked import Blocked, Reason
from innocities_engine.domain.needs import UNMET

CODES: Final = (
    "migrated_already", "migration_over", "migration_pending", "migration_round",
    "migration_held", "migration_wait", "migration_merges", "migration_no_choice",
    "migration_stuck", "migration_unreached", "migration_unproved", "migration_track",
    "migration_not_behind", "migration_counted", "migration_uncounted", "migration_namesake",
    "rests_on_erased",
)  # fmt: skip

KINDS: Final = ("phase", "gate", "condition", "waiver")
SAID: Final = ("version", "states", "programme", "counted", "was")


def _told(b: Blocked) -> Reason:
    return b.tell(b.blocker.code, **(dict.fromkeys(SAID, "") | dict(b.params)))


def _choice(b: Blocked) -> Reason:
    """What only people can answer, and how the first of the answers is typed."""
    kind, _, name = b.subject.partition("/")
    ways = b.params.get("one_of", "")
    text = f"migration_choice_{kind}" if kind in KINDS else "migration_choice_phase"
    if kind == "condition" and ways == "keep":
        text = "migration_choice_hold"
    thing = _written(b, name) or (b.t.owed(name) if "/" in name else b.t.name(name or kind))
    then = f"--choose {b.subject}={ways.partition(', ')[0]}"
    return b.tell(text, then, thing=thing, ways=ways.replace(", ", " / "))


def _written(b: Blocked, ref: str) -> str:
    """What was written down where it was decided, of a condition; several one after the other."""
    needs = b.t.project.needs.values()
    return "; ".join(n.text for n in needs if n.ref == ref and n.text and n.status in UNMET)


TOLD: Final[Mapping[str, Callable[[Blocked], Reason]]] = {
    "migration_choice": _choice,
    **dict.fromkeys(CODES, _told),
}
