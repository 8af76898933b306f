"""What an author may write: the shape of a methodology and of an overlay, as data. The parser and
the JSON Schema for editors both come from here, so they cannot disagree. Whether the names exist
and the sentences make sense is judged later.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from innocities_engine.domain.definition import FactType
from innocities_engine.language.phrases import (
    BASIS,
    BLOCKS,
    DURATION,
    IDENTIFIER,
    MOMENT,
    MOMENTS,
    NEEDS,
    OPENS,
    PHRASES,
    PREDICATE,
    REMIND,
    STARTS,
    TEXTS,
    UNIVERSAL,
    VALUE,
    VERSION,
    WHO,
    Facets,
    alternatives,
    one_or_more,
    refs,
)
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
from innocities_engine.language.wording import PATH_TEXT, QUIET_TEXT

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
LIKE: Final = "Take every facet of the named thing of the same kind; own facets win."

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
FACT: Final = _thing(
    "fact",
    {
        "type": (Word(tuple(FactType)), "What kind of statement it is."),
        "choices": (ListOf(Text(200), 1), "What can be chosen."),
        "currency": (Pattern("a currency", "^[A-Z]{3}$", "NOK"), "Of an amount of money."),
        "question": (TEXTS, "The question people answer, by language."),
        "by": (WHO, "Who answers it; without, anybody of the project."),
        "value": (
            OneOf(
                "a value, a rule, or {choose: …}",
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
    **PHRASES,
    "role": ROLE,
    "fact": FACT,
    "artefact": ARTEFACT,
    "phase": PHASE,
    "gate": GATE,
    "criterion": CRITERION,
    "outcome": OUTCOME,
    "ladder": LADDER,
    "operation": OPERATION,
    "change": CHANGE,
}
