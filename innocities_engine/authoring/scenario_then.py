"""How the sentences of a scenario are judged. One way for each word that may stand first in
`then`; a sentence that is not true is answered with what is so instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from innocities_engine.authoring import scenario_names
from innocities_engine.authoring.said import Untold, day, listed, names, thing
from innocities_engine.authoring.stage import Stage, names_of
from innocities_engine.domain import gates, moments, needs, predicates, values
from innocities_engine.domain.grammar import NeedRef, ProjectsTest
from innocities_engine.domain.judgements import project_scope
from innocities_engine.domain.notices import notices
from innocities_engine.domain.project import NeedInstance, NeedStatus, Passage, PassageStatus
from innocities_engine.domain.situation import need_of, passage_scope
from innocities_engine.domain.whens import civil_day
from innocities_engine.domain.worded import Worded

Plain = Any
Then = Mapping[str, Plain]


def check(stage: Stage, then: Then) -> Stage:
    """Judge one sentence; the stage goes on, a refusal that was foretold is over."""
    word = next(iter(then), "")
    if word == "refused":
        return _refused(stage, then)
    judge = SENTENCES.get(word)
    if judge is None:
        known = ", ".join(("refused", *SENTENCES))
        raise Untold(
            Worded("There is no sentence `{word}`; there are {known}.", word=word, known=known)
        )
    judge(stage, then)
    return stage


def _is(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        found, wanted = (Worded("nothing") if each is None else each for each in (found, wanted))
        raise Untold(
            Worded("{what} is {found}, not {wanted}.", what=what, found=found, wanted=wanted)
        )


def _are(found: Iterable[str], wanted: Plain, what: str) -> None:
    _is(listed(found), listed(names(wanted)), what)


def _refused(stage: Stage, then: Then) -> Stage:
    if stage.refused is None:
        raise Untold(Worded("It was not refused."))
    missing = {*names(then["refused"])} - stage.refused.names
    if missing:
        why, wanted = str(stage.refused), listed(missing)
        message = Worded("It was not refused for {wanted}, but: {why}", wanted=wanted, why=why)
        raise Untold(message, stage.refused)
    return replace(stage, refused=None)


# ---------------------------------------------------------------- tracks


def _root(stage: Stage, name: str) -> str:
    return stage.method.main_root if name == "main" else name


def _phase(stage: Stage, then: Then) -> None:
    root = _root(stage, str(then.get("track", "main")))
    track = stage.project.tracks.get(root)
    if then["phase"] != "unopened":
        thing(stage.method.phases, then["phase"], Worded("phase"))
    _is(track.phase if track else "unopened", then["phase"], Worded("The phase"))


def _track(stage: Stage, then: Then) -> None:
    track = stage.project.tracks.get(_root(stage, then["track"]))
    what = Worded("The track {name}", name=then["track"])
    _is(track.status.value if track else "unopened", then["is"], what)
    if "as" in then:
        _is(track.end if track else None, then["as"], Worded("Its end"))


def _review(stage: Stage, then: Then) -> None:
    root = _root(stage, then["review"])
    if "rung" in then:
        _reminded(stage, then, lambda key: key.startswith(f"review:{root}#"))
        return
    track = stage.project.tracks.get(root)
    _is(track.review_on if track else None, day(then["is"]), Worded("The review"))


# ---------------------------------------------------------------- gates


def _passage(stage: Stage, then: Then, gate: str) -> Passage | None:
    thing(stage.method.gates, gate, Worded("gate"))
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
    chosen = thing(outcomes, then["for"], Worded("outcome")) if "for" in then else None
    return gates.review(stage.s, passage, chosen)


def _gate(stage: Stage, then: Then) -> None:
    passage = _passage(stage, then, then["gate"])
    found = _state(stage, passage, then)
    blockers = _judged(stage, passage, then).blockers if found == "shut" and passage else ()
    gate, why = then["gate"], listed(b.subject for b in blockers)
    if blockers and found != then["is"]:
        state = then["is"]
        raise Untold(
            Worded("{gate} is shut by {why}, not {wanted}.", gate=gate, why=why, wanted=state)
        )
    _is(found, then["is"], then["gate"])
    reasons = [set(names_of(stage.s, b)) for b in blockers]
    wanted = {*names(then.get("because")), *names(then.get("only"))}
    missing = {name for name in wanted if not any(name in reason for reason in reasons)}
    if missing:
        other = listed(missing)
        raise Untold(
            Worded("{gate} is shut by {why}, not by {wanted}.", gate=gate, why=why, wanted=other)
        )
    if "only" in then and not all(reason & wanted for reason in reasons):
        raise Untold(
            Worded(
                "{gate} is shut by {why}, not only by {wanted}.",
                gate=gate,
                why=why,
                wanted=listed(wanted),
            )
        )


def _outcomes(stage: Stage, then: Then) -> None:
    passage = _passage(stage, then, then["outcomes"])
    if passage is None:
        raise Untold(Worded("{gate} is not open.", gate=then["outcomes"]))
    offered = {
        o.id
        for o in stage.method.gates[passage.gate].outcomes.values()
        if not gates.offered(stage.s, passage, o)
    }
    _are(offered, then["are"], Worded("What is offered"))


def _decision_due(stage: Stage, then: Then) -> None:
    passage = _passage(stage, then, then["decision_due"])
    due = stage.method.gates[then["decision_due"]].decides.due
    if passage is None or due is None:
        found = None
    else:
        found = civil_day(stage.s, moments.resolve(stage.s, due, passage_scope(stage.s, passage)))
    _is(str(found or "none"), str(then["is"]), Worded("The day of the decision"))


# ---------------------------------------------------------------- needs


def _instances(stage: Stage, name: str) -> list[NeedInstance]:
    place, _, key = name.rpartition("/")
    ref = NeedRef(key, place or None)
    return [n for n in stage.project.needs.values() if needs.is_named(n, ref)]


def _instance(stage: Stage, name: str) -> NeedInstance:
    """Of a need that comes again: the oldest that is still open, else the newest."""
    found = _instances(stage, name)
    if not found:
        raise _not_yet(stage, name)
    alive = [n for n in found if n.status in needs.UNMET]
    return alive[0] if alive else found[-1]


def _not_yet(stage: Stage, name: str) -> Untold:
    """What is said of a need that has not come up; one that never can is said to be none."""
    scenario_names.need(stage.method, name)
    return Untold(Worded("There is no need {name} yet.", name=name))


def _need(stage: Stage, then: Then) -> None:
    instance = _instance(stage, then["need"])
    found = instance.status.value
    if instance.status is NeedStatus.OPEN and needs.is_overdue(stage.s, instance):
        found = "overdue" if then["is"] != "open" else "open"
    _is(found, then["is"], instance.key)


def _due(stage: Stage, then: Then) -> None:
    found = needs.due_day(stage.s, _instance(stage, then["due"]))
    _is(str(found or "none"), str(then["is"]), Worded("The day of {need}", need=then["due"]))


def _reminder(stage: Stage, then: Then) -> None:
    keys = {n.key for n in _instances(stage, then["reminder"])}
    if not keys:
        raise _not_yet(stage, then["reminder"])
    _reminded(stage, then, lambda key: key in keys)


def _decision(stage: Stage, then: Then) -> None:
    passage = _passage(stage, then, then["decision"])
    _reminded(stage, then, lambda key: passage is not None and key == f"decide:{passage.key}")


def _reminded(stage: Stage, then: Then, means: Callable[[str], bool]) -> None:
    """A reminder that was raised, or will be if nobody does anything."""
    rung, on = str(then["rung"]), day(then["on"])
    lines = [
        line
        for line in stage.reminders()
        if means(line.obligation) and line.rung.partition(".")[0] == rung
    ]
    then_ = [line for line in lines if line.day == on]
    if not then_:
        found = ", ".join(str(line.day) for line in lines) or Worded("no day")
        raise Untold(
            Worded(
                "The reminder {rung} falls on {found}, not on {day}.",
                rung=rung,
                found=found,
                day=on,
            )
        )
    if "to" in then:
        to = {role for line in then_ for role in line.to}
        _are(to, then["to"], Worded("Who is reminded"))


# ---------------------------------------------------------------- what is known, and told


def _count(stage: Stage, then: Then) -> None:
    """How many projects the rule of a need counts by now."""
    rule = need_of(stage.method, _instance(stage, then["count"])).done
    if not isinstance(rule, ProjectsTest):
        raise Untold(Worded("{need} counts no projects.", need=then["count"]))
    what = Worded("The count of {need}", need=then["count"])
    _is(str(predicates.count(stage.s, rule)), str(then["is"]), what)


def _artefact(stage: Stage, then: Then) -> None:
    thing(stage.method.artefacts, then["artefact"], Worded("artefact"))
    versions = stage.project.versions.get(then["artefact"], ())
    found = versions[-1].status.value if versions else "missing"
    _is(found, then["is"], then["artefact"])


def _role(stage: Stage, then: Then) -> None:
    thing(stage.method.roles, then["role"], Worded("role"))
    _are(stage.project.members.get(then["role"], ()), then["is"], then["role"])


def _fact(stage: Stage, then: Then) -> None:
    fact = thing(stage.method.facts, then["fact"], Worded("fact"))
    found = predicates.fact_value(stage.s, fact.id, project_scope(stage.s))
    _is(found, values.typed(fact, then["is"]), fact.id)


def _told_of(stage: Stage, then: Then) -> None:
    sent = notices(stage.method, stage.before, stage.project, stage.events, stage.inputs)
    roles = {notice.role for notice in sent if notice.kind == "decided"}
    missing = {*names(then["told"])} - roles
    if missing:
        raise Untold(
            Worded(
                "The decision was told to {told}, not to {wanted}.",
                told=listed(roles),
                wanted=listed(missing),
            )
        )


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
