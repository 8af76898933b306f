"""Reads needs. Decides what kind a need is, and the defaults that its place gives it: when it
opens, what it holds shut, whether old versions count, who confirms it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from innocities_engine.domain.definition import (
    Artefact,
    Basis,
    BlockKind,
    Blocks,
    Fact,
    Need,
    NeedKind,
    Opens,
    Place,
    Written,
)
from innocities_engine.domain.grammar import (
    AnyWho,
    Choose,
    EachWho,
    Every,
    Moment,
    Predicate,
    Quorum,
    RoleWho,
    Who,
)
from innocities_engine.domain.worded import Worded
from innocities_engine.language import moments, people, predicates
from innocities_engine.language.names import Here, Raw, optional

_THINGS: Final = {
    "artefact": NeedKind.ARTEFACT,
    "fact": NeedKind.FACT,
    "role": NeedKind.ROLE,
    "gate": NeedKind.GATE,
}
_STATED: Final = (NeedKind.FACT, NeedKind.ROLE)
_INHERITED: Final = (
    *("title", "help", "basis", "of", "do", "done", "by", "status", "newer_than"),
    *("waives", "accepts", "outcome", "times", "asks", "written"),
)
_ANCHORS: Final = {
    Place.GATE: ("start", "entry", "meeting", "decision"),
    Place.OUTCOME: ("start", "entry", "ready", "meeting", "decision"),
    Place.PHASE: ("start", "entry"),
    Place.ROLE: ("start", "entry", "ready", "meeting", "decision"),
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a need takes from where it stands."""

    place: Place
    owner: str
    due: Moment | None = None
    remind: str | None = None
    decider: Who | None = None
    repeats: bool = False
    after_decision: bool = False
    artefacts: dict[str, Artefact] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)


def element(raw: Raw) -> dict[str, Any]:
    """The universal facets."""
    found: dict[str, Any] = {facet: raw[facet] for facet in ("title", "help") if facet in raw}
    if "kind" in raw.get("basis", ()):
        found["basis"] = Basis(**raw["basis"])
    if "was" in raw:
        found["was"] = (raw["was"],) if isinstance(raw["was"], str) else tuple(raw["was"])
    return found


def needs(
    here: Here, raw: Raw, around: Surroundings, carried: Raw | None = None
) -> dict[str, Need]:
    """The needs of one map; `carried`: what the gate needs, of which some may be named again."""
    inner = here.beside(raw).having(*_ANCHORS[around.place])
    after = replace(around, after_decision=True)
    found = {}
    for key, written in raw.items():
        again = (carried or {}).get(key)
        facets = written if again is None else _carry(written, again)
        decided = around.place is Place.OUTCOME or opens_with_decision(raw, key)
        need = _need(inner.at(key), key, facets, after if decided else around)
        found[key] = need if again is None else replace(need, fresh=False)
    return found


def _carry(written: Raw, gate_need: Raw) -> Raw:
    """A gate's need named again is the same need: only what is restated differs."""
    kept = {facet: gate_need[facet] for facet in _INHERITED if facet in gate_need}
    if "question" in gate_need:  # a criterion, which becomes something to be put right
        kept["do"] = gate_need["question"]
    return {**kept, **written}


