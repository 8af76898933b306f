"""Checks of the resolved method as a whole: its papers, facts and texts. Where something can be
done with what a row speaks of, the check does it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from ruamel.yaml import YAML

from innocities_engine import errors
from innocities_engine.domain import commands as k
from innocities_engine.domain import people, values
from innocities_engine.domain.calendar import Duration
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.judgements import project_scope
from innocities_engine.library import SHIPPED, Library, load, template_text
from tests.builders import Walk, people_in
from tests.methodology import readying, staging, wanting
from tests.methodology.checking import (
    check,
)
from tests.methodology.readying import decided, names
from tests.methodology.wanting import PAPER, Raw

A_DAY: Final = timedelta(days=1)
KINDS: Final = ("roles", "facts", "artefacts", "phases", "gates", "ladders")
INSIDE: Final = ("needs", "criteria", "advises", "outcomes")
SAID: Final = ("title", "help", "question", "do")
BASES: Final = ("sourced", "inferred", "unverified")
Said = Mapping[str, Any] | None
Tree = Mapping[str, Any]


# ---------------------------------------------------------------- the resolved form


def part(tree: Tree, path: str) -> Any:
    """What stands at a path of ids; None if nothing does."""
    found: Any = tree
    for step in path.split("/"):
        if not isinstance(found, Mapping) or step not in found:
            return None
        found = found[step]
    return found


def elements(tree: Tree, path: str = "") -> Iterator[tuple[str, Tree]]:
    """Every element with its path, those inside others too; a voice is an element of its own."""
    for kind in KINDS if not path else INSIDE:
        for name, element in tree.get(kind, {}).items():
            here = f"{path}/{kind}/{name}".lstrip("/")
            yield here, element
            if isinstance(element, Mapping):
                yield from elements(element, here)
    for voice in ("decides", "rates"):
        if path and voice in tree:
            yield f"{path}/{voice}", tree[voice]


def texts_in(tree: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every title, help, question and act, wherever it stands."""
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            if (
                key in SAID
                and isinstance(value, Mapping)
                and path.rsplit("/", maxsplit=1)[-1] not in KINDS
            ):
                yield f"{path}/{key}", value
            else:
                yield from texts_in(value, f"{path}/{key}")


@cache
def sources() -> Mapping[str, Mapping[str, str]]:
    tree = YAML(typ="safe").load(SHIPPED / "sources.yaml")["sources"]
    assert all(source["url"].startswith("http") for source in tree.values())
    return dict(tree)


# ---------------------------------------------------------------- texts and provenance


@check
def help_says(method: str, path: str, words: Mapping[str, str]) -> None:
    """The text is there in each of these languages, and says so."""
    text = part(staging.resolved(method), path)
    for language, word in words.items():
        assert word.casefold() in text[language].casefold()


@check
def texts(method: str, languages: Sequence[str]) -> None:
    """Each title, help, question and act is there in every language of the method."""
    assert list(staging.method(method).languages) == list(languages)
    found = list(texts_in(staging.resolved(method)))
    assert found
    unsaid = [
        (path, language)
        for path, text in found
        for language in languages
        if not _explains_a_basis(path) and not text.get(language, "").strip()
    ]
    assert unsaid == []


def _explains_a_basis(path: str) -> bool:
    """A note on where something comes from may be there in one language only."""
    return path.endswith("basis/help")


@check
def provenance(method: str) -> None:
    """No element is without a basis, and each source it names is known, with its address."""
    found = list(elements(staging.resolved(method)))
    assert found
    without = [p for p, e in found if (e.get("basis") or {}).get("kind") not in BASES]
    assert without == []
    named = {e["basis"].get("source") for _, e in found} - {None}
    assert named <= sources().keys()
    unnamed = [p for p, e in found if e["basis"]["kind"] == "sourced" and not e["basis"]["source"]]
    assert unnamed == []


@cache
def _overlay(method: str) -> Tree:
    return dict(YAML(typ="safe").load(Library().path(method)))


