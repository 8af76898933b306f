"""The ranking of a round: the same whatever the order in which projects come, never breaking a tie,
and what it says against a choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.ranking import Entry, cut, objections, rank

SHUT = (Blocker("need_open", "plan"),)


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """Projects with few different values, so that ties are common; some unknown, some shut."""
    names = draw(st.lists(st.sampled_from("abcdefghij"), unique=True, min_size=1))
    values = st.none() | st.integers(0, 3).map(Decimal)
    return [
        Entry(name, title=name.upper(), value=draw(values), shut=draw(st.sampled_from([(), SHUT])))
        for name in names
    ]


TAKES = st.integers(1, 6)


def chosen_from(data: st.DataObject, there: Sequence[Entry]) -> tuple[str, ...]:
    names = [entry.project for entry in there]
    return tuple(data.draw(st.lists(st.sampled_from(names), unique=True)))


@given(entries(), st.randoms(use_true_random=False))
def test_the_order_in_which_projects_come_changes_nothing(
    there: list[Entry], chance: Random
) -> None:
    shuffled = list(there)
    chance.shuffle(shuffled)

    assert rank(shuffled) == rank(there)


@given(entries())
def test_a_higher_value_has_a_better_place_and_the_same_value_the_same(there: list[Entry]) -> None:
    placed = [one for one in rank(there) if one.place]
    for one in placed:
        better = [o for o in placed if (o.entry.value or 0) > (one.entry.value or 0)]
        same = [o for o in placed if o.entry.value == one.entry.value]
        assert one.place == len(better) + 1
        assert one.tied == (len(same) > 1)


@given(entries())
def test_everybody_is_named_and_who_has_no_value_or_cannot_be_taken_stands_last(
    there: list[Entry],
) -> None:
    placed = rank(there)
    kinds = [0 if one.place else 1 if not one.entry.shut else 2 for one in placed]
    assert sorted(one.project for one in placed) == sorted(entry.project for entry in there)
    assert kinds == sorted(kinds)
    ranked = [one.entry for one in placed if one.place]
    assert all(entry.value is not None and not entry.shut for entry in ranked)


@given(entries(), TAKES)
def test_as_many_are_proposed_as_there_is_room_for_and_a_tie_is_left_to_people(
    there: list[Entry], takes: int
) -> None:
    placed = rank(there)
    proposed = cut(placed, takes)
    ranked = {one.project: one for one in placed if one.place}
    assert len(proposed.sure) + proposed.places == min(takes, len(ranked))
    if proposed.tied:
        assert len({ranked[p].entry.value for p in proposed.tied}) == 1
        assert 0 < proposed.places < len(proposed.tied)
    outside = set(ranked) - set(proposed.sure) - set(proposed.tied)
    inside = [*proposed.sure, *proposed.tied]
    assert all(ranked[i].place < ranked[o].place for i in inside for o in outside)


@given(entries(), TAKES, st.data())
def test_a_choice_stands_without_a_reason_only_if_it_is_a_first_so_many_of_the_ranking(
    there: list[Entry], takes: int, data: st.DataObject
) -> None:
    placed = rank(there)
    chosen = chosen_from(data, there)
    ranked = {one.project: one.place for one in placed if one.place}
    whole = len(chosen) == min(takes, len(ranked))
    first = all(
        project in ranked and (other in chosen or ranked[other] >= ranked[project])
        for project in chosen
        for other in ranked
    ) and set(chosen) <= set(ranked)

    assert (not objections(placed, takes, chosen, departing=False)) == (whole and first)


@given(entries(), TAKES, st.data())
def test_with_a_reason_any_choice_stands_that_is_not_too_many(
    there: list[Entry], takes: int, data: st.DataObject
) -> None:
    chosen = chosen_from(data, there)

    said = objections(rank(there), takes, chosen, departing=True)

    assert [b.code for b in said] == (["round_takes"] if len(chosen) > takes else [])


@given(entries(), TAKES)
def test_nobody_may_be_taken_who_is_not_there(there: list[Entry], takes: int) -> None:
    for departing in (True, False):
        said = objections(rank(there), takes, ["stranger"], departing=departing)
        assert [b.code for b in said] == ["not_in_round"]
