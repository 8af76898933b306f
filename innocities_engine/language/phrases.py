"""What an author may write inside things: texts and provenance, the three value grammars, and the
facets that stand in several places (needs, voices, `opens`), as data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from innocities_engine.language.shapes import (
    ID,
    LANGUAGE,
    Count,
    Flag,
    ListOf,
    MapOf,
    Name,
    OneOf,
    Pattern,
    Record,
    Ref,
    Scalar,
    Shape,
    Text,
    Word,
)
from innocities_engine.language.wording import DURATION_TEXT, MOMENT_TEXT, QUORUM_TEXT

Facets = Mapping[str, tuple[Shape, str]]

# ---------------------------------------------------------------- texts, provenance, names

TEXTS: Final = Ref("texts")
_TEXTS: Final = MapOf("text", Text(), keys=LANGUAGE)
BASIS: Final = Ref("basis")
_BASIS: Final = Record(
    "basis",
    {
        "kind": (Word(("sourced", "inferred", "unverified")), "How sure this is."),
        "source": (Text(), "The source, such as R36 or a section of an act."),
        "url": (Text(), "Where the source can be read."),
        "help": (TEXTS, "A word about the source, by language."),
    },
    required=("kind",),
)
WAS: Final = Ref("was")
_WAS: Final = OneOf(
    "an earlier id", (Pattern("an id", f"^{ID}$", "styrgrupp"),), ListOf(Name(("earlier",)))
)
UNIVERSAL: Final[Facets] = {
    "title": (TEXTS, "The name people read, by language."),
    "help": (TEXTS, "A sentence or two of help, by language."),
    "basis": (BASIS, "Where this comes from."),
    "was": (WAS, "The id this had in an earlier version."),
}

VERSION: Final = Pattern("a version", r"^(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){2}$", "1.0.0")
IDENTIFIER: Final = Pattern("an id", f"^{ID}$", "smartby-prosjekt")
DURATION: Final = Pattern("a duration", DURATION_TEXT, "10 working days")
PERCENT: Final = OneOf(
    "a percentage", (Count(0, 100), Pattern("a percentage", "^[0-9]{1,3} percent$", "60 percent"))
)
VALUE: Final = Name(("value",))


def refs(*kinds: str) -> ListOf:
    return ListOf(Name(kinds))


def one_or_more(*kinds: str, words: tuple[str, ...] = ()) -> OneOf:
    return OneOf(
        f"the id of a {kinds[0]}, or a list of ids", (Name(kinds, words),), ListOf(Name(kinds), 1)
    )


def alternatives(use: Shape) -> Record:
    """`choose`: a value by rule."""
    way = Record(
        "alternative",
        {
            "when": (PREDICATE, "This one is taken if."),
            "use": (use, "The value then."),
            "over": (refs("alternative"), "Alternatives that give way to this one."),
            "basis": (BASIS, "Where this comes from."),
        },
        required=("when", "use"),
    )
    rest = Record("otherwise", {"use": (use, "The value when no other holds.")}, required=("use",))
    ways = MapOf("alternative", way, special={"otherwise": rest})
    return Record("choose", {"choose": (ways, "A value by rule.")}, required=("choose",))


# ---------------------------------------------------------------- the value grammars

WHO: Final = Ref("who")
MOMENT: Final = Ref("moment")
PREDICATE: Final = Ref("predicate")

_QUORUM: Final = Pattern(
    "a quorum: one, all, majority, a number, or 1 to 100 percent", QUORUM_TEXT, "60 percent"
)
_ROLE_WHO: Final = Record(
    "who",
    {
        "role": (Name(("role",)), "Members of this role."),
        "quorum": (
            OneOf("a quorum", (Count(1, 9999), _QUORUM)),
            "one, all, majority, 2, 60 percent.",
        ),
        "excludes": (ListOf(Word(("submitter", "conflicted"))), "Whose voice does not count."),
        "blind": (Flag(), "Nobody sees another's value before the quorum is reached."),
    },
    required=("role",),
)
_WHO: Final = OneOf(
    "who",
    (Name(("role",)),),
    maps=(
        ("choose", alternatives(WHO)),
        ("each", Record("who", {"each": (ListOf(WHO, 1), "Every one of these.")}, ("each",))),
        ("any", Record("who", {"any": (ListOf(WHO, 1), "Any one of these.")}, ("any",))),
        ("role", _ROLE_WHO),
    ),
)
_MOMENTS: Final = (
    ("choose", alternatives(MOMENT)),
    (
        "earliest",
        Record("moment", {"earliest": (ListOf(MOMENT, 1), "The first of these.")}, ("earliest",)),
    ),
    (
        "latest",
        Record("moment", {"latest": (ListOf(MOMENT, 1), "The last of these.")}, ("latest",)),
    ),
)
_MOMENT_TEXT: Final = Pattern("a moment", MOMENT_TEXT, "2 working days before meeting")
_MOMENT: Final = OneOf("a moment", (_MOMENT_TEXT,), maps=_MOMENTS)
MOMENTS: Final = Ref("moments")
_SEVERAL: Final = OneOf(
    "a moment, or several by id",
    (_MOMENT_TEXT,),
    maps=(*_MOMENTS, ("", MapOf("moment", MOMENT))),
)


def _many(word: str, doc: str) -> tuple[str, Shape]:
    return (word, Record("rule", {word: (ListOf(PREDICATE, 1), doc)}, (word,)))


def _test(
    subject: str, shape: Shape, facets: Facets, *, several: bool = False
) -> tuple[str, Shape]:
    keys = tuple(facets)
    return (
        subject,
        Record(
            f"test of {subject}",
            {subject: (shape, "What is tested."), **facets},
            required=(subject,),
            one_of=() if several else keys,
            some_of=keys if several else (),
        ),
    )


_FACT_VALUE: Final = Record(
    "fact", {"fact": (Name(("fact",)), "The value of this fact.")}, ("fact",)
)
_OPERAND: Final = Ref("operand")
_VALUE: Final = OneOf("a value, or {fact: id}", (Scalar(),), maps=(("", _FACT_VALUE),))
_FACT_TEST: Final[Facets] = {
    "is": (_OPERAND, "Equal to."),
    "is_not": (_OPERAND, "Different from."),
    "at_least": (_OPERAND, "This or more, this day or later."),
    "at_most": (_OPERAND, "This or less, this day or earlier."),
    "above": (_OPERAND, "More than, later than."),
    "below": (_OPERAND, "Less than, earlier than."),
    "one_of": (ListOf(Scalar(), 1), "One of these values."),
    "includes": (_OPERAND, "Has this choice among its own."),
    "known": (Flag(), "Has been answered, or not."),
}
_PROJECTS: Final = Record(
    "test of projects",
    {
        "projects": (Name(("method",)), "Projects that follow this method."),
        "having": (PREDICATE, "Only those for which this holds."),
        "at_least": (Count(), "So many or more."),
        "at_most": (Count(), "So many or fewer."),
    },
    required=("projects",),
    one_of=("at_least", "at_most"),
)
_PREDICATES: Final = (
    (
        "of",
        Record(
            "rule",
            {
                "at_least": (Count(1, 100), "How many must hold."),
                "of": (ListOf(PREDICATE, 1), "Of these."),
            },
            ("at_least", "of"),
        ),
    ),
    _many("all", "All of these hold."),
    _many("any", "One of these holds."),
    _many("none", "None of these holds."),
    _test("fact", Name(("fact",)), _FACT_TEST),
    _test(
        "artefact",
        Name(("artefact",)),
        {
            "status": (Word(("submitted", "approved", "signed")), "The newest version has it."),
            "newer_than": (MOMENT, "The newest version is younger."),
            "stale": (Flag(), "It rests on something that changed since."),
        },
    ),
    _test(
        "gate",
        Name(("gate",)),
        {
            "outcome": (refs("outcome"), "It was settled by one of these."),
            "times": (Count(1, 1000), "At least so many settled instances."),
        },
        several=True,
    ),
    _test(
        "need",
        Name(("need",), placed=True),
        {"is": (Word(("open", "done", "waived", "overdue")), "How it stands.")},
    ),
    _test(
        "criteria",
        OneOf(
            "all, any, or a list of criteria",
            (Word(("all", "any")),),
            ListOf(Name(("criterion",), placed=True), 1),
        ),
        {
            "is": (VALUE, "Exactly this value of the scale."),
            "at_least": (VALUE, "This value of the scale, or better."),
        },
    ),
    _test(
        "score",
        Name(("gate",), words=("this",)),
        {
            "at_least": (PERCENT, "So much of what could be reached."),
            "below": (PERCENT, "Less than."),
        },
    ),
    _test(
        "advice",
        Name(("advice",), placed=True),
        {"is": (Name(("outcome", "value")), "The outcome or value advised.")},
    ),
    _test(
        "role",
        Name(("role",)),
        {
            "filled": (Flag(), "Has the members its seats ask for."),
            "at_least": (Count(1, 10_000), "Has at least so many members."),
        },
    ),
    _test(
        "phase", Name(("phase",)), {"is": (Word(("current", "entered", "never")), "How it stands.")}
    ),
    ("passed", Record("test of passed", {"passed": (MOMENT, "This time has come.")}, ("passed",))),
    ("projects", _PROJECTS),
)
_PREDICATE: Final = OneOf("a rule", maps=_PREDICATES)

# ---------------------------------------------------------------- facets of several places

OPENS: Final = Ref("opens")
_OPENS: Final = OneOf(
    "a moment, or {at, when, by}",
    (_MOMENT_TEXT,),
    maps=(
        *_MOMENTS,
        (
            "",
            Record(
                "opens",
                {
                    "at": (MOMENTS, "At this moment, or at each of these."),
                    "when": (PREDICATE, "If this holds."),
                    "by": (WHO, "Raised by these, again and again."),
                },
                some_of=("at", "when", "by"),
            ),
        ),
    ),
)
BLOCKS: Final = Ref("blocks")
_BLOCKS: Final = OneOf(
    "what is held shut",
    (Name(("gate", "need"), ("next", "move", "end", "none"), placed=True),),
    ListOf(Name(("gate", "need"), ("next", "move", "end"), placed=True), 1),
)
NEWER_THAN: Final = OneOf("a moment, or none", (Word(("none",)), _MOMENT_TEXT), maps=_MOMENTS)
REMIND: Final = Name(("ladder",), words=("none",))
STARTS: Final = Ref("starts")
_STARTS: Final = MapOf(
    "method",
    Record(
        "starts",
        {
            "in": (Word(("same", "other")), "In the same or in another organisation."),
            "inherits": (refs("artefact"), "Artefacts that the new project begins with."),
            "at_most": (Count(1), "At most so many."),
        },
    ),
)
NEED: Final = Record(
    "need",
    {
        **UNIVERSAL,
        "of": (
            Name(("artefact", "fact", "role", "gate")),
            "What is needed, if the key does not name it.",
        ),
        "do": (TEXTS, "An act that somebody ticks off, by language."),
        "required": (
            OneOf("true, false or a rule", (Flag(),), maps=(("", PREDICATE),)),
            "false: recommended.",
        ),
        "when": (PREDICATE, "It exists only if."),
        "opens": (OPENS, "When it begins to exist."),
        "by": (WHO, "Who owes it."),
        "due": (MOMENT, "By when; `decision`: the decision carries it."),
        "done": (PREDICATE, "What discharges it."),
        "blocks": (BLOCKS, "What is held shut while it is open."),
        "status": (Word(("submitted", "approved", "signed")), "The status the version must have."),
        "newer_than": (NEWER_THAN, "The version must be younger."),
        "waives": (WHO, "Who may exempt from it."),
        "accepts": (WHO, "Who confirms it."),
        "written": (
            Record(
                "written",
                {
                    "at_least": (Count(0, 100), "At least so many."),
                    "for": (VALUE, "One for each criterion judged so."),
                },
            ),
            "The decider writes text, owner and due date while deciding.",
        ),
        "remind": (REMIND, "The ladder of reminders."),
        "asks": (refs("fact"), "Facts answered here; the answers belong to this need."),
        "each": (Word(("member",)), "One for every member who will give a voice."),
        "outcome": (refs("outcome"), "Of a needed gate: which outcomes count."),
        "times": (Count(1, 1000), "Of a needed gate: settled so many times."),
    },
)
NEEDS: Final = Ref("needs")
_NEEDS: Final = MapOf("need", Ref("need"))
VOICE: Final = Record(
    "voice",
    {
        **UNIVERSAL,
        "by": (WHO, "Who gives it."),
        "when": (PREDICATE, "It exists only if."),
        "due": (MOMENT, "By when."),
        "scale": (ListOf(VALUE, 2), "The values it can have, best first."),
        "required": (Flag(), "false: it is welcome, and never waited for."),
        "after": (Name(("advice",)), "An earlier adviser."),
    },
    required=("by",),
)


PHRASES: Final[Mapping[str, Shape]] = {
    "texts": _TEXTS,
    "basis": _BASIS,
    "was": _WAS,
    "who": _WHO,
    "moment": _MOMENT,
    "moments": _SEVERAL,
    "predicate": _PREDICATE,
    "operand": _VALUE,
    "opens": _OPENS,
    "blocks": _BLOCKS,
    "starts": _STARTS,
    "needs": _NEEDS,
    "need": NEED,
    "voice": VOICE,
}
