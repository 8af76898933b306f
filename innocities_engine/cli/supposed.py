"""Decide how it is told what a draft would have meant for the projects of the past: what concerns
many of them in the same way together, so that a thousand can be read.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median_low
from typing import TYPE_CHECKING, Any, Final

from innocities_engine import wording
from innocities_engine.cli import layout, migrating, reasons, teller, unopened
from innocities_engine.cli.blocked import Blocked, question
from innocities_engine.cli.console import Console

if TYPE_CHECKING:
    from innocities_engine.authoring.migration import Plan
    from innocities_engine.authoring.whatif import Looked, Refusal, Unplaced
    from innocities_engine.domain.definition import Methodology
    from innocities_engine.domain.situation import Situation
    from innocities_engine.store.projects import Glance

INSTANCE: Final = re.compile(r"#[^/]*")
MOST_WEEKS: Final = 10
WIDEST_BAR: Final = 30
SAME: Final = "same"  # a project that follows the draft itself
KINDS: Final = (SAME, "identical", "compatible", "needs_decision", "impossible")
Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """A decision that the draft would have refused, and why, in few words for each reason."""

    gate: str
    why: tuple[str, ...]
    plain: Plain


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when until when nobody can say how a project would have stood, and why."""

    at: datetime
    until: datetime
    why: tuple[str, ...]
    plain: Plain


@dataclass(frozen=True, slots=True)
class Seen:
    """What is told of one project; `row`: what a move of it to the draft would be."""

    glance: Glance
    looked: Looked
    refused: tuple[Refused, ...]
    unplaced: tuple[Stretch, ...]
    row: migrating.Row | None

    @property
    def is_against(self) -> bool:
        """Whether something would have been refused, or would have to be decided."""
        stays = self.row is not None and self.row.kind in ("needs_decision", "impossible")
        return stays or bool(self.refused or self.unplaced)

    @property
    def named(self) -> str:
        return f"{self.glance.number} {self.glance.title}"


# ---------------------------------------------------------------- one project


def seen(
    console: Console, glance: Glance, draft: Methodology, looked: Looked, plan: Plan | None
) -> Seen:
    """What was found of a project, in words; the rest of it is let go."""
    persons = teller.persons(console)
    refused = tuple(_refused(_told_by(console, r.s, persons), r) for r in looked.refusals)
    unplaced = tuple(_stretch(_told_by(console, u.s, persons), u) for u in looked.unplaced)
    looked.refusals, looked.unplaced = [], []
    return Seen(glance, looked, refused, unplaced, _row(console, glance, draft, plan))


def _row(
    console: Console, glance: Glance, draft: Methodology, plan: Plan | None
) -> migrating.Row | None:
    if plan is None:
        return None
    if plan.view.project.digest == draft.digest:
        return migrating.Row(glance, SAME, ())
    return migrating.planned(console, glance, draft, plan)


def _told_by(console: Console, s: Situation, persons: Mapping[str, str]) -> teller.Teller:
    return teller.Teller(console.language, s, persons, console.me, console.context)


def _refused(t: teller.Teller, refusal: Refusal) -> Refused:
    decision, passage = refusal.decision, refusal.passage
    told = [_of_the_past(Blocked(t, blocker, passage)) for blocker in refusal.blockers]
    whys = [each["text"] for each in told]
    if refusal.deciders:
        roles = wording.listed(t.language, map(t.title, refusal.deciders))
        whys.append(t.say("whatif.deciders", who=roles))
        told.append({"code": "deciders", "who": list(refusal.deciders), "text": whys[-1]})
    plain = {
        "gate": refusal.gate,
        "passage": decision.passage,
        "outcome": decision.proposal.outcome,
        "at": decision.at.isoformat(),
        "by": list(decision.by),
        "why": told,
    }
    return Refused(refusal.gate, tuple(dict.fromkeys(whys)), plain)


def _briefly(b: Blocked) -> str:
    """A reason without its people and days, so that it is the same for all that have it."""
    key = f"whatif.{b.blocker.code}"
    thing = question(b.t, b.subject) if b.blocker.code == "answer_first" else b.thing
    told = b.t.say(key, thing=thing) if wording.knows(key) else reasons.reason(b.t, b.blocker).text
    gate = b.t.method.gates.get(b.subject) if b.blocker.code == "not_open" else None
    why = unopened.why(b.t, gate) if gate is not None else ""
    return f"{told}. {why}" if why else told


def _of_the_past(b: Blocked) -> Plain:
    """A reason as data, without what to do about it now."""
    plain = reasons.plain(b.t, b.blocker, b.passage) | {"text": _briefly(b)}
    return {name: value for name, value in plain.items() if name != "next"}


def _stretch(t: teller.Teller, unplaced: Unplaced) -> Stretch:
    told = [_of_the_past(Blocked(t, blocker)) for blocker in unplaced.why]
    days = {"from": unplaced.at.isoformat(), "until": unplaced.until.isoformat()}
    return Stretch(
        unplaced.at, unplaced.until, tuple(each["text"] for each in told), {**days, "why": told}
    )


