"""Ranking the projects of a round, and what is said against a choice among them. Values only: how
they come about is left to `taking`. The ranking proposes; a tie is never broken here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from innocities_engine.domain.gates import Blocker

WHOLE = "round"  # what is said of no single project


@dataclass(frozen=True, slots=True)
class Entry:
    """A project in a round. `value`: what it is ranked by, None while unknown.

    `waits`: what its value still waits for; `shut`: why it cannot be taken; `ratings`: the score
    that each rater alone would give it; `review`: the digest of what its decision rests on.
    """

    project: str
    title: str = ""
    passage: str = ""
    value: Decimal | None = None
    waits: tuple[str, ...] = ()
    shut: tuple[Blocker, ...] = ()
    ratings: Mapping[str, Decimal] | None = None
    review: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry and its place, 0 where it has none; `tied`: another one has the same place."""

    entry: Entry
    place: int = 0
    tied: bool = False

    @property
    def project(self) -> str:
        return self.entry.project


@dataclass(frozen=True, slots=True)
class Cut:
    """Whom the ranking takes: `sure` without doubt, and so many of those `tied` for the rest."""

    sure: tuple[str, ...]
    tied: tuple[str, ...] = ()
    places: int = 0


def rank(entries: Iterable[Entry]) -> tuple[Placed, ...]:
    """Order by value, the highest first; then the unknown, then those that cannot be taken.

    What has the same value has the same place, and stands in the order of titles and ids.
    """
    ordered = sorted(entries, key=lambda entry: (entry.title, entry.project))
    open_ones = [entry for entry in ordered if not entry.shut]
    ranked = [entry for entry in open_ones if entry.value is not None]
    ranked.sort(key=lambda entry: entry.value or Decimal(0), reverse=True)
    values = [entry.value for entry in ranked]
    placed = [
        Placed(entry, values.index(entry.value) + 1, values.count(entry.value) > 1)
        for entry in ranked
    ]
    unknown = [Placed(entry) for entry in open_ones if entry.value is None]
    return (*placed, *unknown, *(Placed(entry) for entry in ordered if entry.shut))


def cut(placed: Sequence[Placed], takes: int) -> Cut:
    """Whom the ranking proposes: the first so many, as far as no tie leaves it open."""
    ranked = [one for one in placed if one.place]
    if len(ranked) <= takes:
        return Cut(tuple(one.project for one in ranked))
    last = ranked[takes - 1].place
    if ranked[takes].place != last:
        return Cut(tuple(one.project for one in ranked[:takes]))
    sure = tuple(one.project for one in ranked if one.place < last)
    tied = tuple(one.project for one in ranked if one.place == last)
    return Cut(sure, tied, takes - len(sure))


def objections(
    placed: Sequence[Placed], takes: int, chosen: Collection[str], *, departing: bool
) -> tuple[Blocker, ...]:
    """What is said against taking these: too many always, another choice than the ranking's unless
    a reason to depart from it is given.
    """
    there = {one.project for one in placed}
    found = [Blocker("not_in_round", project) for project in sorted(set(chosen) - there)]
    if len(set(chosen)) > takes:
        params = {"takes": str(takes), "chosen": str(len(set(chosen)))}
        found.append(Blocker("round_takes", WHOLE, params))
    if found or departing:
        return tuple(found)
    return _out_of_order(placed, chosen) or _too_few(placed, cut(placed, takes), chosen)


def _out_of_order(placed: Sequence[Placed], chosen: Collection[str]) -> tuple[Blocker, ...]:
    """Nobody without a place is taken, and nobody before somebody with a better one."""
    unplaced = [one for one in placed if one.project in chosen and not one.place]
    last = max((one.place for one in placed if one.project in chosen), default=0)
    passed_over = [one for one in placed if 0 < one.place < last and one.project not in chosen]
    if not unplaced and not passed_over:
        return ()
    return (Blocker("round_departs", WHOLE, {"names": _titles(passed_over or unplaced)}),)


def _too_few(
    placed: Sequence[Placed], proposed: Cut, chosen: Collection[str]
) -> tuple[Blocker, ...]:
    wanted = len(proposed.sure) + proposed.places
    if len(set(chosen)) >= wanted:
        return ()
    if proposed.places and set(chosen) == set(proposed.sure):
        tied = [one for one in placed if one.project in proposed.tied]
        left = {"names": _titles(tied), "places": str(proposed.places)}
        return (Blocker("round_tie", WHOLE, left),)
    params = {"takes": str(wanted), "chosen": str(len(set(chosen)))}
    return (Blocker("round_fewer", WHOLE, params),)


def _titles(placed: Sequence[Placed]) -> str:
    return ", ".join(one.entry.title for one in placed)
