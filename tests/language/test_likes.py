"""`like`: one thing takes every facet of another of its kind."""

from __future__ import annotations

from innocities_engine.domain.definition import Effect
from innocities_engine.domain.grammar import RoleWho
from tests.language.support import BASE, GATES, PAPERS, ROLES, check, overlay

BOARD = "  board: {title: {en: Board}, kind: body, meets: board}\n"


def roles(*lines: str):
    return check(BASE.replace(ROLES, ROLES + "".join(f"  {line}\n" for line in lines)))


def second_gate(text: str, first: str = GATES):
    return check(BASE.replace(GATES, first + f"  G2: {{like: G1, {text}}}\n"))


def test_everything_is_taken_over():
    council = roles("council: {like: board}").good.roles["council"]

    assert (council.kind, council.meets, council.title) == ("body", "board", {"en": "Board"})


def test_own_facets_win_and_texts_merge_by_language():
    council = roles("council: {like: board, meets: council, title: {nb: Råd}}").good.roles[
        "council"
    ]

    assert (council.kind, council.meets) == ("body", "council")
    assert council.title == {"en": "Board", "nb": "Råd"}


def test_none_takes_a_facet_away():
    assert roles("council: {like: board, meets: none}").good.roles["council"].meets is None


def test_a_copy_of_a_copy_takes_from_both():
    found = roles("c: {like: b, sector: public}", "b: {like: board, kind: party}")

    assert (found.good.roles["c"].kind, found.good.roles["c"].sector) == ("party", "public")
    assert found.good.roles["c"].meets == "board"


def test_what_something_was_called_is_not_taken_over():
    assert roles("b: {like: a}", "a: {title: {en: A}, was: old}").good.roles["b"].was == ()


def test_maps_of_ids_merge_and_none_takes_an_entry_away():
    gates = GATES.replace("in: only", "in: only\n    needs: {paper: {required: false}, cost: {}}")
    needs = (
        second_gate("needs: {paper: {status: approved}, cost: none, big: {}}", gates)
        .gate("G2")
        .needs
    )

    assert list(needs) == ["paper", "big"]
    assert (needs["paper"].required, needs["paper"].status) == (False, "approved")


def test_values_of_the_grammars_are_replaced_whole():
    gates = GATES.replace("{by: boss}", "{by: {role: boss, quorum: all}, due: 1 week after ready}")
    decides = second_gate("decides: {by: {role: clerk}}", gates).gate("G2").decides

    assert decides.by == RoleWho("clerk")
    assert decides.due is not None


def test_where_something_comes_from_is_replaced_whole():
    gates = GATES.replace("in: only", "in: only\n    basis: {kind: sourced, source: R1, url: u}")
    basis = second_gate("basis: {kind: inferred}", gates).gate("G2").basis

    assert basis is not None
    assert (basis.kind, basis.source, basis.url) == ("inferred", "", "")


def test_an_own_effect_word_drops_the_inherited_one():
    outcomes = (
        second_gate("outcomes: {stop: {again: unmet, tells: [clerk]}, done: {tells: [boss]}}")
        .gate("G2")
        .outcomes
    )

    assert (outcomes["stop"].effect, outcomes["stop"].end) == (Effect.AGAIN, "")
    assert (outcomes["done"].effect, outcomes["done"].tells) == (Effect.END, ("boss",))


def test_a_copy_fills_in_what_must_be_there():
    papers = PAPERS + "  other: {like: paper, title: {en: Other}}\n"

    assert check(BASE.replace(PAPERS, papers)).good.artefacts["other"].by == RoleWho("clerk")


def test_a_change_to_the_original_reaches_its_copies():
    base = BASE.replace(ROLES, ROLES + "  council: {like: board}\n")
    found = check(base, overlay("{replace: roles/board/kind, value: party}"))

    assert found.good.roles["council"].kind == "party"


def test_copies_that_go_round_are_refused():
    found = roles(
        "a: {title: {en: A}, like: b}",
        "b: {title: {en: B}, like: c}",
        "c: {title: {en: C}, like: a}",
    )

    assert found.codes == ["cyclic-like"]
    assert "a → b → c → a" in found.fault.message


def test_nothing_is_like_itself():
    assert roles("a: {title: {en: A}, like: a}").codes == ["cyclic-like"]


def test_like_names_a_thing_of_the_same_kind():
    found = roles("a: {title: {en: A}, like: paper}")

    assert (found.fault.code, found.pointed) == ("unknown-name", "paper}")


def test_only_the_six_kinds_are_like_something():
    gates = GATES.replace("in: only", "in: only\n    needs: {paper: {}, later: {like: paper}}")

    assert "unknown-key" in check(BASE.replace(GATES, gates)).codes


def test_ladders_too_are_like_one_another():
    ladders = (
        "ladders:\n  papers: {early: {at: 3 days before due, to: [owner]}}\n  more: {like: "
        "papers, late: {at: due, to: [boss]}}\n"
    )
    text = BASE.partition("ladders:")[0] + ladders

    assert list(check(text).good.ladders["more"].rungs) == ["early", "late"]


def test_a_long_chain_of_copies_is_followed():
    chain = [
        "r0: {title: {en: R}, sector: public}",
        *(f"r{i}: {{like: r{i - 1}}}" for i in range(1, 400)),
    ]

    assert roles(*chain).good.roles["r399"].sector == "public"
