"""Decide how it is told what a move to another version means for projects: for those that are alike
together, so that a thousand of them can be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from innocities_engine import errors
from innocities_engine.cli import exits, happenings, layout, moves_told, reasons, refusals, teller
from innocities_engine.cli.console import Console
from innocities_engine.domain.commands import Migrate, UndoMigration
from innocities_engine.domain.events import Event
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.migrated import DatesFixed, MigrationUndone, ProjectMigrated
from innocities_engine.domain.situation import Situation

if TYPE_CHECKING:
    from innocities_engine.authoring.migration import Plan
    from innocities_engine.domain.definition import Methodology
    from innocities_engine.engine import View
    from innocities_engine.store.projects import Glance

ABLE: Final = ("identical", "compatible")
KINDS: Final = ("done", *ABLE, "needs_decision", "impossible")
NAMED: Final = 8  # projects that stand alike are named up to so many
MOVES: Final = (ProjectMigrated, MigrationUndone)


@dataclass(frozen=True, slots=True)
class Row:
    """What is told of one project."""

    glance: Glance
    kind: str
    lines: tuple[str, ...]
    why: tuple[dict[str, Any], ...] = ()
    events: tuple[dict[str, Any], ...] = ()
    command: Migrate | UndoMigration | None = None

    def plain(self) -> dict[str, Any]:
        return {
            "id": self.glance.id,
            "number": self.glance.number,
            "project": self.glance.title,
            "from": self.glance.version,
            "class": self.kind,
            "why": list(self.why),
            "events": list(self.events),
        }


# ---------------------------------------------------------------- one project


def planned(console: Console, glance: Glance, to: Methodology, plan: Plan) -> Row:
    """A plan in words."""
    if not plan.can_move:
        return hindered(console, glance, plan.view, plan.why, plan.kind.value)
    t = _teller(console, plan.view, to, plan)
    since = _since_the_move(plan)
    said = [*_lost(console, plan), *happenings.sentences(t, since), *_dates(t, plan.events)]
    lines = [line for each in said or [t.say("migrate.nothing")] for line in _wrapped(each)]
    told = tuple(happenings.plain(t, event) for event in since)
    return Row(glance, plan.kind.value, tuple(lines), events=told)


def rehearsed(console: Console, glance: Glance, command: UndoMigration) -> Row:
    """Whether the last move of a project can be taken back."""
    view = console.engine.view(console.home.id, glance.id, console.me)
    try:
        tried = console.engine.execute(
            console.home.id, glance.id, command, console.me, dry_run=True
        )
    except errors.Refused as refused:
        why = tuple(b for b in refused.blockers if isinstance(b, Blocker))
        return hindered(console, glance, view, why, "impossible")
    undone = next(event for event in tried.events if isinstance(event, MigrationUndone))
    told = console.say("migrate.stands_again", version=undone.before.version)
    return Row(glance, "compatible", tuple(_wrapped(told)), command=command)


def carried_out(console: Console, row: Row) -> Row:
    """Do it to one; what it refuses is told, and stops no other."""
    glance, command = row.glance, row.command
    assert command is not None
    console.advance()
    try:
        console.engine.execute(
            console.home.id, glance.id, command, console.me, reason=command.reason
        )
    except errors.Unavailable:
        raise
    except errors.EngineError as error:
        console.focus = console.engine.view(console.home.id, glance.id, console.me)
        why, lines = refusals.told(console, error)
        return Row(glance, "impossible", tuple(lines), (why,))
    return replace(row, kind="done")


def hindered(
    console: Console, glance: Glance, view: View, why: Sequence[Blocker], kind: str
) -> Row:
    """Why a project stays, in words."""
    t = teller.of(console, view)
    told: list[str] = []
    for blocker in why:
        reason = reasons.reason(t, blocker)
        told += [*_wrapped(reason.text), *([f"      {reason.next}"] if reason.next else [])]
    return Row(glance, kind, tuple(told), tuple(reasons.plain(t, blocker) for blocker in why))


def _teller(console: Console, view: View, to: Methodology, plan: Plan) -> teller.Teller:
    """Whoever names the things of the new version, as the project would stand in it."""
    s = Situation(to, fold(view.project, plan.events), view.inputs, view.now)
    persons = teller.persons(console)
    return teller.Teller(console.language, s, persons, console.me, console.context)


def _since_the_move(plan: Plan) -> list[Any]:
    """What would happen with the move, but for what is told in other words."""
    at = next(n for n, event in enumerate(plan.events) if isinstance(event, MOVES))
    return [x for x in plan.events[at:] if not isinstance(x, (*MOVES, DatesFixed))]


def _lost(console: Console, plan: Plan) -> Iterator[str]:
    """What has no place in the new version, in the words of the old one."""
    naming = teller.Naming(console.language, plan.view.method)
    moved = next(event for event in plan.events if isinstance(event, ProjectMigrated))
    things = [(kind, name) for kind, _, name in (each.partition("/") for each in moved.lost)]
    told = [_thing(naming, kind, name) for kind, name in things if kind != "voice"]
    if told:
        yield console.say("migrate.lost", names="; ".join(dict.fromkeys(told)))
    again = [_spoken(naming, name) for kind, name in things if kind == "voice"]
    if again:
        yield console.say("migrate.voices", names="; ".join(dict.fromkeys(again)))
    yield from moves_told.regrouped(naming, moved)


def _spoken(naming: teller.Naming, subject: str) -> str:
    """What a voice was about: a gate, a criterion or an advice at one, or a need."""
    passage, _, item = subject.partition("/")
    if "#" in item:
        return naming.owed(subject)
    gate = naming.method.gates.get(passage.partition("#")[0])
    if gate is None:
        return naming.title(passage.partition("@")[0])
    criterion, advice = gate.criteria.get(item), gate.advises.get(item)
    if criterion is not None:
        return naming.text(criterion.question) or item
    return (naming.text(advice.title) or item) if advice else naming.title(gate.id)


def _thing(naming: teller.Naming, kind: str, name: str) -> str:
    if kind == "fact":
        return naming.text(naming.method.facts[name].question) or name
    return naming.owed(name) if kind == "need" else naming.title(name)


def _dates(t: teller.Teller, happened: Iterable[Event]) -> Iterator[str]:
    """The days that would be others."""
    for told in (x for x in happened if isinstance(x, DatesFixed)):
        for key in dict.fromkeys((*told.were, *told.moved)):
            thing, day, was = t.owed(key), told.moved.get(key), told.were.get(key)
            if day is None and was is not None:
                yield t.say("migrate.no_date", thing=thing, was=t.day(was))
            elif day is not None and was is not None:
                yield t.say("migrate.moved_date", thing=thing, day=t.day(day), was=t.day(was))
            elif day is not None:
                yield t.say("migrate.new_date", thing=thing, day=t.day(day))


def _wrapped(text: str) -> list[str]:
    return list(layout.paragraph(text, indent=2, hang=2))


# ---------------------------------------------------------------- all of them


def lines(console: Console, rows: Sequence[Row], back: str = "") -> Iterator[str]:
    """By what is to become of them, those that are alike together; "back_", if it is taken back."""
    for kind in KINDS:
        alike: dict[tuple[str, ...], list[str]] = {}
        for row in sorted(rows, key=lambda row: row.glance.number):
            if row.kind == kind:
                project = f"{row.glance.number} {row.glance.title}"
                alike.setdefault(row.lines, []).append(project)
        if not alike:
            continue
        title, n = console.say(f"migrate.{back}{kind}"), sum(map(len, alike.values()))
        yield layout.heading(console.say("migrate.counted", title=title, n=n))
        for told, those in alike.items():
            yield from layout.paragraph(named(console, those))
            yield from told


def named(console: Console, projects: Sequence[str]) -> str:
    """The first of those that stand alike, and how many more they are."""
    told = "; ".join(projects[:NAMED])
    more = len(projects) - NAMED
    return console.say("migrate.and_more", names=told, n=more) if more > 0 else told


def show(console: Console, rows: Sequence[Row], method: str, back: str = "") -> None:
    """Tell what would become, or has become, of each; end with 1 if one of them stays."""
    counted = {kind: sum(row.kind == kind for row in rows) for kind in KINDS}
    data = {"method": method, "counts": counted, "projects": [row.plain() for row in rows]}
    told: Iterable[str] = lines(console, rows, back)
    if not rows:
        told = layout.paragraph(console.say(f"migrate.{back}none", method=method))
    console.show({**data, "dry_run": console.dry_run}, told)
    if any(row.kind in ("needs_decision", "impossible") for row in rows):
        console.end(exits.REFUSED)