@check
def basis(method: str, change: str, is_: str) -> None:
    """Everything that the change adds says of itself what the change says."""
    said = next(c for c in _overlay(method)["changes"] if c["id"] == change)
    assert said["basis"]["kind"] == is_
    added = [op["add"] for op in said["operations"] if "add" in op]
    kinds = {
        path: element["basis"]["kind"]
        for path, element in elements(staging.resolved(method))
        if path in added
    }
    assert kinds
    assert set(kinds.values()) == {is_}


@check
def templates(method: str) -> None:
    """Each artefact has a template of its own language in each language of the method."""
    chosen = staging.method(method)
    for artefact in chosen.artefacts.values():
        for language in chosen.languages:
            file = SHIPPED / "templates" / language / artefact.template.removeprefix("templates/")
            assert template_text(chosen, artefact.id, language) == file.read_text("utf-8")


@check
def retention(method: str) -> None:
    """Each artefact says how long it is kept: for ever, or for a time that can be counted."""
    for artefact in staging.method(method).artefacts.values():
        assert artefact.keep == "forever" or Duration.parse(artefact.keep).n > 0, artefact.id


@check
def ways_out(method: str) -> None:
    """In each phase of the main track something can be chosen although nothing is in place."""
    walk = staging.begun(method)
    while not readying.is_over(walk):
        walk = readying.at_exit(walk)
        gate = readying.exit_gate(walk)
        shut = readying.routed(walk, gate)
        assert names(shut.review(gate).blockers)
        ways = [o.id for o in walk.method.gates[gate].outcomes.values() if not o.passing]
        assert ways
        for outcome in ways:
            decided(shut, gate, outcome)
        walk = readying.passed(walk, gate)


# ---------------------------------------------------------------- facts and papers


@check
def form(method: str, artefact: str, facts: Sequence[str]) -> None:
    """The artefact asks these; the answers belong to the version, and go with the next."""
    walk = staging.at(method, staging.first_gate(method))
    paper = walk.method.artefacts[artefact]
    assert set(facts) <= set(paper.form)
    for fact in facts:
        value = wanting.easy_answer(walk, walk.method.facts[fact])
        said = wanting.submitted(walk, paper, {fact: value})
        assert wanting.value_of(said, fact) == values.typed(walk.method.facts[fact], value)
        assert wanting.value_of(wanting.submitted(said, paper, {}), fact) is None
        anybody = next(m[0] for m in walk.project.members.values() if m)
        assert {b.code for b in walk.refusal(k.AnswerFact(fact, value), anybody)} == {"bad_value"}


@check
def choices(method: str, fact: str, choices: Sequence[str]) -> None:
    """It takes these values, each of them, and no others."""
    walk = staging.at(method, staging.first_gate(method))
    assert list(walk.method.facts[fact].choices) == list(choices)
    for value in choices:
        assert wanting.value_of(wanting.answered(walk, fact, value), fact) is not None
    try:
        wanting.answered(walk, fact, "something else")
    except errors.Refused as refused:
        assert {getattr(b, "code", "") for b in refused.blockers} == {"bad_value"}
        return
    raise AssertionError(f"{fact} takes anything")


@check
def parameter(method: str, fact: str, value: Any) -> None:
    """Its value is in force, nobody answers it, and an overlay replaces it."""
    walk = staging.at(method, staging.first_gate(method))
    definition = walk.method.facts[fact]
    assert wanting.value_of(walk, fact) == values.typed(definition, staging.raw(value))
    anybody = next(m[0] for m in walk.project.members.values() if m)
    command = k.AnswerFact(fact, wanting.easy_answer(walk, definition))
    assert {b.code for b in walk.refusal(command, anybody)} == {"bad_value"}
    other = _another(walk, value)
    changed = _overlaid(walk.method, f"facts/{fact}/value", other).facts[fact]
    assert changed.value == values.canonical(changed, staging.raw(other))


def _another(walk: Walk, value: Any) -> Any:
    if isinstance(value, date):
        return value + timedelta(days=365)
    if isinstance(value, int):
        return value * 2
    number, _, rest = value.partition(" ")
    return f"{int(number) + 1} {rest}"


