"""Overlays: what each operation does, what it refuses, and the laws they keep."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innocities_engine import library
from innocities_engine.domain.grammar import Anchor, AnchorKind, NeedRef, RoleWho
from tests.language.support import BASE, GATES, ROLES, check, check_bytes, overlay, resolved

RICH = BASE.replace(
    "    in: only\n",
    "    in: only\n"
    "    needs: {paper: {due: 20 days after entry}, ask: {do: {en: Ask}, by: clerk}, later: "
    "{of: paper, due: 1 day after ask}}\n"
    '    criteria: {clear: {question: {en: "Clear?"}, must: met}}\n'
    "    advises: {expert: {by: board}}\n",
).replace(
    "{done: {end: completed},",
    "{done: {end: completed, when: {all: [{criteria: [clear], is: met}, {advice: expert, is: "
    "done}, {need: ask, is: done}]},"
    " needs: {clear: {due: 1 day after decision}, paper: {due: 1 day after decision, blocks: "
    "end}}},",
)


def over(*operations: str, base: str = RICH):
    return check(base, overlay(*operations))


def test_the_rich_method_has_no_fault():
    assert check(RICH).faults == ()


# ---------------------------------------------------------------- what each operation does


def test_add_puts_something_where_nothing_was():
    found = over(
        "{add: roles/friend, value: {title: {en: Friend}}}", "{add: gates/G1/needs/cost, value: {}}"
    )

    assert "friend" in found.good.roles
    assert "cost" in found.gate().needs


def test_add_makes_the_map_just_above_and_nothing_further_up():
    assert over("{add: gates/G1/advises/clerk_says, value: {by: clerk}}", base=BASE).errors == []
    assert over("{add: gates/G9/advises/x, value: {by: clerk}}", base=BASE).codes == ["not-found"]
    assert over("{add: roles/boss/needs/ask/title, value: {en: A}}", base=BASE).codes == [
        "not-found"
    ]


def test_a_text_can_be_added_in_a_language():
    method = check(
        BASE, overlay("{add: roles/boss/title/sv, value: Chef}", languages="sv, en")
    ).good

    assert method.languages == ("sv", "en")
    assert method.roles["boss"].title == {"en": "Boss", "sv": "Chef"}


def test_an_alternative_can_be_added_to_a_choice():
    base = BASE.replace(
        "{by: boss}",
        "{by: {choose: {a: {when: {fact: big, is: true}, use: board}, otherwise: {use: boss}}}}",
    )
    add = (
        "{add: gates/G1/decides/by/choose/b, value: {when: {fact: cost, above: 5}, use: "
        "clerk, over: [a]}}"
    )

    assert [way.id for way in over(add, base=base).gate().decides.by.alternatives] == ["a", "b"]


def test_remove_takes_something_away():
    assert "later" not in over("{remove: gates/G1/needs/later}").gate().needs


def test_removing_what_others_name_is_a_fault_of_those_others():
    found = over("{remove: artefacts/paper}")

    assert {f.code for f in found.errors} == {"unknown-name"}
    assert all(f.file.endswith("m/1.0.0.yaml") for f in found.errors)


def test_replace_puts_something_else_there():
    found = over(
        "{replace: calendar, value: {country: SE}}",
        "{replace: gates/G1/decides/by, value: {role: board}}",
    )

    assert found.good.country == "SE"
    assert found.gate().decides.by == RoleWho("board")


def test_the_head_of_the_overlay_is_the_head_of_the_result():
    text = overlay(name="o", languages="en, nb") + "title: {en: O, nb: O}\n"
    method = check(BASE, text).good

    assert (method.id, method.version, method.title) == ("o", "1.0.0", {"en": "O", "nb": "O"})


def test_what_a_change_adds_comes_from_where_the_change_comes_from():
    basis = "basis: {kind: sourced, source: R7}\n    operations"
    add = [
        "{add: roles/a, value: {title: {en: A}}}",
        "{add: roles/b, value: {title: {en: B}, basis: {kind: inferred}}}",
    ]
    roles = check(BASE, overlay(*add).replace("operations", basis)).good.roles

    assert (roles["a"].basis.source, roles["b"].basis.kind) == ("R7", "inferred")
    assert roles["boss"].basis is None


def test_a_renamed_thing_keeps_what_it_was_and_everything_that_names_it_follows():
    found = over(
        "{rename: roles/clerk, to: writer}",
        "{rename: artefacts/paper, to: sheet}",
        "{rename: gates/G1, to: A}",
    )
    gate = found.gate("A")

    assert found.good.roles["writer"].was == ("clerk",)
    assert found.good.artefacts["sheet"].by == RoleWho("writer")
    assert list(gate.needs) == ["sheet", "ask", "later"]
    assert gate.needs["later"].of == "sheet"
    assert gate.outcomes["done"].carries == ("clear", "sheet")


def test_renaming_twice_keeps_both():
    assert over("{rename: roles/clerk, to: a}", "{rename: roles/a, to: b}").good.roles["b"].was == (
        "clerk",
        "a",
    )


def test_a_renamed_need_is_followed_by_those_that_name_it():
    gate = over("{rename: gates/G1/needs/ask, to: question}").gate()

    assert gate.needs["later"].due.anchor == Anchor(AnchorKind.NEED, need=NeedRef("question"))
    assert gate.outcomes["done"].when.of[2].need == NeedRef("question", "G1")


def test_a_renamed_need_still_needs_the_same():
    gate = over("{rename: gates/G1/needs/paper, to: first}").gate()

    assert gate.needs["first"].of == "paper"
    assert gate.outcomes["done"].carries == ("clear", "first")


def test_renamed_criteria_advice_and_outcomes_are_followed():
    found = over(
        "{rename: gates/G1/criteria/clear, to: plain}",
        "{rename: gates/G1/advises/expert, to: sage}",
        "{rename: gates/G1/outcomes/done, to: through}",
    )
    through = found.gate().outcomes["through"]

    assert through.when.of[0].which == ("plain",)
    assert (through.when.of[1].advice, through.when.of[1].value) == ("sage", "through")
    assert through.carries == ("plain", "paper")


def test_a_moved_need_is_named_by_its_new_place():
    second = GATES.replace("gates:\n", "").replace("G1", "G2")
    ladder = "  more: {late: {at: G1/ask, to: [owner]}}\n"
    base = RICH.replace("ladders:\n", second + "ladders:\n") + ladder
    base = base.replace(", later: {of: paper, due: 1 day after ask}", "").replace(
        ", {need: ask, is: done}", ""
    )
    found = check(base, overlay("{move: gates/G1/needs/ask, to: gates/G2/needs/ask}"))

    assert "ask" in found.gate("G2").needs
    assert found.good.ladders["more"].rungs["late"].at.anchor.need == NeedRef("ask", "G2")


def test_operations_follow_one_another():
    found = over(
        "{add: roles/a, value: {title: {en: A}}}",
        "{rename: roles/a, to: b}",
        "{replace: roles/b/title, value: {en: B}}",
    )

    assert found.good.roles["b"].title == {"en": "B"}


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("operations", "code"),
    [
        (["{remove: roles/nobody}"], "not-found"),
        (["{replace: roles/nobody/title, value: {en: X}}"], "not-found"),
        (["{rename: roles/nobody, to: x}"], "not-found"),
        (["{move: gates/G1/needs/nothing, to: gates/G1/outcomes/done/needs/nothing}"], "not-found"),
        (["{add: roles/boss, value: {title: {en: X}}}"], "already-there"),
        (["{add: roles/Boss, value: {title: {en: X}}}"], "duplicate-key"),
        (["{rename: roles/boss, to: clerk}"], "already-there"),
        (["{rename: gates/G1/decides, to: x}"], "not-an-id"),
        (["{rename: roles/boss/title/en, to: nb}"], "not-an-id"),
        (["{rename: roles, to: people}"], "not-an-id"),
        (["{move: gates/G1/needs/ask, to: gates/G1/outcomes/done/needs/asks}"], "move-renames"),
        (["{move: gates/G1, to: gates/G1/needs/G1}"], "not-found"),
        (["{replace: version, value: 2.0.0}"], "fixed"),
        (["{replace: languages, value: [sv]}"], "fixed"),
        (["{add: gates/G1/decides/by/choose/x, value: {use: clerk}}"], "not-a-map"),
        (
            ["{replace: gates/G1/outcomes/done/when/all/0, value: {fact: big, is: true}}"],
            "wrong-value",
        ),
        (["{remove: roles/friend}", "{add: roles/friend, value: {title: {en: F}}}"], "not-found"),
        (
            ["{remove: gates/G1/needs/later}", "{add: gates/G1/needs/later, value: {of: paper}}"],
            "already-removed",
        ),
        (
            ["{remove: gates/G1/advises}", "{replace: gates/G1/advises/expert/by, value: boss}"],
            "already-removed",
        ),
        (
            ["{rename: roles/clerk, to: a}", "{replace: roles/clerk/title, value: {en: C}}"],
            "already-removed",
        ),
        (["{add: roles/x}"], "missing-key"),
        (["{add: roles/x, value: {}, to: y}"], "unknown-key"),
        (["{delete: roles/boss}"], "unknown-key"),
        (["{add: roles//x, value: {}}"], "wrong-value"),
        (["{add: ../../etc/passwd, value: {}}"], "wrong-value"),
        (["{rename: roles/boss, to: due}"], "reserved-id"),
    ],
)
def test_an_operation_that_cannot_be_done_is_refused(operations, code):
    assert code in over(*operations).codes


@pytest.mark.parametrize(
    "operation",
    [
        "{remove: gates.G1.needs.later}",
        "{move: gates/G1/needs/later, to: gates.G1.outcomes.done.needs.later}",
    ],
)
def test_what_is_no_path_is_told_once(operation: str):
    assert over(operation).codes == ["wrong-value"]


def test_of_a_base_in_another_version_it_is_told_which_there_are():
    found = check(
        RICH, overlay("{remove: roles/friend}").replace("version: 1.0.0}", "version: 9.0.0}")
    )

    assert found.codes == ["not-found"]
    assert found.fault.message.startswith("There is no method m 9.0.0 in ")
    assert found.fault.message.endswith("; its versions there: 1.0.0.")


def test_a_step_that_leads_nowhere_is_told_with_what_it_may_have_meant():
    found = over("{remove: gates/G1/neds/later}")

    assert (found.fault.message, found.fault.hint) == (
        "gates/G1 has no `neds`.",
        "Did you mean `needs`?",
    )
    assert found.pointed.startswith("gates/G1/neds")


def test_changes_have_ids_of_their_own():
    twice = overlay("{remove: gates/G1/needs/later}", "{remove: gates/G1/needs/cost}")
    again = twice + twice.partition("changes:\n")[2].replace("later", "ask")

    assert "duplicate-id" in check(RICH, again).codes


def test_a_change_gives_a_reason():
    assert (
        check(
            BASE, overlay("{remove: gates/G1/when}").replace("    reason: {en: Because.}\n", "")
        ).codes[0]
        == "missing-key"
    )


def test_what_an_overlay_below_took_away_can_come_back_above():
    below = overlay("{remove: gates/G1/needs/later}")
    above = overlay("{add: gates/G1/needs/later, value: {of: cost}}", name="p", extends="o")

    assert check(RICH, below, above).gate().needs["later"].of == "cost"


# ---------------------------------------------------------------- laws


HEAD_KEYS = ("id", "version", "languages")


def rules_of(*texts: str):
    return {key: value for key, value in resolved(*texts).items() if key not in HEAD_KEYS}


def test_an_overlay_without_changes_is_identity():
    assert rules_of(RICH, overlay()) == rules_of(RICH)
    assert library.rules_digest(resolved(RICH, overlay())) == library.rules_digest(resolved(RICH))


SINGLE = {
    "role": "{add: roles/friend, value: {title: {en: Friend}}}",
    "fact": "{add: facts/extra, value: {type: number, value: 3}}",
    "need": "{add: gates/G1/needs/cost, value: {required: false}}",
    "criterion": '{add: gates/G1/criteria/new, value: {question: {en: "New?"}}}',
    "advice": "{add: gates/G1/advises/second, value: {by: clerk}}",
    "calendar": "{replace: calendar, value: {country: SE}}",
    "text": "{replace: roles/boss/title/en, value: Chief}",
    "decider": "{replace: gates/G1/decides/by, value: clerk}",
    "later": "{remove: gates/G1/needs/later}",
    "rung": "{add: ladders/papers/late, value: {at: due, to: [boss]}}",
    "renamed": "{rename: roles/board, to: council}",
    "outcome": "{add: gates/G1/outcomes/wait, value: {hold: 30 days}}",
}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(sorted(SINGLE)), unique=True, min_size=2, max_size=6), st.randoms())
def test_disjoint_changes_commute(names, random):
    shuffled = list(names)
    random.shuffle(shuffled)
    one = rules_of(RICH, overlay(*(SINGLE[name] for name in names)))
    other = rules_of(RICH, overlay(*(SINGLE[name] for name in shuffled)))

    assert one == other


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(SINGLE)), unique=True, min_size=1, max_size=5),
    st.integers(0, 5),
)
def test_one_overlay_is_as_good_as_a_stack_of_its_parts(names, cut):
    whole = rules_of(RICH, overlay(*(SINGLE[name] for name in names)))
    below = overlay(*(SINGLE[name] for name in names[:cut]))
    above = overlay(*(SINGLE[name] for name in names[cut:]), name="p", extends="o")

    assert rules_of(RICH, below, above) == whole


@pytest.mark.parametrize("pair", list(itertools.combinations(sorted(SINGLE), 2)), ids="-".join)
def test_two_disjoint_overlays_commute(pair):
    one, other = (SINGLE[name] for name in pair)
    first = rules_of(RICH, overlay(one), overlay(other, name="p", extends="o"))
    second = rules_of(RICH, overlay(other), overlay(one, name="p", extends="o"))

    assert first == second


def test_what_is_added_and_renamed_back_is_only_remembered():
    there = rules_of(RICH, overlay("{rename: roles/board, to: council}"))
    back = rules_of(
        RICH, overlay("{rename: roles/board, to: council}", "{rename: roles/council, to: panel}")
    )

    assert there["roles"]["council"]["was"] == ["board"]
    assert back["roles"]["panel"]["was"] == ["board", "council"]


def test_the_base_is_never_changed_by_its_overlays():
    before = resolved(BASE)
    over("{replace: gates/G1/decides/by, value: clerk}", base=BASE)

    assert resolved(BASE) == before
    assert ROLES in BASE
    assert GATES in BASE


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        ("{remove: artefacts/paper}", "artefacts/paper"),
        (
            "{replace: artefacts, value: {other: {title: {en: Other}, by: clerk}}}",
            "artefacts/paper",
        ),
        ("{remove: gates/G1/needs/ask}", "gates/G1/needs/ask"),
    ],
)
def test_who_names_what_an_overlay_took_away_reads_which_operation_did(operation: str, path: str):
    read = over(operation)

    assert "unknown-name" in {fault.code for fault in read.faults}
    for fault in read.faults:
        if fault.code == "unknown-name":
            told = fault.hint.values
            assert (told["path"], str(told["file"]).rpartition("/")[2]) == (path, "1.0.0.yaml")
            assert fault.hint.startswith(f"`{path}` was taken away in ")
            assert "/o/" in str(told["file"])


def test_a_new_name_that_is_no_id_is_told_where_it_is_written_and_nowhere_else():
    found = over("{rename: roles/clerk, to: 1clerk}")
    assert [(fault.code, fault.path) for fault in found.faults if fault.severity == "error"] == [
        ("wrong-value", "C-1/1.to")
    ]


# ---------------------------------------------------------------- who brought a fault about

SESSION = BASE.replace("    decides: {by: boss}", "    decides: {by: board, due: meeting}")
HARMLESS = "{replace: gates/G1/title, value: {en: A gate}}"


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        ("{replace: gates/G1/decides/by, value: boss}", "gates/G1/decides/by"),
        ("{remove: roles/board/meets}", "roles/board/meets"),
    ],
)
@pytest.mark.parametrize("over_it", [False, True])
def test_a_fault_in_the_base_stands_at_the_operation_that_brings_it_about(
    operation: str, path: str, over_it: bool
):
    texts = [SESSION, overlay(HARMLESS, operation)]
    if over_it:
        texts.append(overlay(HARMLESS, name="top", extends="o"))
    found = check(*texts)

    assert (found.fault.code, found.fault.path) == ("never-known", "gates.G1.decides.due")
    assert "/o/" in found.fault.file
    line = texts[1].splitlines()[found.fault.line - 1]
    assert line[found.fault.column - 1 :].startswith(path)
    assert found.fault.hint.endswith(f" `C-1/2` brings this about, by changing {path}.")


def test_a_fault_that_the_base_has_itself_stands_in_the_base():
    wrong = SESSION.replace("by: board, due", "by: boss, due")
    found = check(wrong, overlay(HARMLESS))

    assert "/m/" in found.fault.file
    assert "brings this about" not in found.fault.hint


def test_a_scenario_is_no_method_and_only_that_is_told():
    story = "scenario: {en: A story}\nmethodology: m\ntoday: 2026-01-05\nsteps: []\n"
    [fault] = check_bytes(story.encode())

    assert (fault.code, fault.path) == ("a-scenario", "")
    assert fault.hint == "Play it with `innocities methodology scenario FILE`."