# ---------------------------------------------------------------- as data


def data(console: Console, draft: Methodology, found: Sequence[Seen]) -> Plain:
    """Everything, project by project, and what it comes to."""
    followed, supposed = _mail(found)
    return {
        "method": draft.id,
        "version": draft.version,
        "digest": draft.digest,
        "counts": {
            "projects": len(found),
            "commands": sum(each.looked.commands for each in found),
            "decisions": sum(each.looked.decisions.total() for each in found),
            "refused": sum(len(each.refused) for each in found),
            "moved_days": len(_moved(found)),
            "unplaced": sum(bool(each.unplaced) for each in found),
            "reminders": {"followed": followed.total(), "draft": supposed.total()},
            "running": dict(_running(found)),
        },
        "weeks": _weeks(followed, supposed),
        "projects": [_plain(console, draft, each) for each in found],
    }


def _plain(console: Console, draft: Methodology, one: Seen) -> Plain:
    naming = teller.Naming(console.language, draft)
    looked = one.looked
    return {
        "id": one.glance.id,
        "number": one.glance.number,
        "project": one.glance.title,
        "follows": f"{looked.method.id} {looked.method.version}",
        "from": looked.began.isoformat(),
        "until": looked.ended.isoformat(),
        "commands": looked.commands,
        "decisions": looked.decisions.total(),
        "refused": [each.plain for each in one.refused],
        "moved_days": [
            {
                "key": each.key,
                "thing": naming.owed(each.key),
                "was": each.was and each.was.isoformat(),
                "day": each.day and each.day.isoformat(),
                "days": each.days,
            }
            for each in looked.moved.values()
        ],
        "weeks": _weeks(*looked.mail.values()),
        "unplaced": [each.plain for each in one.unplaced],
        "move": one.row
        and {"class": one.row.kind, "why": list(one.row.why), "events": list(one.row.events)},
    }


def _mail(found: Iterable[Seen]) -> tuple[Counter[tuple[int, int]], Counter[tuple[int, int]]]:
    """The reminders of all projects by week: as it was, and under the draft."""
    sums: tuple[Counter[tuple[int, int]], Counter[tuple[int, int]]] = (Counter(), Counter())
    for one in found:
        for total, counted in zip(sums, one.looked.mail.values(), strict=True):
            total.update(counted)
    return sums


def _weeks(followed: Counter[tuple[int, int]], draft: Counter[tuple[int, int]]) -> Plain:
    return {f"{year}-W{week:02}": {"followed": followed[year, week], "draft": draft[year, week]}
            for year, week in sorted({*followed, *draft})}  # fmt: skip


def _running(found: Iterable[Seen]) -> Iterator[tuple[str, int]]:
    kinds = Counter(each.row.kind for each in found if each.row is not None)
    yield from ((kind, kinds[kind]) for kind in KINDS)


# ---------------------------------------------------------------- in lines


def lines(console: Console, draft: Methodology, found: Sequence[Seen]) -> Iterator[str]:
    """What it comes to: decisions, days, reminders, and the projects that run."""
    naming = teller.Naming(console.language, draft)
    title = naming.text(draft.title) or draft.id
    lead = console.say("whatif.title", title=title, id=draft.id, version=draft.version)
    yield from map(layout.heading, layout.paragraph(lead))
    yield from layout.paragraph(_scope(console, found))
    for part in (
        _decisions(console, naming, found),
        _days(console, naming, found),
        _reminders(console, found),
        _unplaced(console, found),
        _moves(console, found),
    ):
        yield ""
        yield from part


def _scope(console: Console, found: Sequence[Seen]) -> str:
    first, last = (min(each.looked.began for each in found),
                   max(each.looked.ended for each in found))  # fmt: skip
    return console.say(
        "whatif.scope", n=len(found), commands=sum(each.looked.commands for each in found),
        first=_day(console, first), last=_day(console, last),
    )  # fmt: skip


def _day(console: Console, instant: datetime) -> str:
    return wording.short_day(console.language, instant.astimezone(console.zone).date())


def _decisions(console: Console, naming: teller.Naming, found: Sequence[Seen]) -> Iterator[str]:
    """Gate by gate, the reasons that most have first."""
    whole = sum(each.looked.decisions.total() for each in found)
    refused = [(one, each) for one in found for each in one.refused]
    yield layout.heading(console.say("whatif.decisions", n=len(refused), whole=whole))
    if not refused:
        yield from layout.paragraph(console.say("whatif.none_refused"), indent=2)
    taken: Counter[str] = Counter()
    for one in found:
        taken.update(one.looked.decisions)
    for gate in (gate for gate in naming.method.gates if any(x.gate == gate for _, x in refused)):
        here = [(one, each) for one, each in refused if each.gate == gate]
        named = naming.title(gate)
        told = gate if named == gate else f"{gate} {named}"
        yield from layout.paragraph(
            console.say("whatif.at_gate", gate=told, n=len(here), whole=taken[gate]), indent=2
        )
        by_reason: dict[str, list[Seen]] = defaultdict(list)
        for one, each in here:
            for why in each.why:
                by_reason[why].append(one)
        for why, those in sorted(by_reason.items(), key=lambda each: (-len(each[1]), each[0])):
            yield from layout.paragraph(f"– {why}", indent=4, hang=2)
            yield from layout.paragraph(_named(console, those), indent=6)


