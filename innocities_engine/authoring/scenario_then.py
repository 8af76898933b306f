"""How the sentences of a scenario are judged. One way for each word that may stand first in
`then`; a sentence that is not true is answered with what is so instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from innocities_engine.authoring.stage import Stage, Untold, names_of
from innocities_engine.domain import gates, moments, needs, predicates, values
from innocities_engine.domain.grammar import NeedRef, ProjectsTest
from innocities_engine.domain.judgements import project_scope
from innocities_engine.domain.notices import notices
from innocities_engine.domain.project import NeedInstance, NeedStatus, Passage, PassageStatus
from innocities_engine.domain.situation import need_of, passage_scope
from innocities_engine.domain.whens import civil_day

Plain = Any
Then = Mapping[str, Plain]


def check(stage: Stage, then: Then) -> Stage:
    """Judge one sentence; the stage goes on, a refusal that was foretold is over."""
    word = next(iter(then), "")
    if word == "refused":
        return _refused(stage, then)
    judge = SENTENCES.get(word)
    if judge is None:
        raise Untold(f"there is no sentence `{word}`; there are refused, {', '.join(SENTENCES)}")
    judge(stage, then)
    return stage


def _is(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        raise Untold(f"{what} is {found}, not {wanted}")


def _names(given: Plain) -> set[str]:
    return {str(each) for each in given or ()}


def _told(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _refused(stage: Stage, then: Then) -> Stage:
    if stage.refused is None:
        raise Untold("it was not refused")
    missing = _names(then["refused"]) - stage.refused.names
    if missing:
        raise Untold(f"it was refused for {stage.refused}, not for {_told(missing)}")
    return replace(stage, refused=None)


# ---------------------------------------------------------------- tracks


def _root(stage: Stage, name: str) -> str:
    return stage.method.main_root if name == "main" else name


def _phase(stage: Stage, then: Then) -> None:
    root = _root(stage, str(then.get("track", "main")))
    track = stage.project.tracks.get(root)
    _is(track.phase if track else "unopened", then["phase"], "the phase")


def _track(stage: Stage, then: Then) -> None:
    track = stage.project.tracks.get(_root(stage, then["track"]))
    _is(track.status.value if track else "unopened", then["is"], f"the track {then['track']}")
    if "as" in then:
        _is(track.end if track else None, then["as"], "its end")


def _review(stage: Stage, then: Then) -> None:
    root = _root(stage, then["review"])
    if "rung" in then:
        _reminded(stage, then, lambda key: key.startswith(f"review:{root}#"))
        return
    track = stage.project.tracks.get(root)
    _is(track.review_on if track else None, date.fromisoformat(str(then["is"])), "the review")


# ---------------------------------------------------------------- gates


def _passage(stage: Stage, then: Then, gate: str) -> Passage | None:
    if gate not in stage.method.gates:
        raise Untold(f"there is no gate {gate}")
    if "instance" in then:
        return stage.project.passages.get(f"{gate}#{then['instance']}")
    all_of_it = list(stage.project.passages_of(gate))
    return stage.project.open_passage(gate) or (all_of_it[-1] if all_of_it else None)


def _state(stage: Stage, passage: Passage | None, then: Then) -> str:
    if passage is None or passage.void:
        return "dormant"
    if passage.status is not PassageStatus.OPEN:
        return passage.status.value
    return "ready" if _judged(stage, passage, then).ready else "shut"


def _judged(stage: Stage, passage: Passage, then: Then) -> gates.Review:
    outcomes = stage.method.gates[passage.gate].outcomes
    chosen = outcomes[str(then["for"])] if "for" in then else None
    return gates.review(stage.s, passage, chosen)


def _gate(stage: Stage, then: Then) -> None:
    passage = _passage(stage, then, then["gate"])
    found = _state(stage, passage, then)
    blockers = _judged(stage, passage, then).blockers if found == "shut" and passage else ()
    why = _told(b.subject for b in blockers)
    if found != then["is"]:
        raise Untold(f"{then['gate']} is {found} ({why}), not {then['is']}")
    reasons = [set(names_of(stage.s, b)) for b in blockers]
    wanted = _names(then.get("because")) | _names(then.get("only"))
    missing = {name for name in wanted if not any(name in reason for reason in reasons)}
    if missing:
        raise Untold(f"{then['gate']} is shut by {why}, not by {_told(missing)}")
    if "only" in then and not all(reason & wanted for reason in reasons):
        raise Untold(f"{then['gate']} is shut by {why}, not only by {_told(wanted)}")


def _outcomes(stage: Stage, then: Then) -> None:
    passage = _passage(stage, then, then["outcomes"])
    if passage is None:
        raise Untold(f"{then['outcomes']} is not open")
    offered = {
        o.id
        for o in stage.method.gates[passage.gate].outcomes.values()
        if not gates.offered(stage.s, passage, o)
    }
    _is(_told(offered), _told(_names(then["are"])), "what is offered")


def _decision_due(stage: Stage, then: Then) -> None:
    passage = _passage(stage, then, then["decision_due"])
    due = stage.method.gates[then["decision_due"]].decides.due
    if passage is None or due is None:
        found = None
    else:
        found = civil_day(stage.s, moments.resolve(stage.s, due, passage_scope(stage.s, passage)))
    _is(str(found or "none"), str(then["is"]), "the day of the decision")


# ---------------------------------------------------------------- needs


def _instances(stage: Stage, name: str) -> list[NeedInstance]:
    place, _, key = name.rpartition("/")
    ref = NeedRef(key, place or None)
    return [n for n in stage.project.needs.values() if needs.is_named(n, ref)]


def _instance(stage: Stage, name: str) -> NeedInstance:
    """Of a need that comes again: the oldest that is still open, else the newest."""
    found = _instances(stage, name)
    if not found:
        raise Untold(f"there is no need {name} yet")
    alive = [n for n in found if n.status in needs.UNMET]
    return alive[0] if alive else found[-1]


def _need(stage: Stage, then: Then) -> None:
    instance = _instance(stage, then["need"])
    found = instance.status.value
    if instance.status is NeedStatus.OPEN and needs.is_overdue(stage.s, instance):
        found = "overdue" if then["is"] != "open" else "open"
    _is(found, then["is"], instance.key)


def _due(stage: Stage, then: Then) -> None:
    found = needs.due_day(stage.s, _instance(stage, then["due"]))
    _is(str(found or "none"), str(then["is"]), f"{then['due']} due")


def _reminder(stage: Stage, then: Then) -> None:
    keys = {n.key for n in _instances(stage, then["reminder"])}
    if not keys:
        raise Untold(f"there is no need {then['reminder']} yet")
    _reminded(stage, then, lambda key: key in keys)


def _decision(stage: Stage, then: Then) -> None:
    passage = _passage(stage, then, then["decision"])
    _reminded(stage, then, lambda key: passage is not None and key == f"decide:{passage.key}")


def _reminded(stage: Stage, then: Then, means: Callable[[str], bool]) -> None:
    """A reminder that was raised, or will be if nobody does anything."""
    rung, day = str(then["rung"]), date.fromisoformat(str(then["on"]))
    lines = [
        line
        for line in stage.reminders()
        if means(line.obligation) and line.rung.partition(".")[0] == rung
    ]
    then_ = [line for line in lines if line.day == day]
    if not then_:
        found = ", ".join(str(line.day) for line in lines) or "no day"
        raise Untold(f"the reminder {rung} falls on {found}, not on {day}")
    if "to" in then:
        to = {role for line in then_ for role in line.to}
        _is(_told(to), _told(_names(then["to"])), "who is reminded")


# ---------------------------------------------------------------- what is known, and told


def _count(stage: Stage, then: Then) -> None:
    """How many projects the rule of a need counts by now."""
    rule = need_of(stage.method, _instance(stage, then["count"])).done
    if not isinstance(rule, ProjectsTest):
        raise Untold(f"{then['count']} counts no projects")
    _is(str(predicates.count(stage.s, rule)), str(then["is"]), f"the count of {then['count']}")


def _artefact(stage: Stage, then: Then) -> None:
    versions = stage.project.versions.get(then["artefact"], ())
    found = versions[-1].status.value if versions else "missing"
    _is(found, then["is"], then["artefact"])


def _role(stage: Stage, then: Then) -> None:
    held = stage.project.members.get(then["role"], ())
    _is(_told(held), _told(_names(then["is"])), then["role"])


def _fact(stage: Stage, then: Then) -> None:
    fact = stage.method.facts[then["fact"]]
    found = predicates.fact_value(stage.s, fact.id, project_scope(stage.s))
    _is(found, values.typed(fact, then["is"]), fact.id)


def _told_of(stage: Stage, then: Then) -> None:
    sent = notices(stage.method, stage.before, stage.project, stage.events, stage.inputs)
    roles = {notice.role for notice in sent if notice.kind == "decided"}
    missing = _names(then["told"]) - roles
    if missing:
        raise Untold(f"the decision was told to {_told(roles)}, not to {_told(missing)}")


SENTENCES: Final[Mapping[str, Callable[[Stage, Then], None]]] = {
    "phase": _phase,
    "track": _track,
    "gate": _gate,
    "outcomes": _outcomes,
    "need": _need,
    "due": _due,
    "count": _count,
    "decision_due": _decision_due,
    "review": _review,
    "artefact": _artefact,
    "role": _role,
    "fact": _fact,
    "reminder": _reminder,
    "decision": _decision,
    "told": _told_of,
}
