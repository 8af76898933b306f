"""Which words a scenario may use: at its head, beside each command and beside each sentence, and
which states a sentence can tell of. A word that nothing reads would make whatever stands there
true, so it is a fault, found before anything is played.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from innocities_engine.domain.project import NeedStatus, PassageStatus, TrackStatus, VersionStatus
from innocities_engine.domain.worded import Worded
from innocities_engine.language.faults import Faults, Path
from innocities_engine.language.nodes import Node

HEAD: Final = (
    "scenario", "methodology", "today", "after", "people", "meetings", "substitutes", "steps",
)  # fmt: skip
INSIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "methodology": ("id", "version"),
    "after": ("scenario", "mark"),
}
SUBSTITUTE: Final = ("person", "substitute", "first", "last", "role")
STEP: Final = ("mark", "when", "then")

ON: Final = ("by", "on")
RECORDED: Final = (*ON, "recorded_by", "present", "minutes")

# Beside each command; `day` stands alone, and time passes.
WHEN: Final[Mapping[str, tuple[str, ...]]] = {
    "day": (),
    "start": (*ON, "goes_as"),
    "submit": (*ON, "form"),
    "approve": RECORDED,
    "return": (*ON, "reason"),
    "withdraw": ON,
    "answer": ON,
    "assign": ON,
    "rate": RECORDED,
    "advise": (*RECORDED, "reason"),
    "present": ON,
    "take_back": ON,
    "decide": (*RECORDED, "reason"),
    "tick_off": (*ON, "member"),
    "accept": ON,
    "waive": (*ON, "reason"),
    "extend": (*ON, "reason"),
    "declare_conflict": (*ON, "reason"),
    "raise": (*ON, "reason"),
    "resume": ON,
}
# What a command takes in braces, where that is not named by the method.
GIVEN: Final[Mapping[str, tuple[str, ...]]] = {
    "advise": ("gate", "advice", "value"),
    "extend": ("need", "to"),
}

REMINDED: Final = ("rung", "on", "to")
THEN: Final[Mapping[str, tuple[str, ...]]] = {
    "refused": (),
    "phase": ("track",),
    "track": ("is", "as"),
    "gate": ("is", "because", "only", "instance", "for"),
    "outcomes": ("are", "instance"),
    "need": ("is",),
    "due": ("is",),
    "count": ("is",),
    "decision_due": ("is", "instance"),
    "review": ("is", *REMINDED),
    "artefact": ("is",),
    "role": ("is",),
    "fact": ("is",),
    "reminder": REMINDED,
    "decision": (*REMINDED, "instance"),
    "told": (),
}

_TRACK: Final = ("unopened", *TrackStatus)
_PASSAGE: Final = tuple(each for each in PassageStatus if each is not PassageStatus.OPEN)
# What each thing can be; a state that is none of these is never so.
STATES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("track", "is"): _TRACK,
    ("track", "as"): ("completed", "stopped"),
    ("gate", "is"): ("shut", "ready", "dormant", *_PASSAGE),
    ("need", "is"): (*NeedStatus, "overdue"),
    ("artefact", "is"): ("missing", *VersionStatus),
}


def check(root: Node, faults: Faults) -> None:
    """Say of every word that nothing reads, and every state that is none, where it stands."""
    _known(root, HEAD, (), faults)
    for word, inside in INSIDE.items():
        if (node := root.get(word)) is not None:
            _known(node, inside, (word,), faults)
    substitutes = root.get("substitutes")
    for each in substitutes.items if substitutes else ():
        _known(each, SUBSTITUTE, ("substitutes",), faults)
    steps = root.get("steps")
    for step in steps.items if steps else ():
        _step(step, faults)


def _step(step: Node, faults: Faults) -> None:
    first, *others = step.map or ("",)
    if first not in STEP:
        return
    for other in others:
        message = Worded("A step is one thing; `{key}` is a step of its own.", key=other)
        hint = faults.near(other, {**WHEN, **THEN}) if other not in STEP else Worded("")
        faults.error("unknown-key", message, ("steps",), hint=hint, mark=step.map[other].key)
    said = step.map[first]
    if first != "mark" and said.map:
        word = next(iter(said.map))
        beside = (WHEN if first == "when" else THEN).get(word)
        if beside is not None:
            _known(said, (word, *beside), (first, word), faults)
            _states(said, word, faults) if first == "then" else _given(said.map[word], word, faults)


def _given(node: Node, word: str, faults: Faults) -> None:
    if word in GIVEN:
        _known(node, GIVEN[word], ("when", word), faults)


def _states(said: Node, word: str, faults: Faults) -> None:
    for key, node in said.map.items():
        states = STATES.get((word, key))
        if states is None or node.text in states:
            continue
        message = Worded("“{given}” is no state of this; there are {known}.",
                         given=node.text, known=", ".join(states))  # fmt: skip
        near = faults.near(node.text, states)
        faults.error("wrong-value", message, ("then", word, key), hint=near, mark=node.mark)


def _known(node: Node, words: Iterable[str], path: Path, faults: Faults) -> None:
    known = tuple(words)
    for key, child in node.map.items():
        if key in known:
            continue
        there = Worded("Known here: {known}.", known=", ".join(known))
        message = Worded("Nothing reads `{key}` here.", key=key)
        hint = faults.near(key, known, there)
        faults.error("unknown-key", message, path, hint=hint, mark=child.key or child.mark)
