"""What an author may write: the shape of a methodology and of an overlay, as data. The parser and the
JSON Schema for editors both come from here, so they cannot disagree. Whether the names exist and
the sentences make sense is judged later.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from innocities_engine.language.shapes import (
    ID,
    LANGUAGE,
    Anything,
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
from innocities_engine.language.wording import (
    DURATION_TEXT,
    MOMENT_TEXT,
    PATH_TEXT,
    QUIET_TEXT,
    QUORUM_TEXT,
)

METHODOLOGY_SCHEMA: Final = "innocities/methodology/1"
OVERLAY_SCHEMA: Final = "innocities/overlay/1"
EFFECTS: Final = ("to", "turn", "again", "hold", "end")
SECTIONS: Final = {
    "roles": "role",
    "facts": "fact",
    "artefacts": "artefact",
    "phases": "phase",
    "gates": "gate",
    "ladders": "ladder",
}

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
WAS: Final = OneOf(
    "an earlier id", (Pattern("an id", f"^{ID}$", "styrgrupp"),), ListOf(Name(("earlier",)))
)
UNIVERSAL: Final[Facets] = {
    "title": (TEXTS, "The name people read, by language."),
    "help": (TEXTS, "A sentence or two of help, by language."),
    "basis": (BASIS, "Where this comes from."),
    "was": (WAS, "The id this had in an earlier version."),
}
LIKE: Final = "Take every facet of the named thing of the same kind; own facets win."

VERSION: Final = Pattern("a version", r"^(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){2}$", "1.0.0")
IDENTIFIER: Final = Pattern("an id", f"^{ID}$", "smartby-prosjekt")
DURATION: Final = Pattern("a duration", DURATION_TEXT, "10 working days")
PERCENT: Final = Pattern("a percentage", r"^[0-9]{1,3}( percent)?$", "60 percent")
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

_ROLE_WHO: Final = Record(
    "who",
    {
        "role": (Name(("role",)), "Members of this role."),
        "quorum": (
            Pattern("a quorum", QUORUM_TEXT, "majority"),
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
    return (word, Record("predicate", {word: (ListOf(PREDICATE, 1), doc)}, (word,)))


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
_PREDICATES: Final = (
    (
        "of",
        Record(
            "predicate",
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
        "advice", Name(("advice",), placed=True), {"is": (VALUE, "The outcome or value advised.")}
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
    _test(
        "projects",
        Name(("method",)),
        {"at_least": (Count(), "So many or more."), "at_most": (Count(), "So many or fewer.")},
    ),
)


def _with_having(tests: tuple[tuple[str, Shape], ...]) -> tuple[tuple[str, Shape], ...]:
    marker, projects = tests[-1]
    assert isinstance(projects, Record)  # noqa: S101 - the line above says which
    facets = {**projects.facets, "having": (PREDICATE, "Only projects for which this holds.")}
    return (
        *tests[:-1],
        (marker, Record(projects.what, facets, projects.required, projects.one_of)),
    )


_PREDICATE: Final = OneOf("a predicate", maps=_with_having(_PREDICATES))

# ---------------------------------------------------------------- facets that stand in several places

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
            OneOf("true, false or a predicate", (Flag(),), maps=(("", PREDICATE),)),
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

# ---------------------------------------------------------------- the six kinds of thing


def _thing(what: str, facets: Facets, required: tuple[str, ...] = ()) -> Record:
    like: tuple[Shape, str] = (Name((what,)), LIKE)
    return Record(what, {**UNIVERSAL, "like": like, **facets}, required)


ROLE: Final = _thing(
    "role",
    {
        "kind": (Word(("person", "body", "party")), "A person, a body, or a party."),
        "seats": (
            Record(
                "seats",
                {
                    "at_least": (Count(0, 10_000), "No fewer."),
                    "at_most": (Count(1, 10_000), "No more."),
                },
            ),
            "How many members.",
        ),
        "sector": (Pattern("a word", f"^{ID}$", "public"), "Which sector a party comes from."),
        "meets": (
            Name(("meeting calendar",), words=("on_request",)),
            "The calendar of a body, or on_request.",
        ),
        "notice": (DURATION, "How long ahead a session must be asked for."),
        "records": (WHO, "Who may write down what a body gave."),
        "leads": (Flag(), "The project manager role."),
        "needs": (NEEDS, "What a gate needs because this role decides it."),
    },
)
_FACT_TYPES: Final = (
    "yes_no", "number", "percent", "money", "date", "yearly_date", "duration", "choice", "choices", "text",
)  # fmt: skip
FACT: Final = _thing(
    "fact",
    {
        "type": (Word(_FACT_TYPES), "What kind of statement it is."),
        "choices": (ListOf(Text(200), 1), "What can be chosen."),
        "currency": (Pattern("a currency", "^[A-Z]{3}$", "NOK"), "Of an amount of money."),
        "question": (TEXTS, "The question people answer, by language."),
        "by": (WHO, "Who answers it; without, anybody of the project."),
        "value": (
            OneOf(
                "a value, a predicate, or {choose: …}",
                (Scalar(),),
                ListOf(Scalar(), 1),
                maps=(
                    ("choose", alternatives(OneOf("a value", (Scalar(),), ListOf(Scalar(), 1)))),
                    ("", PREDICATE),
                ),
            ),
            "A parameter, or a named rule.",
        ),
    },
    required=("type",),
)
ARTEFACT: Final = _thing(
    "artefact",
    {
        "by": (WHO, "Its owner."),
        "approves": (WHO, "Who approves it; without, the decider of the gate that needs it."),
        "form": (refs("fact"), "Facts asked in it; the answers belong to the version."),
        "template": (
            Pattern(
                "a template", r"^templates/[A-Za-z0-9_-]{1,80}\.md$", "templates/prosjektplan.md"
            ),
            "Its document template.",
        ),
        "from": (refs("artefact"), "Artefacts it rests on."),
        "replaces": (Name(("artefact",)), "The artefact whose place it takes when signed."),
        "keep": (Text(200), "How long it is kept."),
    },
    required=("by",),
)
PHASE: Final = _thing(
    "phase",
    {
        "opens": (OPENS, "When it opens by itself; it then begins a track of its own."),
        "main": (Flag(), "The first phase of the main track."),
        "done": (PREDICATE, "Ends the track without a decision."),
        "expected": (DURATION, "How long it is expected to take."),
        "needs": (NEEDS, "What is needed while it lasts."),
        "starts": (STARTS, "Projects it starts."),
    },
)
CRITERION: Final = Record(
    "criterion",
    {
        **UNIVERSAL,
        "question": (TEXTS, "The question judged, by language."),
        "scale": (ListOf(VALUE, 2), "The values, best first."),
        "must": (VALUE, "The worst value that lets the gate pass, or rated."),
        "weight": (Count(0, 1000), "Its weight in the score."),
        "when": (PREDICATE, "It exists only if."),
        "by": (WHO, "Who judges it."),
    },
    required=("question",),
)
OUTCOME: Final = Record(
    "outcome",
    {
        **UNIVERSAL,
        "to": (
            OneOf(
                "a phase, a list of phases, or {choose: …}",
                (Name(("phase",)),),
                ListOf(Name(("phase",)), 1),
                maps=(("choose", alternatives(Name(("phase",)))),),
            ),
            "Enter that phase.",
        ),
        "turn": (one_or_more("phase"), "Change course to that phase; the gate need not be ready."),
        "again": (
            OneOf(
                "unmet, all or {gate, ask}",
                (Word(("unmet", "all")),),
                maps=(
                    (
                        "",
                        Record(
                            "again",
                            {
                                "gate": (Name(("gate",)), "The gate opened again."),
                                "ask": (Word(("unmet", "all")), "What is asked again."),
                            },
                            ("gate",),
                        ),
                    ),
                ),
            ),
            "Stay, and decide anew.",
        ),
        "hold": (
            OneOf(
                "a duration or {at_most, times}",
                (DURATION,),
                maps=(
                    (
                        "",
                        Record(
                            "hold",
                            {
                                "at_most": (DURATION, "The review lies no further off."),
                                "times": (Count(1, 1000), "No more often."),
                            },
                            ("at_most",),
                        ),
                    ),
                ),
            ),
            "Clocks stop until a review.",
        ),
        "end": (Word(("completed", "stopped")), "The track ends."),
        "when": (PREDICATE, "It is offered only if."),
        "needs": (NEEDS, "What this decision opens."),
        "starts": (STARTS, "Projects it starts."),
        "tells": (refs("role"), "Roles that are told."),
    },
)
ROUND: Final = Record(
    "round",
    {
        "opens": (MOMENTS, "When a round opens."),
        "takes": (
            OneOf(
                "a number, a number fact, or {choose: …}",
                (Count(1), Name(("fact",))),
                maps=(("choose", alternatives(Count(1))),),
            ),
            "How many are taken.",
        ),
        "ranks": (Name(("fact",), words=("score",)), "What they are ranked by."),
        "ties": (Word(("decider",)), "Who breaks a tie."),
        "rest": (Name(("outcome",)), "The outcome of those not taken."),
    },
    required=("opens", "takes", "ranks", "rest"),
)
GATE: Final = _thing(
    "gate",
    {
        "in": (one_or_more("phase", words=("any",)), "The phases it can be decided in, or any."),
        "needs": (NEEDS, "What must be there."),
        "criteria": (MapOf("criterion", Ref("criterion")), "Questions judged each time."),
        "rates": (Ref("voice"), "Who judges the criteria; without, the decider."),
        "advises": (MapOf("advice", Ref("voice")), "Who recommends before the decision."),
        "decides": (Ref("voice"), "Who chooses the outcome."),
        "outcomes": (MapOf("outcome", Ref("outcome")), "What can be chosen."),
        "opens": (OPENS, "When it opens; without, on entry to its phase."),
        "when": (PREDICATE, "It exists only if."),
        "due": (MOMENT, "Default due of its needs."),
        "blocks": (BLOCKS, "Other gates held shut while it is open."),
        "round": (ROUND, "Projects wait for each other and are taken together."),
        "tells": (refs("role"), "Roles that are told of the decision."),
        "remind": (REMIND, "The ladder of reminders."),
    },
    required=("in", "decides", "outcomes"),
)
RUNG: Final = Record(
    "rung",
    {
        **UNIVERSAL,
        "at": (MOMENT, "When it reminds."),
        "to": (ListOf(Name(("role",), words=("owner", "decider", "accepts")), 1), "Whom."),
        "escalation": (Flag(), "It tells that something is late."),
    },
    required=("at", "to"),
)
LADDER: Final = MapOf(
    "rung",
    RUNG,
    special={**{key: shape for key, (shape, _) in UNIVERSAL.items()}, "like": Name(("ladder",))},
)

# ---------------------------------------------------------------- the two documents

CALENDAR: Final = Record(
    "calendar",
    {
        "country": (Word(("NO", "SE")), "Whose public holidays count."),
        "quiet": (
            ListOf(Pattern("a yearly period", QUIET_TEXT, "22 June..15 August")),
            "Periods in which soft dates move.",
        ),
    },
    required=("country",),
)
_HEAD: Final[Facets] = {
    "id": (IDENTIFIER, "The id of this definition."),
    "version": (VERSION, "Its version; a published version never changes."),
    "languages": (
        ListOf(Pattern("a language", f"^{LANGUAGE}$", "nb"), 1),
        "The languages of its texts, the first is the fallback.",
    ),
}
METHODOLOGY: Final = Record(
    "methodology",
    {
        "schema": (Word((METHODOLOGY_SCHEMA,)), "The language this is written in."),
        **_HEAD,
        **UNIVERSAL,
        "calendar": (CALENDAR, "The calendar dates are reckoned by."),
        "remind": (REMIND, "The ladder of reminders for every need."),
        "roles": (MapOf("role", Ref("role"), most=500), "Names in the method held by people."),
        "facts": (MapOf("fact", Ref("fact"), most=1000), "Typed statements about the project."),
        "artefacts": (
            MapOf("artefact", Ref("artefact"), most=1000),
            "Things handed in, in versions.",
        ),
        "phases": (MapOf("phase", Ref("phase")), "Stretches of work."),
        "gates": (MapOf("gate", Ref("gate")), "Decisions that somebody takes."),
        "ladders": (MapOf("ladder", Ref("ladder")), "When and to whom one reminds."),
    },
    required=("schema", "id", "version", "languages", "title", "calendar", "phases"),
)


def _operation(word: str, facets: Facets, doc: str) -> tuple[str, Shape]:
    path = Pattern(
        "a path of ids",
        PATH_TEXT,
        "gates/G3/needs/prosjektplan",
    )
    return (word, Record(word, {word: (path, doc), **facets}, (word, *facets)))


OPERATION: Final = OneOf(
    "an operation",
    maps=(
        _operation(
            "add", {"value": (Anything(), "What is put there.")}, "Put something where nothing is."
        ),
        _operation("remove", {}, "Take something away."),
        _operation(
            "replace", {"value": (Anything(), "What is put there.")}, "Put something else there."
        ),
        _operation(
            "rename", {"to": (IDENTIFIER, "The new id.")}, "Give a new id; what names it follows."
        ),
        _operation(
            "move",
            {
                "to": (
                    Pattern(
                        "a path of ids",
                        PATH_TEXT,
                        "gates/G4/needs/prosjektplan",
                    ),
                    "The new path, ending in the same id.",
                )
            },
            "Put it elsewhere.",
        ),
    ),
)
CHANGE: Final = Record(
    "change",
    {
        "id": (IDENTIFIER, "The name of this change."),
        "title": (TEXTS, "A heading, by language."),
        "reason": (TEXTS, "Why, by language."),
        "basis": (BASIS, "Where this comes from."),
        "operations": (ListOf(Ref("operation"), 1, 5000), "What changes."),
    },
    required=("id", "reason", "operations"),
)
OVERLAY: Final = Record(
    "overlay",
    {
        "schema": (Word((OVERLAY_SCHEMA,)), "The language this is written in."),
        **_HEAD,
        "extends": (
            Record(
                "extends",
                {"id": (IDENTIFIER, "What is changed."), "version": (VERSION, "Its version.")},
                ("id", "version"),
            ),
            "The definition this changes.",
        ),
        "title": (TEXTS, "The name of the resulting method, by language."),
        "help": (TEXTS, "A sentence or two of help, by language."),
        "basis": (BASIS, "Where this comes from."),
        "changes": (ListOf(Ref("change"), most=1000), "The changes, in order."),
    },
    required=("schema", "id", "version", "languages", "extends", "changes"),
)

DEFINITIONS: Final[Mapping[str, Shape]] = {
    "texts": _TEXTS,
    "basis": _BASIS,
    "who": _WHO,
    "moment": _MOMENT,
    "moments": _SEVERAL,
    "predicate": _PREDICATE,
    "operand": _VALUE,
    "opens": _OPENS,
    "blocks": _BLOCKS,
    "starts": _STARTS,
    "needs": _NEEDS,
    "role": ROLE,
    "fact": FACT,
    "artefact": ARTEFACT,
    "phase": PHASE,
    "gate": GATE,
    "ladder": LADDER,
    "need": NEED,
    "voice": VOICE,
    "criterion": CRITERION,
    "outcome": OUTCOME,
    "operation": OPERATION,
    "change": CHANGE,
}
