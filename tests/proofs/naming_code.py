"""A definition whose every text and name may be a name of code, and all that is done with one: read
from a file, made into machines whose triggers are fired, walked from the start to the end, and told
of in letters.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from innocities_engine import library
from innocities_engine.domain import commands as k
from innocities_engine.domain import machine
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.notices import Notice, notices
from innocities_engine.domain.project import Condition, Content, Project, Proposal
from innocities_engine.store.outbox import Waiting
from notifications import messages
from notifications.archive import Sight
from notifications.messages import Reader
from notifications.news import news_of
from tests.builders import START, Walk, inputs_of, noon
from tests.harness.hostile import of_kind

LANGUAGES: Final = ("sv", "nb", "en")
DOTTED: Final = (
    "os.system",
    "builtins.eval",
    "builtins.exec",
    "subprocess.run",
    "this.s",
    "nturl2path.url2pathname",
    "tests.proofs.nowhere.called",
    "innocities_engine.domain.machine.walk",
    "__class__",
    "__import__('os').system('id')",
    "lambda: 0",
    "self.trigger",
    "model.to_done",
    "conditions",
    "before_state_change",
    "!!python/name:os.system",
    "${os.system}",
)
TEXTS: Final = (*DOTTED, *(h.text for h in of_kind("template", "document", "shell")))
IDS: Final = (
    *("os", "eval", "exec", "compile", "system", "builtins", "subprocess", "lambda", "import"),
    *("conditions", "unless", "prepare", "callback", "callbacks", "trigger", "may_trigger"),
    *("on_enter", "on_exit", "on_exception", "send_event", "model", "initial", "state", "machine"),
    *("to_first", "is_first", "dest", "source", "internal", "kwargs", "allowed", "this_s", "s"),
)

Say = Callable[[], str]


def definition(text: Say, name: Say) -> dict[str, Any]:
    """A method in which `text` says every text, and `name` gives every name: all different."""

    def said() -> dict[str, str]:
        return {language: text() for language in LANGUAGES}

    lead, boss, yes, word, pick, paper, first, last, gate, done = (name() for _ in range(10))
    act, judged, advice, go, stop, rung, ladder = (name() for _ in range(7))
    title = {"title": said(), "help": said()}
    return {
        "schema": "innocities/methodology/1",
        "id": "harm",
        "version": "1.0.0",
        "languages": [*LANGUAGES],
        "title": said(),
        "help": said(),
        "calendar": {"country": "NO"},
        "roles": {lead: {**title, "leads": True}, boss: title},
        "facts": {
            yes: {"type": "yes_no", "question": said(), "help": said()},
            word: {"type": "text", "question": said()},
            pick: {"type": "choice", "choices": [name(), name()], "question": said()},
        },
        "artefacts": {paper: {**title, "by": lead}},
        "phases": {first: {**title, "opens": "start"}, last: title},
        "gates": {
            gate: {
                **title,
                "in": first,
                "needs": {
                    paper: {},
                    act: {"do": said(), "by": lead, "when": {"fact": yes, "is": True}},
                },
                "criteria": {judged: {"question": said(), "must": "met"}},
                "advises": {advice: {"title": said(), "by": lead, "required": False}},
                "decides": {"by": boss},
                "outcomes": {
                    go: {
                        **title,
                        "to": last,
                        "needs": {name(): {"written": {"at_least": 1}, "title": said(),
                                           "due": "20 days after decision"}},
                    },
                    stop: {**title, "end": "stopped"},
                },
            },
            done: {
                **title,
                "in": last,
                "decides": {"by": boss},
                "outcomes": {name(): {**title, "end": "completed"},
                             name(): {**title, "end": "stopped"}},
            },
        },
        "ladders": {ladder: {rung: {"at": "3 days before due", "to": ["owner"]}}},
        "remind": ladder,
    }  # fmt: skip


def used(words: dict[str, Any], text: Say) -> Counter[str]:
    """Do with the definition all that can be done; count what was."""
    method = read(words)
    done = Counter(definitions=1, triggers=_fire(method))
    for before, walk in _walk(method, text):
        done["commands"] += 1
        told = notices(method, before, walk.project, walk.happened, walk.inputs)
        done["letters"] += sum(_write(walk, notice, text) for notice in told)
    return done


def read(words: dict[str, Any]) -> Methodology:
    """Through a file, as authors write them; what is JSON is YAML as well."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "harm" / "1.0.0.yaml"
        path.parent.mkdir()
        path.write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        method, faults = library.check(path, library.Library((Path(folder),)))
    assert method is not None, [str(fault) for fault in faults if fault.severity == "error"]
    return method


def _fire(method: Methodology) -> int:
    """Every trigger from every state of every machine."""
    fired = 0
    for root in method.roots:
        made = machine.track_machine(method, root)
        for state in made.states:
            for name in made.events:
                try:
                    machine._fire(made, state, name, allowed=True)
                except machine.WalkRefused:
                    continue
                fired += 1
    return fired


def _walk(method: Methodology, text: Say) -> Iterator[tuple[Project, Walk]]:
    """From the start to the end, with something said wherever something can be."""
    lead, boss = sorted(method.roles, key=lambda role: not method.roles[role].leads)
    yes, word, pick = (_of_type(method, kind) for kind in ("yes_no", "text", "choice"))
    gate, last = sorted(method.gates, key=lambda name: not method.gates[name].needs)
    (paper,), (judged,) = method.artefacts, method.gates[gate].criteria
    (advice,) = method.gates[gate].advises
    go, end = (
        next(o for o in method.gates[g].outcomes.values() if o.passing) for g in (gate, last)
    )
    inputs = inputs_of(method)
    walk = Walk(method, inputs, noon(inputs, START))
    people = {lead: ("lena",), boss: ("bo",)}
    written = {key: (Condition(text(), lead),) for key in go.needs}
    steps: list[tuple[k.Command, str]] = [
        (k.Start("p1", "org", text(), people, {word: text()}), "lena"),
        (k.AnswerFact(word, text()), "lena"),
        (k.AnswerFact(pick, method.facts[pick].choices[0]), "lena"),
        (k.AnswerFact(yes, value=False), "lena"),
        (k.Comment(text()), "lena"),
        (k.Submit(paper, Content("0" * 64, text())), "lena"),
        (k.Return(paper, text()), "bo"),
        (k.Submit(paper, Content("0" * 64, text())), "lena"),
        (k.Advise(gate, advice, go.id), "lena"),
        (k.Rate(gate, {judged: "met"}), "bo"),
        (k.Present(gate), "lena"),
        (k.Decide(gate, Proposal(go.id, written=written), reason=text()), "bo"),
        (k.Decide(last, Proposal(end.id), reason=text()), "bo"),
    ]
    for command, person in steps:
        before, walk = walk.project, walk.do(command, person)
        yield before, walk


def _of_type(method: Methodology, kind: str) -> str:
    return next(fact.id for fact in method.facts.values() if fact.type == kind)


def _write(walk: Walk, notice: Notice, text: Say) -> int:
    """The letter of one notice, in every language."""
    waiting = Waiting(
        "org", "n1", "p1", 1, notice.kind, notice.dedupe_key, notice.role, notice.person,
        notice.due, notice.immediate, notice.data, walk.now,
    )  # fmt: skip
    for language in LANGUAGES:
        news = news_of(Sight(walk.situation), waiting, "lena", language, {"lena": text()})
        messages.write(
            [news], Reader(name=text(), language=language), walk.today, "https://example.org"
        )
    return len(LANGUAGES)
