"""What can be seen of a project, in one plain shape, whichever side shows it.

Names of instances differ between the two sides; gates, numbers, keys and dates do not. Nothing here
judges: each side says itself what holds a gate shut and how a need stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from innocities_engine.domain import artefacts, gates, needs, whens
from innocities_engine.domain import events as e
from innocities_engine.domain.definition import Methodology, Outcome, Place
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.project import (
    NeedInstance,
    NeedStatus,
    Passage,
    PassageStatus,
    Project,
    Track,
)
from innocities_engine.domain.situation import Situation, need_of
from tests.oracle import Reminder

Plain = dict[str, Any]
DECIDED = frozenset({"decided", "settled", "dormant"})


def _asked(needs_: Iterable[Plain]) -> list[str]:
    """All needs but those of members who are not asked: one side makes none for them at all."""
    shown = (n for n in needs_ if not (n["member"] and n["status"] == "dormant"))
    return sorted(map(str, shown))


# ---------------------------------------------------------------- of the engine


def of_engine(s: Situation) -> Plain:
    method, project = s.method, s.project
    return {
        "tracks": {root: _track(project.tracks.get(root)) for root in method.roots},
        "gates": {g: [_passage(s, p) for p in project.passages_of(g)] for g in method.gates},
        "needs": _asked(_need(s, n) for n in project.needs.values()),
        "versions": {a: _versions(project, a) for a in method.artefacts},
        "members": {role: list(project.members.get(role, ())) for role in method.roles},
    }


def _track(track: Track | None) -> Plain:
    if track is None:
        return {"status": "unopened", "phase": None, "entry": 0, "review": None}
    return {
        "status": track.end or track.status.value,
        "phase": track.phase,
        "entry": track.entry,
        "review": track.review_on.isoformat() if track.review_on else None,
    }


def _passage(s: Situation, passage: Passage) -> Plain:
    status = "dormant" if passage.void else passage.status.value
    is_open = status == PassageStatus.OPEN.value
    shown: Plain = {
        "n": passage.n,
        "status": status,
        "outcome": passage.outcome if status in DECIDED else None,
    }
    if is_open:
        found = gates.review(s, passage)
        outcomes = s.method.gates[passage.gate].outcomes.values()
        shown |= {
            "blockers": _told(s.project, found.blockers),
            "papers": gates.papers(s, passage),
            "ways": {o.id: _told(s.project, _in_the_way(s, passage, o)) for o in outcomes},
        }
    return shown


def _in_the_way(s: Situation, passage: Passage, outcome: Outcome) -> Iterable[Blocker]:
    if outcome.passing:
        return gates.review(s, passage, outcome).blockers
    return gates.unoffered(s, passage, outcome)


def _told(project: Project, blockers: Iterable[Blocker]) -> list[tuple[str, str]]:
    return sorted({(b.code, subject_of(project, b)) for b in blockers})


def subject_of(project: Project, blocker: Blocker) -> str:
    """The subject as the method names it: of a need, its gate or phase and its key."""
    if blocker.code == "not_offered":
        return blocker.subject.partition(".")[2]
    instance = project.needs.get(blocker.subject)
    return blocker.subject if instance is None else ref_of(instance)


def ref_of(instance: NeedInstance) -> str:
    return f"{instance.origin.partition('#')[0]}/{instance.ref.partition('/')[2]}"


def instances(project: Project, said: Mapping[str, Any]) -> list[str]:
    """The names of the live instances that a command may mean, the likeliest first."""
    found = [
        n
        for n in project.needs.values()
        if n.status in needs.UNMET
        and said["need"] in (ref_of(n), n.ref)
        and said.get("occurrence", 1) == max(1, n.occurrence)
        and said.get("member") in (None, n.member)
        and said.get("text") in (None, n.text)
    ]
    ticks = said["do"] == "tick_off"  # what is ticked off already is not meant
    return [n.key for n in sorted(found, key=lambda n: ticks and n.status is not NeedStatus.OPEN)]


def _need(s: Situation, instance: NeedInstance) -> Plain:
    need = need_of(s.method, instance)
    found = needs.finding(s, instance)
    status = _status(s, instance, found)
    due = needs.due(s, instance)
    day = whens.civil_day(s, due)
    open_now = status == "open"
    return {
        "need": ref_of(instance),
        "place": need.place.value,
        "instance": int(instance.origin.partition("#")[2]),
        "outcome": instance.outcome or None,
        "occurrence": max(1, instance.occurrence),
        "member": instance.member or None,
        "text": instance.text or None,
        "status": status,
        "handed_in": open_now and instance.status is NeedStatus.HANDED_IN,
        "due": day.isoformat() if day and open_now else None,
        "overdue": open_now and whens.passed(s, due) is True,
    }


def _status(s: Situation, instance: NeedInstance, found: needs.Finding) -> str:
    """As it stands: what is over stays so, everything else as it is judged now."""
    if instance.status in (NeedStatus.LAPSED, NeedStatus.CARRIED, NeedStatus.WAIVED):
        return instance.status.value
    is_over = instance.decision or not needs.is_asked_for(s, instance)
    if instance.status is NeedStatus.DONE and is_over:
        return "done"
    if instance.status is NeedStatus.DORMANT or found.exists.value is False:
        return "dormant"
    return "done" if found.done or instance.status is NeedStatus.DONE else "open"


def _versions(project: Project, artefact: str) -> list[tuple[int, str, bool]]:
    return [
        (v.n, v.status.value, artefacts.is_stale(project, v))
        for v in project.versions.get(artefact, ())
    ]


Told = tuple[str, str, str, str, bool, tuple[str, ...]]  # day, of what, rung, due, overtaken, whom


def reminders_of_engine(s: Situation, events: Iterable[e.Event]) -> list[Told]:
    """Each rung that somebody is told of, or would have been had it not been overtaken."""
    return sorted(
        (
            s.day_of(event.at).isoformat(),
            _obligation(s, event.obligation),
            event.rung.replace(".", "/"),
            event.due.isoformat(),
            event.overtaken,
            tuple(sorted(event.to)),
        )
        for event in events
        if isinstance(event, e.ReminderRaised) and event.to
    )


def _obligation(s: Situation, key: str) -> str:
    """As the oracle names it: the need with all that tells it apart, the gate's voice, the track."""
    if (instance := s.project.needs.get(key)) is not None:
        place = need_of(s.method, instance).place.value
        n = instance.origin.partition("#")[2]
        occurrence = str(max(1, instance.occurrence))
        who = (instance.member or "", instance.text or "")
        return "|".join([f"{ref_of(instance)}#{n}", place, occurrence, *who])
    kind, _, subject = key.partition(":")
    instance_of, _, advice = subject.partition("/")
    name, _, n = instance_of.partition("#")
    voice = {"decide": "decides", "rate": "rates"}.get(kind, advice or kind)
    return f"{name}:{voice}#{n}"


