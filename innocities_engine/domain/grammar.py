"""The three value grammars of the language as typed, frozen values: Who, Moment, Predicate.

This module only says what a value *is*. Reading it from text is the loader's work, judging it
against a project belongs to `predicates`, `moments` and `voices`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

from innocities_engine.domain.calendar import Duration

T = TypeVar("T")


# ---------------------------------------------------------------- alternatives


@dataclass(frozen=True, slots=True)
class Alternative(Generic[T]):
    """One way to go, and the alternatives it wins over when both hold."""

    id: str
    when: Predicate
    use: T
    over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choose(Generic[T]):
    """A value by rule, without order: the alternative that holds, else `otherwise`."""

    alternatives: tuple[Alternative[T], ...]
    otherwise: T | None = None


# ---------------------------------------------------------------- who


class Exclusion(StrEnum):
    SUBMITTER = "submitter"
    CONFLICTED = "conflicted"


class QuorumKind(StrEnum):
    ALL = "all"
    MAJORITY = "majority"
    COUNT = "count"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Quorum:
    kind: QuorumKind = QuorumKind.COUNT
    n: int = 1

    def needed(self, members: int) -> int:
        """How many of `members` (those not excluded) must agree; at least one."""
        match self.kind:
            case QuorumKind.ALL:
                wanted = members
            case QuorumKind.MAJORITY:
                wanted = members // 2 + 1
            case QuorumKind.COUNT:
                wanted = self.n
            case QuorumKind.PERCENT:
                wanted = -(-members * self.n // 100)
        return max(1, wanted)


@dataclass(frozen=True, slots=True)
class RoleWho:
    """Members of one role, so many of them. `excludes` None means the default of the place."""

    role: str
    quorum: Quorum = Quorum()
    excludes: tuple[Exclusion, ...] | None = None
    blind: bool = False


@dataclass(frozen=True, slots=True)
class EachWho:
    of: tuple[Who, ...]


@dataclass(frozen=True, slots=True)
class AnyWho:
    of: tuple[Who, ...]


Who: TypeAlias = "RoleWho | EachWho | AnyWho | Choose[Who]"


# ---------------------------------------------------------------- moments


class AnchorKind(StrEnum):
    """START … DUE belong to the thing the moment stands on; the others name something."""

    START = "start"
    ENTRY = "entry"
    READY = "ready"
    MEETING = "meeting"
    DECISION = "decision"
    DUE = "due"
    GATE = "gate"
    NEED = "need"
    PHASE = "phase"
    FACT = "fact"
    MEETING_OF = "meeting of"
    YEARLY = "yearly"


@dataclass(frozen=True, slots=True)
class NeedRef:
    """A need by its key; `place` (gate or phase) None means: a sibling first, else the only one."""

    key: str
    place: str | None = None

    def __str__(self) -> str:
        return f"{self.place}/{self.key}" if self.place else self.key


@dataclass(frozen=True, slots=True)
class Anchor:
    """`name`: a gate, phase, fact or role; `need` is set for NEED, month and day for YEARLY."""

    kind: AnchorKind
    name: str = ""
    need: NeedRef | None = None
    month: int = 0
    day: int = 0


@dataclass(frozen=True, slots=True)
class FactDuration:
    """A duration that a fact holds."""

    fact: str


Span: TypeAlias = Duration | FactDuration


@dataclass(frozen=True, slots=True)
class At:
    """The anchor itself, or so long before or after it."""

    anchor: Anchor
    span: Span | None = None
    before: bool = False


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again: `span` after the anchor, twice `span` after it, and so on."""

    span: Span
    anchor: Anchor
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Earliest:
    of: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Latest:
    of: tuple[Moment, ...]


Moment: TypeAlias = "At | Every | Earliest | Latest | Choose[Moment]"


# ---------------------------------------------------------------- predicates


class Comparison(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"
    ONE_OF = "one_of"
    INCLUDES = "includes"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class FactValue:
    """On the right-hand side: the value of another fact."""

    fact: str


# A literal in canonical form: yes_no -> bool; number, percent, money -> decimal text;
# date -> ISO text; yearly_date -> "MM-DD"; duration -> its text; choice, text -> text.
Literal: TypeAlias = bool | str
Operand: TypeAlias = "Literal | tuple[Literal, ...] | FactValue"


@dataclass(frozen=True, slots=True)
class AllOf:
    of: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    of: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    of: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class AtLeastOf:
    n: int
    of: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class FactTest:
    fact: str
    comparison: Comparison
    value: Operand


@dataclass(frozen=True, slots=True)
class ArtefactTest:
    """Exactly one of `status`, `newer_than`, `stale` is set."""

    artefact: str
    status: str | None = None
    newer_than: Moment | None = None
    stale: bool | None = None


@dataclass(frozen=True, slots=True)
class GateTest:
    """The last settled instance has one of `outcomes`, or at least `times` instances settled so."""

    gate: str
    outcomes: tuple[str, ...] = ()
    times: int | None = None


@dataclass(frozen=True, slots=True)
class NeedTest:
    need: NeedRef
    state: str  # open | done | waived | overdue


@dataclass(frozen=True, slots=True)
class CriteriaTest:
    """`which`: "all", "any", or criterion ids (all of them)."""

    gate: str
    which: str | tuple[str, ...]
    comparison: Comparison  # IS or AT_LEAST
    value: str


@dataclass(frozen=True, slots=True)
class ScoreTest:
    gate: str
    comparison: Comparison  # AT_LEAST or BELOW
    percent: int


@dataclass(frozen=True, slots=True)
class AdviceTest:
    gate: str
    advice: str
    value: str


@dataclass(frozen=True, slots=True)
class RoleTest:
    """`filled` or `at_least` members."""

    role: str
    filled: bool | None = None
    at_least: int | None = None


@dataclass(frozen=True, slots=True)
class PhaseTest:
    phase: str
    state: str  # current | entered | never


@dataclass(frozen=True, slots=True)
class PassedTest:
    moment: Moment


@dataclass(frozen=True, slots=True)
class ProjectsTest:
    """A count over the portfolio: for programmes."""

    method: str
    having: Predicate | None
    comparison: Comparison  # AT_LEAST or AT_MOST
    n: int


Test: TypeAlias = (
    FactTest
    | ArtefactTest
    | GateTest
    | NeedTest
    | CriteriaTest
    | ScoreTest
    | AdviceTest
    | RoleTest
    | PhaseTest
    | PassedTest
    | ProjectsTest
)
Predicate: TypeAlias = "AllOf | AnyOf | NoneOf | AtLeastOf | Test"


def rests_on(predicate: Predicate) -> Iterator[str | None]:
    """The facts a rule asks for, and None for what depends on the thing the rule stands on."""
    match predicate:
        case AllOf(of) | AnyOf(of) | NoneOf(of) | AtLeastOf(_, of):
            for part in of:
                yield from rests_on(part)
        case FactTest(fact, _, value):
            yield fact
            if isinstance(value, FactValue):
                yield value.fact
        case NeedTest() | PassedTest():
            yield None
        case ArtefactTest(newer_than=moment) if moment is not None:
            yield None
