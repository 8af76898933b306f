"""A methodology as the engine reads it: immutable, complete, with every default filled in.

The loader guarantees what the engine assumes: every name resolves, ids are unique, `like` and
overlays are already expanded, defaults that depend on the place are set. Nothing here is code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from innocities_engine.domain.calendar import Duration
from innocities_engine.domain.grammar import (
    Choose,
    FactValue,
    Moment,
    NeedRef,
    Operand,
    Predicate,
    Who,
    rests_on,
)

Texts: TypeAlias = Mapping[str, str]  # by language


@dataclass(frozen=True, slots=True)
class Basis:
    """Where an element comes from: sourced, inferred or unverified, with its source."""

    kind: str
    source: str = ""
    url: str = ""
    help: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    id: str
    title: Texts = field(default_factory=dict)
    help: Texts = field(default_factory=dict)
    basis: Basis | None = None
    was: tuple[str, ...] = ()


# ---------------------------------------------------------------- needs


class Place(StrEnum):
    GATE = "gate"
    OUTCOME = "outcome"
    PHASE = "phase"
    ROLE = "role"


class NeedKind(StrEnum):
    """What is needed. WRITTEN needs get their text, owner and due date from the decider."""

    ARTEFACT = "artefact"
    FACT = "fact"
    ROLE = "role"
    GATE = "gate"
    ACT = "act"
    WAIT = "wait"
    WRITTEN = "written"


class BlockKind(StrEnum):
    GATE = "gate"
    NEED = "need"
    NEXT = "next"
    MOVE = "move"
    END = "end"


@dataclass(frozen=True, slots=True)
class Blocks:
    """GATE without a `gate` stands on a role's need: the gate that the role is about to decide."""

    kind: BlockKind
    gate: str = ""
    need: NeedRef | None = None


@dataclass(frozen=True, slots=True)
class Written:
    at_least: int = 1
    for_verdict: str | None = None  # one for each criterion judged so


@dataclass(frozen=True, slots=True)
class Opens:
    """When something begins to exist. All that are given must hold.

    `at` maps an id ("" for a single one) to a moment; `need` is a chain; `on_decision` and
    `on_entry` are the two moments that are no date. `by` may raise it, again and again.
    """

    at: Mapping[str, Moment] = field(default_factory=dict)
    when: Predicate | None = None
    by: Who | None = None
    need: NeedRef | None = None
    on_decision: bool = False
    on_entry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Need(Element):
    """`id` is the key in its map; `place` and `owner_id` say where it stands.

    owner_id: the gate (for GATE and OUTCOME), the phase or the role. `opens` None: with its place
    (entry, the decision, the gate that the role decides).
    `due_at_decision`: the decision command itself must carry it. `fresh`: only new versions count:
    since the decision (OUTCOME), the occurrence before (`every`), the instance before (GATE, from
    the second on); `newer_than` narrows further. `blocks` empty means: it holds nothing shut.
    """

    place: Place
    owner_id: str
    kind: NeedKind
    of: str = ""
    do: Texts = field(default_factory=dict)
    required: bool | Predicate = True
    when: Predicate | None = None
    opens: Opens | None = None
    by: Who | None = None
    due: Moment | None = None
    due_at_decision: bool = False
    done: Predicate | None = None
    blocks: tuple[Blocks, ...] = ()
    status: str = "submitted"
    newer_than: Moment | None = None
    fresh: bool = False
    waives: Who | None = None
    accepts: Who | None = None
    written: Written | None = None
    remind: str | None = None
    asks: tuple[str, ...] = ()
    each_member: bool = False
    outcome_in: tuple[str, ...] = ()  # for a needed gate: which outcomes count (empty: passing)
    times: int = 1  # for a needed gate: at least so many settled instances

    @property
    def ref(self) -> str:
        return f"{self.owner_id}/{self.id}"