def _need(here: Here, key: str, raw: Raw, around: Surroundings) -> Need:
    kind, of = _kind(here, key, raw)
    _in_place(here, raw, kind, around)
    own = here.having(*here.anchors, "due") if "due" in raw or around.due else here
    opens = optional(own, raw, "opens", moments.opens)
    due = _due(here, raw, kind, around)
    by, required = raw.get("by"), raw.get("required", True)
    return Need(
        id=key,
        **element(raw),
        place=around.place,
        owner_id=around.owner,
        kind=kind,
        of=of,
        do=raw.get("do", {}),
        required=_predicate(here.at("required"), required)
        if isinstance(required, dict)
        else required,
        when=optional(own, raw, "when", predicates.predicate),
        opens=opens,
        by=people.who(here.at("by"), by) if by else _owner(kind, of, around),
        due=None if due == "decision" else due,
        due_at_decision=due == "decision",
        done=optional(own, raw, "done", predicates.predicate),
        blocks=blocks(here.at("blocks"), raw["blocks"]) if "blocks" in raw else _holds(around),
        status=raw.get("status", "submitted"),
        newer_than=_newer_than(here.at("newer_than"), raw.get("newer_than", "none")),
        fresh=_fresh(raw, around, opens, due),
        waives=optional(here, raw, "waives", people.who),
        accepts=_accepts(here, raw, kind, around),
        written=_written(raw.get("written")),
        remind=ladder(here, raw, around.remind),
        asks=_facts(here.at("asks"), raw.get("asks", ())),
        each_member="each" in raw,
        outcome_in=_outcomes(here, of, tuple(raw.get("outcome", ()))),
        times=raw.get("times", 1),
    )


def _predicate(here: Here, raw: Any) -> Predicate:
    return predicates.predicate(here, raw)


# ---------------------------------------------------------------- what it is


def _kind(here: Here, key: str, raw: Raw) -> tuple[NeedKind, str]:
    named = raw.get("of", key)
    kind = _THINGS.get(here.names.kind(named))
    if "of" in raw:
        here.at("of").thing(named, *_THINGS)
        return kind or NeedKind.ARTEFACT, named
    if "written" in raw:
        return NeedKind.WRITTEN, ""
    if "do" in raw:
        if kind:
            found = Worded(here.names.kind(key))
            message = Worded(
                "`{key}` is an act here, and the id of something else: {found}.",
                key=key,
                found=found,
            )
            here.error("act-named-as-thing", message, Worded("Give the act a key of its own."))
        return NeedKind.ACT, ""
    if kind:
        return kind, named
    if "done" in raw or any(
        here.faults.has_at((*here.path, word)) for word in ("do", "done", "of")
    ):
        return NeedKind.WAIT, ""  # what says it is there, and is told already
    names = here.names.of_kind(*_THINGS)
    message = Worded("`{key}` names nothing that can be needed.", key=key)
    otherwise = Worded("Name what is needed by `of`, or write `do`, `done` or `written`.")
    here.error("unknown-name", message, here.faults.near(key, names, otherwise))
    return NeedKind.WAIT, ""


def _in_place(here: Here, raw: Raw, kind: NeedKind, around: Surroundings) -> None:
    """Facets that make sense in one place or for one kind of need only."""
    if "each" in raw and around.place is not Place.ROLE:
        message = Worded("`each: member` is said of a role's need only.")
        here.at("each").error("wrong-place", message)
    if kind is NeedKind.WRITTEN and not around.after_decision:
        message = Worded("What a decider writes belongs to the needs of an outcome.")
        here.at("written").error("wrong-place", message)
    for facet in ("outcome", "times"):
        if facet in raw and kind is not NeedKind.GATE:
            message = Worded("`{facet}` is said of a needed gate only.", facet=facet)
            here.at(facet).error("wrong-place", message)


def _outcomes(here: Here, of: str, outcomes: tuple[str, ...]) -> tuple[str, ...]:
    if outcomes and here.names.kind(of) == "gate":
        predicates.outcomes_of(here, of, outcomes, "outcome")
    return outcomes


def _facts(here: Here, asked: Any) -> tuple[str, ...]:
    return tuple(here.at(str(i)).thing(fact, "fact") for i, fact in enumerate(asked))


def _written(raw: Raw | None) -> Written | None:
    return None if raw is None else Written(raw.get("at_least", 1), raw.get("for"))


# ---------------------------------------------------------------- whose it is