def _named(console: Console, those: Sequence[Seen]) -> str:
    return migrating.named(console, list(dict.fromkeys(each.named for each in those)))


def _days(console: Console, naming: teller.Naming, found: Sequence[Seen]) -> Iterator[str]:
    """Obligation by obligation: in how many projects, and by how many days."""
    by_what = _moved(found)
    yield layout.heading(console.say("whatif.days", n=len(by_what)))
    if not by_what:
        yield from layout.paragraph(console.say("whatif.none_moved"), indent=2)
        return
    heads = ("what", "projects", "least", "median", "most")
    rows = [tuple(console.say(f"whatif.head_{head}") for head in heads)]
    for key, those in by_what.items():
        projects = str(len({one.glance.id for one, _ in those}))
        known = sorted(days for _, days in those if days is not None)
        spread = (known[0], median_low(known), known[-1]) if known else ()
        shown = [f"{days:+d}" for days in spread] or [console.say("whatif.undated"), "", ""]
        rows.append((naming.owed(key), projects, *shown))
    yield from layout.table(rows, indent=2)


def _moved(found: Sequence[Seen]) -> Mapping[str, Sequence[tuple[Seen, int | None]]]:
    """What is due on another day, whichever instance of it: of which projects, by how much."""
    by_what: dict[str, list[tuple[Seen, int | None]]] = defaultdict(list)
    for one in found:
        for each in one.looked.moved.values():
            by_what[INSTANCE.sub("", each.key)].append((one, each.days))
    return by_what


def _reminders(console: Console, found: Sequence[Seen]) -> Iterator[str]:
    """How many more, and the weeks in which that shows most, in order."""
    followed, draft = _mail(found)
    was, now = followed.total(), draft.total()
    yield layout.heading(console.say("whatif.reminders", was=was, now=now, more=f"{now - was:+d}"))
    apart = {week: draft[week] - followed[week] for week in {*followed, *draft}}
    most = sorted((w for w in apart if apart[w]), key=lambda w: (-abs(apart[w]), w))[:MOST_WEEKS]
    if not most:
        yield from layout.paragraph(console.say("whatif.none_more"), indent=2)
        return
    if len(most) < sum(map(bool, apart.values())):
        yield from layout.paragraph(console.say("whatif.most_weeks", n=len(most)), indent=2)
    scale = max(1.0, max(abs(apart[week]) for week in most) / WIDEST_BAR)
    rows = []
    for week in sorted(most):
        monday = wording.short_day(console.language, date.fromisocalendar(*week, 1))
        bar = ("+" if apart[week] > 0 else "-") * max(1, round(abs(apart[week]) / scale))
        told = console.say("whatif.week", day=monday)
        rows.append((told, f"{followed[week]} → {draft[week]}", bar))
    yield from layout.table(rows, indent=2)


def _unplaced(console: Console, found: Sequence[Seen]) -> Iterator[str]:
    """Stretches of the past that cannot be looked at, by what is in the way."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for one in found:
        for why, stretches in spans(one.unplaced).items():
            for at, until in stretches:
                days = {"first": _day(console, at), "last": _day(console, until)}
                told = console.say("whatif.stretch", project=one.named, **days)
                by_reason[why].append(told)
    if not by_reason:
        yield from layout.paragraph(console.say("whatif.all_placed"))
        return
    yield layout.heading(console.say("whatif.unplaced"))
    for why, those in by_reason.items():
        yield from layout.paragraph(f"– {why}", indent=2, hang=2)
        yield from layout.paragraph(migrating.named(console, those), indent=4)


def spans(unplaced: Sequence[Stretch]) -> Mapping[str, Sequence[tuple[datetime, datetime]]]:
    """What is in the way, from when until when; stretches that follow on each other are one in what
    they share.
    """
    found: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for stretch in unplaced:
        for why in stretch.why:
            before = found[why][-1:]
            if before and before[0][1] == stretch.at:
                found[why][-1] = (before[0][0], stretch.until)
            else:
                found[why].append((stretch.at, stretch.until))
    return found


def _moves(console: Console, found: Sequence[Seen]) -> Iterator[str]:
    """The projects that run, by what a move to the draft would be for them."""
    rows = [each.row for each in found if each.row is not None]
    yield layout.heading(console.say("whatif.running", n=len(rows)))
    if not rows:
        yield from layout.paragraph(console.say("whatif.none_running"), indent=2)
    if same := [f"{row.glance.number} {row.glance.title}" for row in rows if row.kind == SAME]:
        told = console.say("whatif.same", names=migrating.named(console, same))
        yield from layout.paragraph(told, indent=2, hang=2)
    yield from migrating.lines(console, rows)