# ---------------------------------------------------------------- of the oracle


def reminders_of_oracle(s: Situation, found: Iterable[Reminder]) -> list[Told]:
    """The same of the oracle, which tells each role on its own."""
    roles: dict[tuple[str, str, str, str, bool], list[str]] = {}
    for r in found:
        day, due = s.day_of(r.at).isoformat(), r.due.isoformat()
        roles.setdefault((day, r.obligation, r.rung, due, r.overtaken), []).append(r.role)
    return sorted((*key, tuple(sorted(to))) for key, to in roles.items())


def of_oracle(shown: Plain, method: Methodology) -> Plain:
    return {
        "tracks": shown["tracks"],
        "gates": {g: [_judged(p) for p in passages] for g, passages in shown["gates"].items()},
        "needs": _asked(_needed(n) for n in shown["needs"]),
        "versions": {a: _handed_in(shown["versions"].get(a, ())) for a in method.artefacts},
        "members": {role: shown["members"].get(role, []) for role in method.roles},
    }


def _judged(passage: Plain) -> Plain:
    shown = {word: passage[word] for word in ("n", "status", "outcome")}
    if shown["status"] not in DECIDED:
        shown["outcome"] = None
    if "blockers" in passage:
        shown["papers"] = passage["papers"]
        shown["blockers"] = [tuple(blocker) for blocker in passage["blockers"]]
        shown["ways"] = {o: [tuple(b) for b in found] for o, found in passage["ways"].items()}
    return shown


def _needed(need: Plain) -> Plain:
    is_open = need["status"] == "open"
    of_outcome = need["place"] == Place.OUTCOME.value
    return need | {
        "outcome": need["outcome"] if of_outcome else None,
        "due": need["due"] if is_open else None,
        "overdue": is_open and need["overdue"],
    }


def _handed_in(versions: list[Plain]) -> list[tuple[int, str, bool]]:
    return [(v["n"], v["status"], v["stale"]) for v in versions]
