"""Definitions that mean harm, by carelessness or on purpose: each is refused for its own reason and
in its place, or is harmless and loads. A file is called after the code it is refused with, or
`valid`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innocities_engine import library
from innocities_engine.language.faults import MOST_FAULTS
from tests.language.changes import mutated, places
from tests.language.support import BASE, EXAMPLES, check, check_bytes, overlay

CORPUS = sorted((Path(__file__).parent / "hostile").glob("*.yaml"))


def test_the_corpus_is_large():
    assert len(CORPUS) >= 100


@pytest.mark.parametrize("path", CORPUS, ids=lambda p: p.stem)
def test_each_is_refused_for_its_own_reason_or_loads(path: Path):
    wanted = path.stem.partition("--")[0]
    faults = check_bytes(path.read_bytes())
    errors = [fault for fault in faults if fault.severity == "error"]

    if wanted == "valid":
        assert errors == []
        return
    told = [fault for fault in errors if fault.code == wanted]
    assert told, [str(fault) for fault in errors]
    assert all(fault.line >= 1 and fault.column >= 1 and fault.file for fault in errors)
    assert all(len(str(fault)) < 1500 for fault in errors)
    assert len(faults) <= MOST_FAULTS + 1


EXAMPLE = (EXAMPLES / "kaimetode" / "1.0.0.yaml").read_text(encoding="utf-8")
LINES = EXAMPLE.splitlines()


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, len(LINES) - 1),
    st.sampled_from(["drop", "double", "swap", "indent", "cut"]),
    st.integers(0, 60),
)
def test_a_damaged_method_is_read_or_refused_and_never_breaks(line, how, column):
    lines = list(LINES)
    if how == "drop":
        del lines[line]
    elif how == "double":
        lines.insert(line, lines[line])
    elif how == "swap":
        other = (line + column) % len(lines)
        lines[line], lines[other] = lines[other], lines[line]
    elif how == "indent":
        lines[line] = "  " + lines[line]
    else:
        lines[line] = lines[line][:column]

    found = check("\n".join(lines) + "\n")

    assert (found.method is None) == bool(found.errors)
    assert all(1 <= fault.line <= len(lines) + 1 for fault in found.errors)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, len(EXAMPLE) - 1),
    st.sampled_from(list("{}[]:,?&*!|>'\"%@`#-\t\n\x00é€0aZ ")),
    st.integers(0, 3),
)
def test_a_character_put_in_is_read_or_refused_and_never_breaks(place, char, cut):
    found = check(EXAMPLE[:place] + char + EXAMPLE[place + cut :])

    assert (found.method is None) == bool(found.errors)


WHOLE = library.Library((EXAMPLES,)).resolved("kaimetode")
WORDS = (
    *(
        "styre",
        "P1",
        "ide",
        "kostnad",
        "decision",
        "ready",
        "due",
        "every 1 month after entry",
        "none",
    ),
    *("meeting of styre", "P1/vilkar", "vilkar", "tanke", "15 March", 7, True, None, [], {}, ["x"]),
    *({"like": "styre"}, {"fact": "stor", "is": True}, {"choose": 7}, {"each": 7}, {"all": [7]}),
    {"choose": {"a": {"when": {"fact": "stor", "is": True}, "use": "styre"}, "b": {"use": "eier"}}},
)
FACETS = ("needs", "outcomes", "in", "decides", "to", "turn", "of", "blocks", "opens", "due", "x")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_method_with_anything_in_any_place_is_read_or_refused_and_never_breaks(data):
    document = WHOLE
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(document)))
        how = data.draw(st.sampled_from(["replace", "add", "drop"]))
        key, value = data.draw(st.sampled_from(FACETS)), data.draw(st.sampled_from(WORDS))
        document = mutated(document, path, how, key, value)

    method, faults = library.check_resolved(document)

    assert (method is None) == any(fault.severity == "error" for fault in faults)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_refused_and_never_break(data):
    assert [fault for fault in check_bytes(data) if fault.severity == "error"]


STEPS = (
    "roles boss gates G1 decides by needs paper outcomes done title en choose x calendar facts cost"
    " schema artefacts ladders papers"
)
PATHS = st.lists(st.sampled_from(STEPS.split()), min_size=1, max_size=6)
VALUES = [
    "{}",
    "[]",
    "x",
    "boss",
    "true",
    "{en: X}",
    "{by: boss}",
    "{title: {en: X}}",
    "none",
    "[boss]",
    "{like: boss}",
]
OPERATIONS = st.one_of(
    st.builds(lambda p, v: f"{{add: {'/'.join(p)}, value: {v}}}", PATHS, st.sampled_from(VALUES)),
    st.builds(
        lambda p, v: f"{{replace: {'/'.join(p)}, value: {v}}}", PATHS, st.sampled_from(VALUES)
    ),
    st.builds(lambda p: f"{{remove: {'/'.join(p)}}}", PATHS),
    st.builds(lambda p, t: f"{{rename: {'/'.join(p)}, to: {t[0]}}}", PATHS, PATHS),
    st.builds(lambda p, t: f"{{move: {'/'.join(p)}, to: {'/'.join([*t, p[-1]])}}}", PATHS, PATHS),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(OPERATIONS, max_size=6))
def test_any_operations_are_done_or_refused_and_never_break(operations):
    found = check(BASE, overlay(*operations))

    assert (found.method is None) == bool(found.errors)


def test_what_grows_through_copies_is_stopped():
    """A small file must not become a large method: copies are counted, not only bytes."""
    needs = ", ".join(
        f"n{i}: {{do: {{en: Do}}, by: boss, due: 3 days after entry}}" for i in range(150)
    )
    gates = BASE.replace("    in: only\n", f"    in: only\n    needs: {{{needs}}}\n")
    copies = "".join(f"  C{i}: {{like: G1}}\n" for i in range(199))

    assert check(gates.replace("ladders:", copies + "ladders:")).codes == ["too-many"]


def test_what_grows_through_a_stack_of_overlays_is_stopped():
    def layer(n: int) -> str:
        choices = ", ".join(f"c{k}" for k in range(60))
        fact = f"{{type: choice, question: {{en: Q}}, choices: [{choices}]}}"
        adds = [f"{{add: facts/f{n}_{i}, value: {fact}}}" for i in range(150)]
        return overlay(*adds, name=f"o{n}", extends=f"o{n - 1}" if n else "m")

    assert "too-many" in check(BASE, *(layer(n) for n in range(5))).codes


def test_too_many_renames_are_refused():
    steps = [f"{{rename: roles/{'boss' if i == 0 else f'b{i}'}, to: b{i + 1}}}" for i in range(80)]

    assert "too-many" in check(BASE, overlay(*steps)).codes


def test_a_name_with_a_path_in_it_finds_no_file():
    for name in ("../m", "m/../../m", "/etc/passwd", "m\x00", ".", ""):
        with pytest.raises(library.errors.NotFound):
            library.Library((EXAMPLES,)).path(name)
        with pytest.raises(library.errors.NotFound):
            library.Library((EXAMPLES,)).path("kaimetode", name or "x")
