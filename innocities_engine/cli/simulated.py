"""Decide how it is told what happened to a project that was played: day by day what was decided, by
when what is due and why then, and who got which letter; as data, on a screen and as a picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from innocities_engine import wording
from innocities_engine.authoring import timeline
from innocities_engine.cli import dated, happenings, layout, teller
from innocities_engine.domain import events as e
from innocities_engine.domain import notices
from innocities_engine.domain.situation import Situation

if TYPE_CHECKING:
    from innocities_engine.authoring.stage import Happened, Stage
    from innocities_engine.domain.commands import Inputs
    from innocities_engine.domain.project import Project

Plain = dict[str, Any]

PARTS = ("happened", "dates", "letters")


def days(stage: Stage, language: str) -> list[Plain]:
    """Everything by the day on which it was: what happened, dates set, letters, reminders."""
    found: dict[date, Plain] = {}

    def on(day: date) -> Plain:
        empty: Plain = {"day": day, "happened": [], "dates": [], "letters": []}
        return found.setdefault(day, empty)

    dates = dated.Dates()
    for at, project, inputs, done, events in _course(stage):
        s = Situation(stage.method, project, inputs, at)
        t = teller.Teller(language, s)
        entry = on(s.day_of(at))
        told = [x for x in events if not isinstance(x, e.ReminderRaised)]
        entry["happened"] += list(happenings.sentences(t, told))
        entry["dates"] += dates.new(t, told)
        if done is not None:
            sent = notices.notices(stage.method, done.before, done.after, told, done.inputs)
            entry["letters"] += [_letter(t, notice) for notice in sent]
    t = teller.Teller(language, stage.s)
    for line in stage.reminders():
        if line.instant <= stage.now and line.to and line.certainty != "waits":
            on(line.day)["letters"].append(_reminder(t, line))
    told_days = (day for day in sorted(found) if any(found[day][part] for part in PARTS))
    return [{**found[day], "day": day.isoformat()} for day in told_days]


Moment = tuple[datetime, "Project", "Inputs", "Happened | None", list[e.Event]]


def _course(stage: Stage) -> list[Moment]:
    """What was done and what time brought about, each at its own instant however late somebody
    looked; and between them the mornings on which dates may have moved.
    """
    found: list[Moment] = [
        (at, project, stretch.inputs, None, [])
        for at, project, stretch in dated.quiet_moments(stage)
    ]
    for done in stage.log:
        by_instant: dict[datetime, list[e.Event]] = {}
        for event in done.events:
            by_instant.setdefault(event.at, []).append(event)
        for at, some in by_instant.items():
            found.append((at, dated.then(done.before, done, at), done.inputs, done, some))
    return sorted(found, key=lambda moment: moment[0])


def _letter(t: teller.Teller, notice: notices.Notice) -> Plain:
    who = t.who((notice.role,)) if notice.role else t.person(notice.person)
    kind = wording.say(t.language, f"letter.{notice.kind}")
    return {
        "kind": notice.kind,
        "to": [notice.role or notice.person],
        "due": notice.due.isoformat() if notice.due else None,
        "text": t.say("simulate.letter", kind=kind, who=who),
    }


def _reminder(t: teller.Teller, line: Any) -> Plain:
    kind = "escalation" if line.escalation else "reminder"
    values = {
        "kind": wording.say(t.language, f"letter.{kind}"),
        "who": t.who(line.to, "and"),
        "what": happenings.obligation(t, line.obligation),
        "day": t.day(line.due),
    }
    return {
        "kind": kind,
        "to": list(line.to),
        "due": line.due.isoformat(),
        "text": t.say("simulate.reminder", **values),
    }


def lines(language: str, told: list[Plain]) -> Iterator[str]:
    """Day by day."""
    for day in told:
        yield layout.heading(wording.day(language, date.fromisoformat(day["day"])))
        for sentence in day["happened"]:
            yield from layout.paragraph(sentence, indent=2, hang=2)
        for each in day["dates"]:
            yield from layout.paragraph(f"– {each['text']}", indent=4, hang=2)
        for each in day["letters"]:
            yield from layout.paragraph(f"→ {each['text']}", indent=4, hang=2)
        yield ""


# ---------------------------------------------------------------- as a picture


def picture(stage: Stage, language: str) -> str:
    """The phases of each track and the decisions, along the time they took."""
    t = teller.Teller(language, stage.s)
    happened = [event for done in stage.log for event in done.events]
    lanes = {root: t.title(root) for root in stage.method.roots if root in stage.project.tracks}
    bars, marks = _bars(t, happened, lanes), _marks(t, happened, lanes)
    return timeline.svg(list(lanes.values()), bars, marks, label=t.say("simulate.picture"))


def _bars(
    t: teller.Teller, happened: list[e.Event], lanes: dict[str, str]
) -> Iterator[timeline.Bar]:
    running: dict[str, tuple[str, date]] = {}
    held: dict[str, date] = {}
    for event in happened:
        day = t.s.day_of(event.at)
        match event:
            case e.PhaseEntered(track=track, phase=phase):
                yield from _ended(t, running, track, lanes, day)
                running[track] = (phase, day)
            case e.TrackEnded(track=track):
                yield from _ended(t, running, track, lanes, day)
            case e.TrackHeld(track=track):
                held.setdefault(track, day)
            case e.TrackResumed(track=track) if track in held:
                name = t.say("status.held")
                yield timeline.Bar(lanes[track], name, held.pop(track), day, held=True)
    for track in list(running):
        yield from _ended(t, running, track, lanes, t.s.today)


def _ended(
    t: teller.Teller, running: dict[str, tuple[str, date]], track: str, lanes: dict[str, str],
    day: date,
) -> Iterator[timeline.Bar]:  # fmt: skip
    if track in running:
        phase, since = running.pop(track)
        yield timeline.Bar(lanes[track], t.title(phase), since, day)


def _marks(
    t: teller.Teller, happened: list[e.Event], lanes: dict[str, str]
) -> Iterator[timeline.Mark]:
    for event in happened:
        if isinstance(event, e.GateDecided):
            gate = event.decision.passage.partition("#")[0]
            named = happenings.outcome(t, gate, event.decision.proposal.outcome)
            text = f"{t.gate(gate)}: {named}"
            yield timeline.Mark(lanes[t.method.gates[gate].track], text, t.s.day_of(event.at))
