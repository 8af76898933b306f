"""Decide how the history of a project tells that it moved to another version of its method or back,
and which days are others since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from innocities_engine import wording
from innocities_engine.cli.teller import Naming

if TYPE_CHECKING:
    from innocities_engine.cli.teller import Teller
    from innocities_engine.domain.migrated import DatesFixed, MigrationUndone, ProjectMigrated


def moved(t: Teller, x: ProjectMigrated) -> tuple[str, Mapping[str, object]]:
    voices = sum(each.startswith("voice/") for each in x.lost)
    return "ProjectMigrated_voices" if voices else "", {
        "person": t.person(x.by), "left": x.left, "version": x.after.version,
        "policy": t.say(f"migrate.{x.policy}"), "n": voices,
        "more": "".join(f" {told}" for told in regrouped(Naming(t.language, t.method), x)),
    }  # fmt: skip


def regrouped(naming: Naming, x: ProjectMigrated) -> Iterator[str]:
    """The needs that are asked of each member now, or once of the role; as they were called."""
    for ref, way in x.regrouped.items():
        role = naming.title(ref.partition("/")[0])
        yield wording.say(
            naming.language, f"migrate.asked_{way}", thing=naming.owed(ref), role=role
        )


def moved_back(t: Teller, x: MigrationUndone) -> tuple[str, Mapping[str, object]]:
    return "", {"person": t.person(x.by), "left": x.left, "version": x.before.version}


def dated(t: Teller, x: DatesFixed) -> tuple[str, Mapping[str, object]]:
    """Each day that is another than it was; where none is, those that are fixed as they were."""
    fixed = "; ".join(f"{t.owed(key)} {t.day(day)}" for key, day in x.days.items())
    told = [f"{t.owed(key)} {_day_since(t, x, key)}" for key in dict.fromkeys((*x.were, *x.moved))]
    return "DatesFixed_moved" if told else "", {"days": "; ".join(told) or fixed}


def _day_since(t: Teller, x: DatesFixed, key: str) -> str:
    day, was = x.moved.get(key), x.were.get(key)
    now = t.day(day) if day else t.say("migrate.no_day")
    return t.say("migrate.day_since", day=now, was=t.day(was)) if was else now