# ---------------------------------------------------------------- six kinds of thing


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Element):
    kind: str = "person"  # person | body | party
    seats_at_least: int = 1
    seats_at_most: int | None = None
    sector: str = ""
    meets: str | None = None  # name of a meeting calendar, or "on_request"
    notice: Duration | None = None
    records: Who | None = None
    leads: bool = False
    needs: Mapping[str, Need] = field(default_factory=dict)


class FactType(StrEnum):
    YES_NO = "yes_no"
    NUMBER = "number"
    PERCENT = "percent"
    MONEY = "money"
    DATE = "date"
    YEARLY_DATE = "yearly_date"
    DURATION = "duration"
    CHOICE = "choice"
    CHOICES = "choices"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Element):
    """`value`: a parameter; `rule`: a named rule; `chosen`: a value by alternatives."""

    type: FactType
    choices: tuple[str, ...] = ()
    currency: str = ""
    question: Texts = field(default_factory=dict)
    by: Who | None = None
    value: Operand | None = None
    rule: Predicate | None = None
    chosen: Choose[Operand] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact(Element):
    by: Who | None = None
    approves: Who | None = None  # None: the decider of the gate that needs it
    form: tuple[str, ...] = ()
    template: str = ""
    rests_on: tuple[str, ...] = ()
    replaces: str | None = None
    keep: str = ""


@dataclass(frozen=True, slots=True)
class Starts:
    method: str
    elsewhere: bool = False
    inherits: tuple[str, ...] = ()
    at_most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase(Element):
    """`opens` is set on the root of a track only; `track` is that root's id."""

    track: str
    main: bool = False
    opens: Opens | None = None
    at_start: bool = False
    done: Predicate | None = None
    expected: Duration | None = None
    needs: Mapping[str, Need] = field(default_factory=dict)
    starts: tuple[Starts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion(Element):
    question: Texts = field(default_factory=dict)
    scale: tuple[str, ...] = ("met", "partly", "not_met")
    must: str | None = None  # a value of the scale, "rated", or None: does not block
    weight: int = 0
    when: Predicate | None = None
    by: Who | None = None  # None: whoever `rates` names, else the decider


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice(Element):
    """A value given by somebody: `id` is "" for the decision and the rating."""

    by: Who
    when: Predicate | None = None
    due: Moment | None = None
    scale: tuple[str, ...] = ()
    required: bool = True
    after: str | None = None


class Effect(StrEnum):
    TO = "to"
    TURN = "turn"
    AGAIN = "again"
    HOLD = "hold"
    END = "end"
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class HoldLimit:
    """The review date lies at most `at_most` after the decision; at most `times` holds."""

    at_most: Duration
    times: int | None = None


@dataclass(frozen=True, slots=True)
class AgainRule:
    """`gate` None: this gate. `ask`: "unmet" or "all"."""

    ask: str = "unmet"
    gate: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Element):
    """`targets`: one phase, or several of which the decision names one; `choose`: the facts do.

    `carries`: keys of the gate's needs and ids of its criteria that do not block this outcome.
    """

    effect: Effect
    targets: tuple[str, ...] = ()
    choose: Choose[str] | None = None
    again: AgainRule | None = None
    hold: HoldLimit | None = None
    end: str = ""  # completed | stopped
    when: Predicate | None = None
    needs: Mapping[str, Need] = field(default_factory=dict)
    carries: tuple[str, ...] = ()
    starts: tuple[Starts, ...] = ()
    tells: tuple[str, ...] = ()

    @property
    def passing(self) -> bool:
        """Only a passing outcome needs the gate ready."""
        return self.effect in (Effect.TO, Effect.STAY) or self.end == "completed"


