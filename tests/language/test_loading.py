"""A definition becomes a method, or all that is wrong with it is told, each fault in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from innocities_engine import errors, library
from innocities_engine.domain.definition import Effect, NeedKind, Place
from innocities_engine.language.loading import MOST_LAYERS
from tests.language.support import BASE, EXAMPLES, HEAD, changed, check, overlay

EXAMPLE = library.Library((EXAMPLES,))


def test_the_example_uses_every_word_and_loads():
    method = EXAMPLE.methodology("kaimetode")

    assert method.main_root == "tanke"
    assert method.roots == ("tanke", "virkning", "dytt")
    assert {o.effect for g in method.gates.values() for o in g.outcomes.values()} == set(Effect)
    assert {n.place for n in method.all_needs} == set(Place)
    assert {n.kind for n in method.all_needs} == set(NeedKind)


def test_an_overlay_on_an_overlay_resolves_down_to_the_method():
    method = EXAMPLE.methodology("kaimetode-lokal")

    assert (method.id, method.version, method.country) == ("kaimetode-lokal", "1.0.0", "SE")
    assert method.facts["grense"].value == "700000"
    assert "G1" in method.gates


def test_the_small_method_has_no_fault_at_all():
    assert check(BASE).faults == ()


def test_every_fault_of_a_file_is_told_at_once_each_in_its_place():
    text = (
        BASE.replace("by: boss", "by: bos")
        .replace("in: only", "inn: only")
        .replace("kind: body", "kind: boddy")
        .replace("country: NO", "country: DK")
        .replace("by: clerk", "by: clark")
    )
    found = check(text)

    assert [(f.code, f.line, f.path) for f in found.errors] == [
        ("wrong-value", 6, "calendar.country"),
        ("wrong-value", 10, "roles.board.kind"),
        ("unknown-name", 18, "artefacts.paper.by"),
        ("unknown-key", 24, "gates.G1.inn"),
        ("unknown-name", 25, "gates.G1.decides.by"),
    ]
    assert found.method is None


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("by: boss", "by: bos", "Did you mean `boss`?"),
        ("in: only", "inn: only", "Did you mean `in`?"),
        ("kind: body", "kind: boddy", "Did you mean `body`?"),
        ("in: only", "in: onli", "Did you mean `only`?"),
        ("type: duration", "type: durations", "Did you mean `duration`?"),
        ("{end: completed}", "{ends: completed}", "Did you mean `end`?"),
    ],
)
def test_a_fault_names_what_was_probably_meant(old, new, hint):
    found = check(changed(old, new))

    assert hint in [f.hint for f in found.errors]


def test_a_fault_can_be_read_and_found():
    fault = check(changed("by: boss", "by: bos")).fault

    assert str(fault) == (
        f"{fault.file}:25:19: error: gates.G1.decides.by: `bos` is no role. "
        "Did you mean `boss`? [unknown-name]"
    )


def test_load_raises_with_all_faults(tmp_path: Path):
    file = tmp_path / "m" / "1.0.0.yaml"
    file.parent.mkdir()
    file.write_text(BASE.replace("by: boss", "by: bos").replace("in: only", "in: onli"))

    with pytest.raises(errors.DefinitionInvalid) as raised:
        library.load(file)

    assert [f.code for f in raised.value.faults] == ["unknown-name", "unknown-name"]
    assert "1.0.0.yaml:24:9" in str(raised.value)


def test_warnings_do_not_stop_a_method():
    found = check(changed(", template: templates/paper.md", ""))

    assert found.warned == ["no-template"]
    assert found.good.id == "m"


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    method, faults = library.check(tmp_path / "m" / "1.0.0.yaml")

    assert method is None
    assert [f.code for f in faults] == ["unreadable"]


@pytest.mark.parametrize("text", ["- a\n", "a\n", "null\n"])
def test_a_definition_is_a_map(text):
    assert check(text).codes == ["wrong-type"]


def test_a_missing_facet_says_what_it_is_for():
    found = check(BASE.replace("calendar: {country: NO}\n", ""))

    assert found.fault.message == "`calendar` is missing: the calendar dates are reckoned by."
    assert found.fault.hint == "Add `calendar`."


@pytest.mark.parametrize("version", ["1", "1.10", '"1.10"', "v1.0.0", "1.0.0-rc1", "01.0.0"])
def test_a_version_has_three_numbers(version):
    found = check(BASE.replace("version: 1.0.0", f"version: {version}"))

    assert found.fault.path == "version"
    assert found.fault.hint == "Write it like this: 1.0.0."


def test_an_overlay_of_something_unknown_is_a_fault_of_its_extends():
    found = check(overlay(extends="nothing"))

    assert (found.fault.code, found.fault.path) == ("not-found", "extends")


def test_overlays_that_extend_each_other_are_told():
    found = check(overlay(name="a", extends="b"), overlay(name="b", extends="a"))

    assert found.codes == ["cyclic-extends"]


def test_an_overlay_cannot_extend_itself():
    assert check(overlay(name="a", extends="a")).codes == ["cyclic-extends"]


def test_a_stack_of_overlays_has_an_end():
    stack = [overlay(name=f"o{i}", extends=f"o{i - 1}" if i else "m") for i in range(MOST_LAYERS)]

    assert check(BASE, *stack).codes == ["cyclic-extends"]
    assert check(BASE, *stack[:-1]).codes == []


def test_a_fault_of_the_base_is_told_in_the_file_of_the_base():
    found = check(
        changed("by: boss", "by: bos"), overlay("{add: roles/x, value: {title: {en: X}}}")
    )

    assert found.fault.file.endswith("m/1.0.0.yaml")
    assert found.fault.line == 25


def test_a_fault_of_an_overlay_is_told_in_the_file_of_the_overlay():
    found = check(BASE, overlay("{add: roles/x, value: {title: {en: X}, kind: thing}}"))

    assert found.fault.file.endswith("o/1.0.0.yaml")
    assert found.pointed.startswith("thing")


def test_a_methodology_that_says_extends_is_asked_whether_it_is_an_overlay():
    text = overlay().replace("innocities/overlay/1", "innocities/overly/1")

    assert "innocities/overlay/1" in check(BASE, text).errors[0].message


def test_texts_that_look_like_code_are_only_texts():
    text = changed("{en: Boss}", "{en: \"{{ 7*7 }} ${x} __import__('os').system('true')\"}")

    assert check(text).good.roles["boss"].title["en"].startswith("{{ 7*7 }}")


@pytest.mark.parametrize(
    "name",
    ["os.system", "__import__", "builtins.eval", "a.b.c", "subprocess:run", "lambda", "__class__"],
)
def test_no_name_in_a_definition_reaches_code(name):
    """A dotted string is no id, and an id names only what the definition itself has."""
    for old in ("by: boss", "in: only", "by: clerk"):
        found = check(BASE.replace(old, f'{old.partition(":")[0]}: "{name}"'))
        assert found.method is None
        assert {"wrong-value", "unknown-name", "wrong-type"} & set(found.codes)


def test_what_is_shown_of_a_long_wrong_value_is_short():
    found = check(changed("kind: body", f"kind: {'x' * 5000}"))

    assert len(found.fault.message) < 200


def test_a_file_full_of_faults_ends_with_a_word_that_there_are_more():
    many = "".join(f"  a{i}: {{by: nobody{i}, title: {{en: A}}}}\n" for i in range(900))
    found = check(
        HEAD + "artefacts:\n" + many + BASE.partition("phases:")[1] + BASE.partition("phases:")[2]
    )

    assert (
        found.faults[-1].code in ("too-many-faults", "no-template")
        or "too-many-faults" in found.codes
    )
    assert len(found.faults) <= 501


def test_a_name_that_is_none_is_told_alone_and_not_what_follows_from_it():
    two = BASE.replace(
        "{done: {end: completed}", "{on: {to: secnd}, done: {end: completed}"
    ).replace(
        "  only: {title: {en: Only}, opens: start}\n",
        "  only: {title: {en: Only}, opens: start}\n  second: {title: {en: Second}}\n",
    )
    assert [fault.code for fault in check(two).faults if fault.severity == "error"] == [
        "unknown-name"
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1 days after entry", "1 day after entry"),
        ("1 statutory weeks after entry", "1 statutory week after entry"),
        ("3 week after entry", "3 weeks after entry"),
        ("11 day after entry", "11 days after entry"),
    ],
)
def test_a_unit_in_the_wrong_number_is_answered_with_the_right_one(written: str, meant: str):
    gate = BASE.replace("in: only\n", f"in: only\n    needs: {{paper: {{due: {written}}}}}\n")
    (fault,) = [each for each in check(gate).faults if each.severity == "error"]
    assert fault.hint == f"One is written as one, several as several: {meant}."
