"""What happens when a project moves to another version of its method, and how it stands then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from innocities_engine.domain.happening import Happening
from innocities_engine.domain.migration import FixedDay, Migration, Policy
from innocities_engine.domain.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectMigrated(Happening):
    """From now on the project follows the method of `after`, which is how it stands in it.

    `left`: the version before. `renamed`: what is called otherwise, as "kind/old" to the new id;
    `keys`: of what is owed, those that the names alone do not tell. `lost`: what lived and has no
    place any more, as "kind/name"; `fallen`: the voices that were waited with and count no more, by
    their keys. `regrouped`: the needs that are asked of "each" member now, or "once" of the role.
    """

    by: str
    left: str
    policy: Policy
    after: Project
    reason: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    fallen: tuple[str, ...] = ()
    regrouped: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatesFixed(Happening):
    """The days by which something is due from now on, by what is owed, whatever the version says.

    Whether or not the version says so: the days that are others since (`moved`), and what they
    `were`; what had no day before is in `moved` alone, what has none any more in `were` alone.
    """

    days: Mapping[str, date]
    moved: Mapping[str, date] = field(default_factory=dict)
    were: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationUndone(Happening):
    """The move was taken back: `before`, what stood before it, stands again.

    `command`: the move. `left`: the version that is followed no more.
    """

    by: str
    left: str
    command: str
    before: Project
    reason: str = ""


def moved(p: Project, x: ProjectMigrated) -> Project:
    return replace(x.after, migrations=(*p.migrations, made_by(x)))


def made_by(x: ProjectMigrated) -> Migration:
    """What the project keeps of the move."""
    there = x.after
    return Migration(
        x.at, x.by, x.left, there.method, there.version, x.policy, x.reason, x.renamed, keys=x.keys
    )


def fixed(p: Project, x: DatesFixed) -> Project:
    days = {key: FixedDay(day, x.at) for key, day in x.days.items()}
    return replace(p, dates={**p.dates, **days})


def moved_back(p: Project, x: MigrationUndone) -> Project:
    """What marks a project for ever, or has to do with mail or with others alone, stays."""
    last = max(n for n, move in enumerate(p.migrations) if move.undone is None)
    undone = replace(p.migrations[last], undone=x.at)
    return replace(
        x.before,
        migrations=(*p.migrations[:last], undone, *p.migrations[last + 1 :]),
        overrides=(*x.before.overrides, *p.overrides[len(x.before.overrides) :]),
        corrections=(*x.before.corrections, *p.corrections[len(x.before.corrections) :]),
        shared=p.shared and x.before.shared,
        adoptions=p.adoptions,
        mail_pause=p.mail_pause,
    )