@dataclass(frozen=True, slots=True)
class Round:
    opens: Mapping[str, Moment]
    takes: int | str | Choose[int]
    ranks: str
    rest: str
    ties: str = "decider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate(Element):
    """`phases`: where it can be decided; `anywhere`: `in: any`."""

    track: str
    phases: tuple[str, ...]
    anywhere: bool = False
    needs: Mapping[str, Need] = field(default_factory=dict)
    criteria: Mapping[str, Criterion] = field(default_factory=dict)
    rates: Voice | None = None  # None: the decider judges
    advises: Mapping[str, Voice] = field(default_factory=dict)
    decides: Voice
    outcomes: Mapping[str, Outcome]
    opens: Opens | None = None  # None: on entry to its phase
    when: Predicate | None = None
    due: Moment | None = None
    blocks: tuple[Blocks, ...] = ()
    round: Round | None = None
    tells: tuple[str, ...] = ()
    remind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung(Element):
    """`to`: role ids, or the words owner, decider, accepts."""

    at: Moment
    to: tuple[str, ...]
    escalation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder(Element):
    rungs: Mapping[str, Rung]


# ---------------------------------------------------------------- the whole


@dataclass(frozen=True, kw_only=True, eq=False)
class Methodology(Element):
    """Identity is id + version + digest; two with the same rules digest behave the same."""

    version: str
    digest: str
    rules_digest: str
    languages: tuple[str, ...]
    country: str
    quiet: tuple[str, ...] = ()
    remind: str | None = None
    roles: Mapping[str, Role]
    facts: Mapping[str, Fact]
    artefacts: Mapping[str, Artefact]
    phases: Mapping[str, Phase]
    gates: Mapping[str, Gate]
    ladders: Mapping[str, Ladder]

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Methodology) and self.digest == other.digest

    @cached_property
    def main_root(self) -> str:
        return next(p.id for p in self.phases.values() if p.main)

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The first phase of each track, the main track first."""
        others = (p.id for p in self.phases.values() if p.track == p.id and not p.main)
        return (self.main_root, *others)

    @cached_property
    def form_of(self) -> Mapping[str, tuple[str, ...]]:
        """The artefacts in whose form a fact is asked."""
        found: dict[str, tuple[str, ...]] = {}
        for artefact in self.artefacts.values():
            for fact in artefact.form:
                found[fact] = (*found.get(fact, ()), artefact.id)
        return found

    @cached_property
    def all_needs(self) -> tuple[Need, ...]:
        """Every need of the method, wherever it stands."""
        places: list[Phase | Role | Gate | Outcome] = [
            *self.phases.values(),
            *self.roles.values(),
            *self.gates.values(),
            *(o for gate in self.gates.values() for o in gate.outcomes.values()),
        ]
        return tuple(need for place in places for need in place.needs.values())

    @cached_property
    def needs_named(self) -> Mapping[tuple[str, str], Need]:
        """Every need by its reference, and by the outcome that asks for it or else ""."""
        outcomes = [o for gate in self.gates.values() for o in gate.outcomes.values()]
        found = {(need.ref, o.id): need for o in outcomes for need in o.needs.values()}
        elsewhere = (need for need in self.all_needs if need.place is not Place.OUTCOME)
        return found | {(need.ref, ""): need for need in elsewhere}

    @cached_property
    def of_the_project(self) -> frozenset[str]:
        """Facts with one value in a project, whichever of its rules asks for them."""
        found: frozenset[str] = frozenset()
        todo = [fact for fact in self.facts.values() if fact.id not in self.asked_in_needs]
        while more := {f.id for f in todo if f.id not in found and found.issuperset(_rests(f))}:
            found |= more
        return found

    @cached_property
    def asked_in_needs(self) -> Mapping[str, frozenset[tuple[str, str]]]:
        """Facts that belong to the need instance that asks them, and which needs do."""
        found: dict[str, frozenset[tuple[str, str]]] = {}
        for name, need in self.needs_named.items():
            for fact in need.asks:
                found[fact] = found.get(fact, frozenset()) | {name}
        return found


def _rests(fact: Fact) -> Iterator[str | None]:
    """What the value of a fact is worked out from."""
    operands = [fact.value]
    rules = [fact.rule]
    if fact.chosen is not None:
        operands += [fact.chosen.otherwise, *(a.use for a in fact.chosen.alternatives)]
        rules += [a.when for a in fact.chosen.alternatives]
    yield from (operand.fact for operand in operands if isinstance(operand, FactValue))
    for rule in rules:
        if rule is not None:
            yield from rests_on(rule)
