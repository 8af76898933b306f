"""Where a project stands, as data: its tracks, the open gates with what each still needs, who owes
it and by when, the next meeting and the one after, conditions, warnings and decisions. How it looks
on a screen is left to `page`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Final

from innocities_engine.cli import across, happenings, reasons, round_page
from innocities_engine.cli.teller import Teller
from innocities_engine.domain import (
    artefacts,
    explained,
    gates,
    judgements,
    moments,
    needs,
    pausing,
    people,
    portfolio,
    predicates,
)
from innocities_engine.domain.definition import Gate, Need, NeedKind, Outcome
from innocities_engine.domain.explained import Explained
from innocities_engine.domain.project import (
    Child,
    NeedInstance,
    NeedStatus,
    Origin,
    Passage,
    PassageStatus,
    Version,
    VoiceKind,
)
from innocities_engine.domain.situation import Situation, need_of, need_scope, passage_scope
from innocities_engine.domain.whens import When, civil_day

Plain = dict[str, Any]
_COUNTING: Final = frozenset(
    {"counted_from", "counted_back_from", "clamped_month_end", "rolled", "moved_out_of_quiet",
     "skipped_holiday", "skipped_closure"}
)  # fmt: skip


def standing(t: Teller) -> Plain:
    """Everything an innovation manager asks about one project."""
    p = t.project
    return {
        "project": {
            "id": p.id,
            "title": p.title,
            "organisation": p.organisation,
            "method": {"id": p.method, "version": p.version, "digest": p.digest},
            "started": p.started_at.isoformat() if p.started_at else None,
            "taken_in": p.taken_in_at.isoformat() if p.taken_in_at else None,
            "origin": _origin(p.origin) if p.origin else None,
            **across.links(t),
        },
        "inherited": across.inherited(t),
        "children": [_child(t, child) for child in p.children],
        "may_start": [
            {"method": starts.method, "place": place, "left": portfolio.left(p, place, starts)}
            for place, starts in portfolio.offered(t.method, p)
        ],
        "tracks": [_track(t, root) for root in t.method.roots if root in p.tracks],
        "gates": [gate(t, passage) for passage in open_passages(t.s)],
        "conditions": [need(t, n) for n in _conditions(t)],
        "tasks": [need(t, n) for n in _tasks(t)],
        "waived": [need(t, n) for n in p.needs.values() if n.status is NeedStatus.WAIVED],
        "decisions": [_decision(t, d) for d in p.decisions],
        "corrections": [
            {
                "passage": x.passage,
                "outcome": x.outcome,
                "decided": t.s.day_of(x.decided_at).isoformat(),
                "at": t.s.day_of(x.at).isoformat(),
                "by": x.by,
                "reason": x.reason,
            }
            for x in p.corrections
        ],
        "overrides": list(p.overrides),
        "mail_pause": _mail_pause(t),
        "members": {role: list(held) for role, held in p.members.items() if held},
    }


def _origin(origin: Origin) -> Plain:
    return {
        "organisation": origin.organisation,
        "project": origin.project,
        "title": origin.title,
    }


def _child(t: Teller, child: Child) -> Plain:
    """A project started from here, as it stands now."""
    now = next((h for h in t.s.inputs.portfolio if h.project.id == child.project), None)
    main = now.project.tracks[now.method.main_root] if now else None
    phase = now.method.phases[main.phase].title if now and main else {}
    return {
        "project": child.project,
        "title": now.project.title if now else child.title,
        "method": child.method,
        "from": child.place,
        "at": child.at.isoformat(),
        "status": (main.end or main.status.value) if main else "",
        "phase": main.phase if main else "",
        "phase_title": t.text(phase) or (main.phase if main else ""),
    }


def _mail_pause(t: Teller) -> Plain | None:
    """Why no reminders are sent now, and up to when."""
    paused = t.project.mail_pause
    if paused is None or pausing.resting_until(t.s) is None:
        return None
    return {"until": paused.until.isoformat(), "by": paused.by, "reason": paused.reason}


def open_passages(s: Situation) -> list[Passage]:
    """The gates that can be worked on, the one that leads on first."""
    found = [p for p in s.project.passages.values() if p.status is PassageStatus.OPEN]
    order = list(s.method.gates)
    return sorted(
        found,
        key=lambda p: (
            s.method.gates[p.gate].track != s.method.main_root,
            not needs.leads_on(s.method.gates[p.gate]),
            order.index(p.gate),
        ),
    )


def _track(t: Teller, root: str) -> Plain:
    track = t.project.tracks[root]
    return {
        "track": root,
        "main": root == t.method.main_root,
        "phase": track.phase,
        "title": t.title(track.phase),
        "status": track.end or track.status.value,
        "since": track.entered_at.isoformat(),
        "entry": track.entry,
        "review_on": track.review_on.isoformat() if track.review_on else None,
    }


# ---------------------------------------------------------------- one gate


def gate(t: Teller, passage: Passage) -> Plain:
    """What one open gate asks, and of whom."""
    s, definition = t.s, t.method.gates[passage.gate]
    review = gates.review(s, passage)
    deciders = people.roles_asked(s, definition.decides.by, passage_scope(s, passage))
    return {
        "gate": passage.gate,
        "passage": passage.key,
        "title": t.title(passage.gate),
        "ready": review.ready,
        "review": review.digest,
        "presented": passage.presented.at.isoformat() if passage.presented else None,
        "deciders": list(deciders),
        "people": list(t.speakers(deciders)),
        "conflicts": [_aside(t, p) for p in s.project.conflicts.get(passage.key, ())],
        "meeting": meeting(t, passage),
        "round": round_page.waits(t, passage),
        "needs": [need(t, n) for n in _needs_of(t, passage)],
        "criteria": list(_criteria(t, definition, passage)),
        "advice": list(_advice(t, definition)),
        "blockers": [reasons.plain(t, b, passage) for b in review.blockers],
        "warnings": [reasons.plain(t, b, passage) for b in review.warnings],
        "outcomes": [_outcome(t, passage, o) for o in definition.outcomes.values()],
    }


def _aside(t: Teller, person: str) -> Plain:
    """Somebody who has declared a conflict, and who speaks in their place today."""
    held = people.by_role(t.project.members, person)
    stand_ins = (p for role in held for p in people.substitutes(t.s, person, role))
    return {"person": person, "substitutes": list(dict.fromkeys(stand_ins))}


def _needs_of(t: Teller, passage: Passage) -> list[NeedInstance]:
    """What this gate asks, and what else holds it shut."""
    own = [
        n
        for n in t.project.needs.values()
        if n.origin == passage.key and not n.decision and n.status in needs.LIVE
    ]
    others = [n for n, _ in needs.blocking(t.s, passage.key) if n not in own]
    return [n for n in (*own, *others) if needs.finding(t.s, n).exists.value is not False]


def _criteria(t: Teller, definition: Gate, passage: Passage) -> Iterator[Plain]:
    scope = passage_scope(t.s, passage)
    for criterion in definition.criteria.values():
        by = judgements.raters_of(definition, criterion)
        if judgements.applies(t.s, definition, criterion):
            ballot = judgements.ballot(t.s, passage, VoiceKind.VERDICT, criterion.id)
            given, needed = people.quorum(t.s, people.asked(t.s, by, scope).who, ballot)
            yield {
                "criterion": criterion.id,
                "question": t.text(criterion.question) or criterion.id,
                "verdict": judgements.verdict_of(t.s, definition.id, criterion.id),
                "must": criterion.must,
                "scale": list(criterion.scale),
                "voices": given,
                "quorum": needed,
                "who": list(people.roles_asked(t.s, by, scope)),
            }


def _advice(t: Teller, definition: Gate) -> Iterator[Plain]:
    scope = judgements.gate_scope(t.s, definition)
    for voice in definition.advises.values():
        if voice.when and predicates.judge(t.s, voice.when, scope).value is False:
            continue
        yield {
            "advice": voice.id,
            "title": t.text(voice.title) or voice.id,
            "value": judgements.advice_given(t.s, definition.id, voice.id),
            "required": voice.required,
            "who": list(people.roles_asked(t.s, voice.by, scope)),
        }


def _outcome(t: Teller, passage: Passage, outcome: Outcome) -> Plain:
    return {
        "outcome": outcome.id,
        "title": happenings.outcome(t, passage.gate, outcome.id),
        "effect": outcome.effect.value,
        "end": outcome.end,
        "passing": outcome.passing,
        "targets": list(outcome.targets),
        "offered": not gates.offered(t.s, passage, outcome),
    }


# ---------------------------------------------------------------- one need


def need(t: Teller, instance: NeedInstance) -> Plain:
    """One thing that is needed: how far it is, who owes it, by when and why then."""
    definition = need_of(t.method, instance)
    found = needs.finding(t.s, instance)
    due = needs.due(t.s, instance)
    day = civil_day(t.s, due)
    owners = needs.owners(t.s, instance)
    return {
        "need": instance.key,
        "ref": t.typed(instance),
        "kind": definition.kind.value,
        "of": definition.of,
        "title": t.need(instance),
        "state": state(t, instance, definition),
        "open": found.is_open,
        "required": {True: "yes", False: "no", None: "unknown"}[found.required.value],
        "who": list(owners),
        "people": list(t.speakers(owners)),
        "due": day.isoformat() if day else None,
        "why": why_then(t, due),
        "waits": sorted(due.waits) if day is None else [],
        "overdue": found.is_open and needs.is_overdue(t.s, instance),
        "from": instance.decision,
        "version": _newest(t, definition),
        "reason": instance.reason,
    }


def _newest(t: Teller, definition: Need) -> int | None:
    if definition.kind is not NeedKind.ARTEFACT:
        return None
    version = artefacts.newest(t.project, definition.of)
    return version.n if version else None


def state(t: Teller, instance: NeedInstance, definition: Need) -> str:
    """How far it is, in one word."""
    if instance.status in (NeedStatus.HANDED_IN, NeedStatus.DORMANT, NeedStatus.WAIVED):
        return instance.status.value
    found = needs.finding(t.s, instance)
    if found.done:
        return "done"
    if found.exists.value is None or found.required.value is None:
        return "conditional"
    if definition.kind is NeedKind.ARTEFACT:
        versions = t.project.versions.get(definition.of, ())
        newest = artefacts.newest(t.project, definition.of) or (versions[-1] if versions else None)
        return _state_of(t, instance, definition, newest) if newest else "missing"
    if definition.kind in (NeedKind.FACT, NeedKind.ROLE):
        return "missing"
    return "open"


def _state_of(t: Teller, instance: NeedInstance, need: Need, version: Version) -> str:
    fresh = needs.is_fresh(t.s, instance, need, need_scope(t.s, instance), version)
    return version.status.value if fresh else "outdated"


def why_then(t: Teller, when: When) -> str:
    """What led to a day, in one line; "" where nothing had to be counted."""
    day = civil_day(t.s, when)
    counted = tuple(step for step in when.steps if step.code in _COUNTING)
    if day is None or not counted:
        return ""
    return explained.explain(Explained(day, counted), t.language)


def _conditions(t: Teller) -> list[NeedInstance]:
    """What decisions have asked for and is not met yet."""
    return [n for n, _ in needs.unmet(t.s) if n.decision and needs.finding(t.s, n).is_open]


def _tasks(t: Teller) -> list[NeedInstance]:
    """What a phase asks, apart from any gate."""
    return [
        n
        for n, definition in needs.unmet(t.s)
        if n.origin.partition("#")[0] in t.method.phases
        and not n.decision
        and n.status is not NeedStatus.DORMANT
        and needs.finding(t.s, n).is_open
    ]


# ---------------------------------------------------------------- meetings


def meeting(t: Teller, passage: Passage) -> Plain | None:
    """When the gate is taken up, the last day to hand in, and the chance after that."""
    s = t.s
    definition = t.method.gates[passage.gate]
    scope = passage_scope(s, passage)
    body = people.meeting_body(s, definition, scope)
    if body is None:
        return None
    day = civil_day(s, moments.meeting(s, scope))
    missed = _after(s, body.meets or "", day) if day else None
    return {
        "body": body.id,
        "title": t.title(body.id),
        "day": day.isoformat() if day else None,
        "hand_in_by": _iso(_hand_in(s, definition, passage)),
        "if_missed": _chance(missed, definition, passage) if missed else None,
    }


def _after(s: Situation, calendar: str, day: date) -> Situation | None:
    """The same project, had the body no meeting up to this day."""
    days = s.inputs.calendar.meetings.get(calendar, ())
    later = {**s.inputs.calendar.meetings, calendar: tuple(d for d in days if d > day)}
    if not later[calendar]:
        return None
    moved = replace(s.inputs, calendar=replace(s.inputs.calendar, meetings=later))
    return replace(s, inputs=moved)


def _chance(s: Situation, definition: Gate, passage: Passage) -> Plain | None:
    day = civil_day(s, moments.meeting(s, passage_scope(s, passage)))
    if day is None:
        return None
    return {"day": day.isoformat(), "hand_in_by": _iso(_hand_in(s, definition, passage))}


def _hand_in(s: Situation, definition: Gate, passage: Passage) -> date | None:
    if definition.due is None:
        return None
    return civil_day(s, moments.resolve(s, definition.due, passage_scope(s, passage)))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


# ---------------------------------------------------------------- decisions


def _decision(t: Teller, decision: Any) -> Plain:
    """What was chosen, by whom, why, and on which versions."""
    gate_id = decision.passage.partition("#")[0]
    recorded = decision.recorded
    return {
        "gate": gate_id,
        "passage": decision.passage,
        "asking": decision.asking,
        "outcome": decision.proposal.outcome,
        "title": happenings.outcome(t, gate_id, decision.proposal.outcome),
        "at": decision.at.isoformat(),
        "by": list(decision.by),
        "people": happenings.deciders(t, decision),
        "on_paper": decision.on_paper,
        "roles": list(decision.roles),
        "reason": decision.reason,
        "recorded_by": recorded.by if recorded else None,
        "minutes": recorded.minutes if recorded else "",
        "records": [happenings.minutes(t, decision, each) for each in decision.minutes],
        "state": decision.state,
        "overridden": list(decision.overridden),
        "counts": dict(decision.counts),
        "versions": [
            {"artefact": a, "title": t.title(a), "decided_on": n, "today": _today(t, a)}
            for a, n in decision.versions.items()
        ],
    }


def _today(t: Teller, artefact: str) -> int | None:
    newest = artefacts.newest(t.project, artefact)
    return newest.n if newest else None