def _owner(kind: NeedKind, of: str, around: Surroundings) -> Who | None:
    """The owner of an artefact owes it, whoever answers a fact owes the answer."""
    if kind is NeedKind.ARTEFACT and of in around.artefacts:
        return around.artefacts[of].by
    if kind is NeedKind.FACT and of in around.facts:
        return around.facts[of].by
    return None


def _accepts(here: Here, raw: Raw, kind: NeedKind, around: Surroundings) -> Who | None:
    if "accepts" in raw:
        return people.who(here.at("accepts"), raw["accepts"])
    if around.place is Place.OUTCOME and kind in (NeedKind.ACT, NeedKind.WRITTEN):
        return _one_of(around.decider)
    return None


def _one_of(who: Who | None) -> Who | None:
    """Of a body one member is enough to confirm, however many it takes to decide."""
    match who:
        case RoleWho():
            return replace(who, quorum=Quorum())
        case EachWho(of) | AnyWho(of):
            parts = tuple(part for each in of if (part := _one_of(each)) is not None)
            return EachWho(parts) if isinstance(who, EachWho) else AnyWho(parts)
        case Choose(alternatives, otherwise):
            able = tuple(
                replace(a, use=use) for a in alternatives if (use := _one_of(a.use)) is not None
            )
            return Choose(able, _one_of(otherwise))
    return None


# ---------------------------------------------------------------- when it is, and what it holds


def _due(here: Here, raw: Raw, kind: NeedKind, around: Surroundings) -> Any:
    if "due" not in raw:
        stated = around.place is Place.OUTCOME and kind in _STATED
        return "decision" if stated else around.due
    if raw["due"] == "decision" and around.place is not Place.PHASE:
        return "decision"
    return moments.moment(here.at("due"), raw["due"])


def _newer_than(here: Here, raw: Any) -> Moment | None:
    return None if raw == "none" else moments.moment(here, raw)


def _holds(around: Surroundings) -> tuple[Blocks, ...]:
    if around.place is Place.GATE:
        return (Blocks(BlockKind.GATE, around.owner),)
    if around.place is Place.ROLE and not around.after_decision:
        return (Blocks(BlockKind.GATE),)
    return ()


def blocks(here: Here, raw: Any) -> tuple[Blocks, ...]:
    if raw == "none":
        return ()
    named = [raw] if isinstance(raw, str) else raw
    return tuple(_block(here, name) for name in named)


def _block(here: Here, name: str) -> Blocks:
    if name in (BlockKind.NEXT, BlockKind.MOVE, BlockKind.END):
        return Blocks(BlockKind(name))
    if here.names.kind(name) == "gate":
        return Blocks(BlockKind.GATE, name)
    if "/" in name or name in here.names.places:
        return Blocks(BlockKind.NEED, need=here.need(name))
    known = ["next", "move", "end", "none", *here.names.of_kind("gate"), *here.names.places]
    message = Worded("`{name}` is no gate and no need.", name=name)
    here.error("unknown-name", message, here.faults.near(name, known))
    return Blocks(BlockKind.NEXT)


def _fresh(raw: Raw, around: Surroundings, opens: Opens | None, due: Any) -> bool:
    if raw.get("newer_than") == "none":
        return False
    again = isinstance(due, Every) or any(
        isinstance(at, Every) for at in (opens.at.values() if opens else ())
    )
    return again or around.after_decision or around.repeats


def opens_with_decision(raw: Raw, key: str) -> bool:
    """Whether a role's need opens with the decision, directly or through a chain."""
    seen: set[str] = set()
    while key in raw and key not in seen:
        seen.add(key)
        written = raw[key].get("opens", "")
        if written == "decision":
            return True
        key = str(written).rpartition(" ")[2] if isinstance(written, str) else ""
    return False


def ladder(here: Here, raw: Raw, default: str | None) -> str | None:
    """The ladder named by `remind`; `none` is none."""
    name = raw.get("remind")
    if name is None:
        return default
    return None if name == "none" else here.at("remind").thing(name, "ladder")