def _overlaid(method: Methodology, path: str, value: Any) -> Methodology:
    """The method as an organisation would adapt it, in one named change."""
    ours = dict.fromkeys(method.languages, "Ours")
    change = {"id": "OUR-1", "reason": ours, "basis": {"kind": "inferred"}}
    overlay = {
        "schema": "innocities/overlay/1",
        "id": "ours",
        "version": "1.0.0",
        "languages": method.languages,
        "extends": {"id": method.id, "version": method.version},
        "title": ours,
        "basis": {"kind": "inferred"},
        "changes": [{**change, "operations": [{"replace": path, "value": value}]}],
    }
    with TemporaryDirectory() as folder:
        file = Path(folder) / "ours" / "1.0.0.yaml"
        file.parent.mkdir()
        file.write_text(json.dumps(overlay, default=str), "utf-8")
        return load(file)


@check
def fact_value(method: str, fact: str, answers: Mapping[str, Any], is_: Any) -> None:
    """Worked out from these answers; unknown before them."""
    walk = staging.at(method, staging.first_gate(method))
    assert wanting.value_of(walk, fact) is None
    for asked, value in answers.items():
        walk = wanting.answered(walk, asked, staging.raw(value), _answering(answers))
    assert wanting.value_of(walk, fact) == is_


def _answering(answers: Mapping[str, Any]) -> wanting.Wishes:
    said: dict[str, Raw] = {fact: staging.raw(value) for fact, value in answers.items()}
    return wanting.Wishes(answers=said)


@check
def renamed(method: str, path: str, was: str) -> None:
    """The element does what the old one did under a new name; the old name means nothing."""
    kind, _, name = path.partition("/")
    walk = staging.at(method, staging.first_gate(method))
    element = {"roles": walk.method.roles, "artefacts": walk.method.artefacts}[kind][name]
    assert was in element.was
    if kind == "roles":
        _is_known(walk, k.Assign(name, people_in(walk.method.roles[name])), "starter")
        _is_unknown(walk, k.Assign(was, ("somebody",)), "starter")
        return
    by = people.people_of(
        walk.situation, walk.method.artefacts[name].by, project_scope(walk.situation)
    )
    _is_known(walk, k.Submit(name, PAPER), by[0])
    _is_unknown(walk, k.Submit(was, PAPER), by[0])


def _is_known(walk: Walk, command: k.Command, by: str) -> None:
    assert walk.do(command, by).happened


def _is_unknown(walk: Walk, command: k.Command, by: str) -> None:
    try:
        walk.do(command, by)
    except errors.NotFound:
        return
    raise AssertionError(f"{command} still means something")


@check
def absent(method: str, path: str) -> None:
    """Nothing stands there, and nobody can do anything with it."""
    assert part(staging.resolved(method), path) is None
    kind, _, name = path.partition("/")
    walk = staging.at(method, staging.first_gate(method))
    if kind == "artefacts":
        _is_unknown(walk, k.Submit(name, PAPER), readying.leader(walk))
    elif "/" not in name:
        _is_unknown(walk, k.Assign(name, ("somebody",)), "starter")
    else:
        _never_opened(method, name.partition("/")[0], name.rpartition("/")[2])


def _never_opened(method: str, role: str, need: str) -> None:
    """What the role decides, whatever the way there, asks for no such thing."""
    for gate in staging.method(method).gates.values():
        for when, who in staging.ways_to_decide(gate):
            if role in who:
                what = staging.such_that(method, gate.id, when)
                walk = readying.passed(
                    staging.placed(method, gate.id, what), gate.id, what.wishes()
                )
                assert not [n for n in walk.project.needs.values() if n.ref == f"{role}/{need}"]


@check
def value(method: str, path: str, value: Any) -> None:
    """The facet says so, and it counts: another value makes another method, or none."""
    assert part(staging.resolved(method), path) == value
    other = ["1 July..31 July"] if isinstance(value, list) else "EUR"
    try:
        changed = _overlaid(staging.method(method), path, other)
    except errors.DefinitionInvalid as fault:
        assert str(value) in str(fault)
        return
    assert changed.rules_digest != staging.method(method).rules_digest
