"""The schema for editors and the parser come from the same shapes; here they are compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS, METHODOLOGY, OVERLAY
from innocities_engine.language.conform import conform
from innocities_engine.language.faults import Faults
from innocities_engine.language.json_schema import document, documents
from innocities_engine.language.nodes import node_of
from innocities_engine.library import SHIPPED, Library
from tests.language.changes import mutated, places
from tests.language.support import BASE, EXAMPLES

SCHEMA = document("A methodology", METHODOLOGY)
OVERLAYS = document("An overlay", OVERLAY)
JUDGE = jsonschema.Draft202012Validator(SCHEMA)
JUDGE_OVERLAYS = jsonschema.Draft202012Validator(OVERLAYS)


def editors(text: str) -> Any:
    """What the YAML parser of an editor sees."""
    return YAML(typ="safe", pure=True).load(text)


def parser_takes(document: Any, shape: sh.Shape = METHODOLOGY) -> bool:
    faults = Faults()
    conform(node_of(document), shape, faults)
    return not faults.errors


def test_both_schemas_are_schemas():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator.check_schema(OVERLAYS)


@pytest.mark.parametrize("name", sorted(documents()))
def test_the_schemas_that_ship_are_those_of_the_parser(name):
    shipped = (SHIPPED / "schema" / name).read_text(encoding="utf-8")

    assert json.loads(shipped) == json.loads(documents()[name]), (
        "python -m innocities_engine.library schemas"
    )


def records(shape: sh.Shape, seen: list[sh.Record]) -> list[sh.Record]:
    match shape:
        case sh.Ref(name):
            inner = DEFINITIONS[name]
            if not any(inner is known for known in _VISITED):
                _VISITED.append(inner)
                records(inner, seen)
        case sh.Record():
            seen.append(shape)
            for facet, _ in shape.facets.values():
                records(facet, seen)
        case sh.MapOf():
            for inner in (shape.item, *shape.special.values()):
                records(inner, seen)
        case sh.ListOf():
            records(shape.item, seen)
        case sh.OneOf():
            for inner in (*shape.scalars, *(variant for _, variant in shape.maps)):
                records(inner, seen)
    return seen


_VISITED: list[sh.Shape] = []


def key_sets(schema: Any, found: set[frozenset[str]]) -> set[frozenset[str]]:
    if isinstance(schema, dict):
        if "properties" in schema and "patternProperties" not in schema:
            found.add(frozenset(schema["properties"]))
        for inner in schema.values():
            key_sets(inner, found)
    elif isinstance(schema, list):
        for inner in schema:
            key_sets(inner, found)
    return found


def test_every_map_has_the_same_keys_for_both():
    _VISITED.clear()
    parsers = {
        frozenset(record.facets) for record in [*records(METHODOLOGY, []), *records(OVERLAY, [])]
    }

    assert key_sets(SCHEMA, set()) | key_sets(OVERLAYS, set()) == parsers


def test_every_facet_is_explained_to_the_author():
    def undocumented(schema: Any) -> list[str]:
        if isinstance(schema, list):
            return [found for inner in schema for found in undocumented(inner)]
        if not isinstance(schema, dict):
            return []
        here = []
        if "properties" in schema and "patternProperties" not in schema:
            here = [
                key for key, inner in schema["properties"].items() if not inner.get("description")
            ]
        return here + [found for inner in schema.values() for found in undocumented(inner)]

    assert undocumented(SCHEMA) == []


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/*.yaml")), ids=lambda p: p.parent.name)
def test_editors_accept_the_examples(path: Path):
    text = path.read_text(encoding="utf-8")
    judge = JUDGE_OVERLAYS if "innocities/overlay/1" in text else JUDGE

    assert [error.message for error in judge.iter_errors(editors(text))] == []


@pytest.mark.parametrize("path", [Library().path(n, v) for n, v, _ in Library().ids()], ids=str)
def test_editors_accept_what_ships(path: Path):
    found = editors(path.read_text(encoding="utf-8"))
    judge = JUDGE_OVERLAYS if found["schema"].startswith("innocities/overlay") else JUDGE

    assert [f"{list(error.path)}: {error.message}" for error in judge.iter_errors(found)] == []


WHOLE = editors((EXAMPLES / "kaimetode" / "1.0.0.yaml").read_text(encoding="utf-8"))
WHOLE["roles"]["linje"].pop("like")
OVER = editors((EXAMPLES / "kaimetode-sverige" / "1.0.0.yaml").read_text(encoding="utf-8"))
TEXTS = (
    "x", "", "next", "any", "start", "10 days", "10 working days after entry", "2 days", "1 days",
    "1.0.0", "none!", "gates/G1", "a b", "é", "majority", "60 percent",
)  # fmt: skip
OTHERS = (
    0, 1, 7, 300, -1, 2.5, True, False, None, [], ["x"], ["x", "x"], [1], {}, {"x": "y"},
    {"en": "x"}, {"fact": "big", "is": True}, {"choose": {}}, {"by": "boss"}, {"role": "boss"},
    {"all": []}, {"times": 1},
    {"gate": "G1", "outcome": ["x"]}, {"at": "start"}, {"earliest": ["start"]},
)  # fmt: skip
REPLACEMENTS: list[Any] = [*TEXTS, *OTHERS]
KEYS = [
    "x",
    "title",
    "by",
    "when",
    "use",
    "like",
    "is",
    "at_least",
    "otherwise",
    "1x",
    "no",
    "to",
    "end",
    "ü",
]


MUTATION = {
    "how": st.sampled_from(["replace", "add", "drop"]),
    "key": st.sampled_from(KEYS),
    "value": st.sampled_from(REPLACEMENTS),
}


@settings(max_examples=80, deadline=None)
@given(path=st.sampled_from(places(WHOLE)), **MUTATION)
def test_the_parser_and_the_schema_agree_on_changed_methods(path, how, key, value):
    """One change anywhere: either both take it or both refuse it."""
    document = mutated(WHOLE, path, how, key, value)

    assert parser_takes(document) == JUDGE.is_valid(document)


@settings(max_examples=60, deadline=None)
@given(path=st.sampled_from(places(OVER)), **MUTATION)
def test_the_parser_and_the_schema_agree_on_changed_overlays(path, how, key, value):
    document = mutated(OVER, path, how, key, value)

    assert parser_takes(document, OVERLAY) == JUDGE_OVERLAYS.is_valid(document)


def test_the_schema_sees_what_the_parser_sees_in_the_small_method():
    for old, new in (
        ("kind: body", "kind: boddy"),
        ("in: only", "inn: only"),
        ("type: duration", "type: long"),
    ):
        document = editors(BASE.replace(old, new))
        assert not JUDGE.is_valid(document)
        assert not parser_takes(document)
