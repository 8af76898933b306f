"""Reads gates: who judges, advises and decides, what can be chosen and where it leads. Decides the
defaults of voices and which needs an outcome carries over.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from innocities_engine.domain.definition import (
    AgainRule,
    Criterion,
    Effect,
    Gate,
    HoldLimit,
    Need,
    Opens,
    Outcome,
    Place,
    Round,
    Starts,
    Voice,
)
from innocities_engine.domain.durations import Duration
from innocities_engine.domain.grammar import Choose, Every, RoleWho
from innocities_engine.domain.worded import Worded
from innocities_engine.language import moments, people, predicates
from innocities_engine.language.authored import EFFECTS
from innocities_engine.language.faults import all_of, listed
from innocities_engine.language.names import Here, Raw, optional
from innocities_engine.language.needs import Surroundings, blocks, element, ladder, needs
from innocities_engine.language.tracks import Tracks, phases_of, targets

_VOICE_ANCHORS: Final = ("start", "entry", "ready", "meeting")
_JUDGED_ANCHORS: Final = ("start", "entry", "ready", "meeting", "decision")


def gate(here: Here, name: str, raw: Raw, tracks: Tracks, around: Surroundings) -> Gate:
    at = here.within(name, name)
    judged = at.having(*_JUDGED_ANCHORS)
    phases = _phases(at, raw, tracks)
    decides = voice(at.at("decides"), raw.get("decides", {}))
    opens = optional(at.having("start", "entry"), raw, "opens", moments.opens)
    remind = ladder(at, raw, around.remind)
    due = optional(at.having("start", "entry", "meeting"), raw, "due", moments.moment)
    place = replace(
        around, owner=name, decider=decides.by, remind=remind, due=due, repeats=_comes_again(opens)
    )
    outcomes = raw.get("outcomes", {})
    ids = tuple(outcomes)
    return Gate(
        id=name,
        **element(raw),
        track=_track(at, phases, tracks),
        phases=phases,
        anywhere=raw.get("in") == "any",
        needs=needs(at.at("needs"), raw.get("needs", {}), place),
        criteria={
            key: _criterion(judged.at("criteria", key), key, one)
            for key, one in raw.get("criteria", {}).items()
        },
        rates=optional(at, raw, "rates", voice),
        advises={
            key: replace(_advice(judged.at("advises", key), one, ids, raw["advises"]), id=key)
            for key, one in raw.get("advises", {}).items()
        },
        decides=decides,
        outcomes={
            key: _outcome(
                judged.at("outcomes", key), key, one, raw, replace(place, due=None, repeats=False)
            )
            for key, one in outcomes.items()
        },
        opens=opens,
        when=optional(at.having("start", "entry"), raw, "when", predicates.predicate),
        due=due,
        blocks=blocks(at.at("blocks"), raw["blocks"]) if "blocks" in raw else (),
        round=_round(at.at("round"), raw["round"], outcomes) if "round" in raw else None,
        tells=roles(at.at("tells"), raw.get("tells", ())),
        remind=remind,
    )


def _phases(here: Here, raw: Raw, tracks: Tracks) -> tuple[str, ...]:
    if raw.get("in") == "any":
        return tracks.phases(tracks.main)
    named = phases_of(raw)
    for phase in named:
        here.at("in").thing(phase, "phase")
    return tuple(phase for phase in named if phase in tracks.of)


def _track(here: Here, phases: tuple[str, ...], tracks: Tracks) -> str:
    found = list(dict.fromkeys(tracks.of[phase] for phase in phases))
    if len(found) > 1:
        message = Worded(
            "The phases of `in` belong to different tracks: {tracks}.", tracks=listed(found)
        )
        here.at("in").error("phase-in-two-tracks", message, Worded("Make a gate for each track."))
    return found[0] if found else tracks.main


def _comes_again(opens: Opens | None) -> bool:
    if opens is None:
        return False
    several = len(opens.at) > 1 or any(isinstance(at, Every) for at in opens.at.values())
    return several or opens.by is not None or opens.when is not None


def roles(here: Here, raw: Any) -> tuple[str, ...]:
    return tuple(here.at(str(i)).thing(role, "role") for i, role in enumerate(raw))


# ---------------------------------------------------------------- voices and criteria


def voice(here: Here, raw: Raw, scale: tuple[str, ...] = ()) -> Voice:
    timed = here.having(*_VOICE_ANCHORS)
    return Voice(
        id="",
        **element(raw),
        by=optional(here, raw, "by", people.who) or RoleWho(""),
        when=optional(here, raw, "when", predicates.predicate),
        due=optional(timed, raw, "due", moments.moment),
        scale=tuple(raw.get("scale", scale)),
        required=raw.get("required", True),
        after=raw.get("after"),
    )


def _advice(here: Here, raw: Raw, outcomes: tuple[str, ...], all_advice: Raw) -> Voice:
    after = raw.get("after")
    if after is not None and after not in all_advice:
        message = Worded("`{name}` advises nothing here.", name=after)
        here.at("after").error("unknown-name", message, here.faults.near(after, all_advice))
    return voice(here, raw, outcomes)


def _criterion(here: Here, name: str, raw: Raw) -> Criterion:
    scale = predicates.scale_of(raw)
    must = raw.get("must")
    if must is not None and must not in (*scale, "rated"):
        message = Worded("“{text}” is not a value of the scale.", text=must)
        hint = Worded("It can be {values}, or rated.", values=listed(scale))
        here.at("must").error("wrong-value", message, hint)
    return Criterion(
        id=name,
        **element(raw),
        question=raw.get("question", {}),
        scale=scale,
        must=must,
        weight=raw.get("weight", 0),
        when=optional(here, raw, "when", predicates.predicate),
        by=optional(here, raw, "by", people.who),
    )


# ---------------------------------------------------------------- outcomes


def _outcome(here: Here, name: str, raw: Raw, gate_raw: Raw, around: Surroundings) -> Outcome:
    effect = _effect(here, raw)
    carried = {**gate_raw.get("criteria", {}), **gate_raw.get("needs", {})}
    written = raw.get("needs", {})
    place = replace(around, place=Place.OUTCOME)
    found: dict[str, Need] = needs(here.at("needs"), written, place, carried)
    reached = targets(raw, effect) if effect in (Effect.TO, Effect.TURN) else []
    choose = _choose(here.at("to"), raw.get("to"))
    for phase in reached:
        here.at(effect).thing(phase, "phase")
    return Outcome(
        id=name,
        **element(raw),
        effect=effect,
        targets=() if choose else tuple(dict.fromkeys(reached)),
        choose=choose,
        again=optional(here, raw, "again", _again),
        hold=optional(here, raw, "hold", _hold),
        end=raw.get("end", ""),
        when=optional(here, raw, "when", predicates.predicate),
        needs=found,
        carries=tuple(key for key in written if key in carried),
        starts=starts(here.at("starts"), raw.get("starts", {})),
        tells=roles(here.at("tells"), raw.get("tells", ())),
    )


def _effect(here: Here, raw: Raw) -> Effect:
    said = [word for word in EFFECTS if word in raw]
    if len(said) > 1:
        message = Worded(
            "An outcome has one effect; this one says {effects}.", effects=all_of(said)
        )
        here.at(said[1]).error("two-effects", message, Worded("Make two outcomes of it."))
    return Effect(said[0]) if said else Effect.STAY


def _choose(here: Here, raw: Any) -> Choose[str] | None:
    if not isinstance(raw, dict):
        return None
    return people.choose(here.at("choose"), raw["choose"], lambda _here, phase: str(phase))


def _again(here: Here, raw: Any) -> AgainRule:
    if isinstance(raw, str):
        return AgainRule(raw)
    gate = raw.get("gate")
    return AgainRule(raw.get("ask", "unmet"), here.at("gate").thing(gate, "gate") if gate else None)


def _hold(here: Here, raw: Any) -> HoldLimit:
    if isinstance(raw, str):
        return HoldLimit(moments.duration(here, raw))
    longest = raw.get("at_most")
    return HoldLimit(
        moments.duration(here.at("at_most"), longest) if longest else Duration.parse("1 day"),
        raw.get("times"),
    )


def starts(here: Here, raw: Raw) -> tuple[Starts, ...]:
    return tuple(
        Starts(
            method,
            one.get("in") == "other",
            tuple(
                here.at(method, "inherits", str(i)).thing(a, "artefact")
                for i, a in enumerate(one.get("inherits", ()))
            ),
            one.get("at_most"),
        )
        for method, one in raw.items()
    )


# ---------------------------------------------------------------- rounds


def _round(here: Here, raw: Raw, outcomes: Raw) -> Round:
    rest = raw.get("rest", "")
    if rest and rest not in outcomes:
        message = Worded("`{name}` is no outcome of this gate.", name=rest)
        here.at("rest").error("unknown-name", message, here.faults.near(rest, outcomes))
    elif rest and _passing(outcomes[rest]):
        message = Worded(
            "`{name}` passes; those not taken get an outcome that does not.", name=rest
        )
        here.at("rest").error("rest-passes", message)
    ranks = raw.get("ranks", "score")
    if ranks != "score":
        here.at("ranks").thing(ranks, "fact")
    takes = raw.get("takes", 1)
    return Round(
        moments.moments(here.at("opens"), raw.get("opens", "start")),
        _takes(here.at("takes"), takes),
        ranks,
        rest,
        raw.get("ties", "decider"),
    )


def _takes(here: Here, raw: Any) -> int | str | Choose[int]:
    if isinstance(raw, dict):
        return people.choose(here.at("choose"), raw["choose"], lambda _here, n: int(n))
    return raw if isinstance(raw, int) else here.thing(raw, "fact")


def _passing(outcome: Raw) -> bool:
    if "to" in outcome or outcome.get("end") == "completed":
        return True
    return not any(word in outcome for word in EFFECTS)
