"""The inventory is green: every promise it makes of a shipped method is kept when somebody tries it,
and it makes every promise that the descriptions of the methods ask for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from ruamel.yaml import YAML

from innocities_engine.library import Library
from tests.methodology import (
    checks_method,
    checks_needs,
    checks_outcomes,
    checks_papers,
    checks_people,
    checks_programmes,
    checks_time,
    checks_voices,
    checks_waits,
    staging,
)
from tests.methodology.checking import CHECKS
from tests.methodology.checks_method import elements, part, sources
from tests.methodology.inventory import Row, rows, rows_of
from tests.methodology.listed import BASE, COMPANY, Listed, base, calendars, sweden
from tests.methodology.listed_programmes import (
    COMPANIES,
    ENERGY,
    PORT,
    PROGRAMME,
    SWEDISH,
    SWEDISH_ENERGY,
    SWEDISH_PORT,
    programmes,
)
from tests.methodology.listed_variants import (
    ENERGY_NO,
    ENERGY_SE,
    PORT_NO,
    PORT_SE,
    variants,
)

MODULES = (
    checks_method,
    checks_needs,
    checks_outcomes,
    checks_papers,
    checks_people,
    checks_programmes,
    checks_time,
    checks_voices,
    checks_waits,
)
KIND_OF_BASIS = {"S": "sourced", "I": "inferred", "K": "unverified"}
MARK = re.compile(r"S\((R\d+|A\.3)\)|I|K")
LISTED = (*base(), *sweden(), *calendars(), *variants(), *programmes())
PROJECTS = (PORT_NO, ENERGY_NO, COMPANY, PORT_SE, ENERGY_SE)
PROGRAMMES = (SWEDISH, PORT, ENERGY, COMPANIES, SWEDISH_PORT, SWEDISH_ENERGY)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_a_row_of_the_inventory_holds(row: Row) -> None:
    assert row.kind in CHECKS, f"nobody knows how to try {row.kind}"
    CHECKS[row.kind](row.method, **row.arguments)


@pytest.mark.parametrize("method", [PORT_SE, ENERGY_SE])
@pytest.mark.parametrize("row", rows_of(COMPANY), ids=lambda row: row.id)
def test_what_a_municipal_company_promises_holds_for_ports_and_energy_companies(
    row: Row, method: str
) -> None:
    roles = staging.method(method).roles.values()
    now = {old: role.id for role in roles for old in role.was}
    CHECKS[row.kind](method, **{word: renamed(said, now) for word, said in row.arguments.items()})


def renamed(said: Any, now: Mapping[str, str]) -> Any:
    """The words of a row as a method that renames some of them would say it."""
    if isinstance(said, Mapping):
        return {now.get(key, key): renamed(value, now) for key, value in said.items()}
    if isinstance(said, list | tuple):
        return type(said)(renamed(value, now) for value in said)
    return now.get(said, said) if isinstance(said, str) else said


# ---------------------------------------------------------------- nothing is left out


@pytest.mark.parametrize("listed", LISTED, ids=lambda listed: listed.name)
def test_what_a_description_lists_has_a_row(listed: Listed) -> None:
    assert any(listed.is_proved_by(row) for row in rows())


def test_every_named_change_of_sweden_that_concerns_a_project_is_listed() -> None:
    wanted = {f"SE-{n:02}" for n in range(1, 29)} - {"SE-21", "SE-22"}
    assert {one.name.partition(" ")[0] for one in sweden()} == wanted
    assert {change for change in _changes("innocities-sverige") if change != "base"} == wanted


def test_the_swedish_changes_that_concern_the_programme_stand_with_it() -> None:
    assert {"SE-21", "SE-22"} <= _changes(SWEDISH).keys()


def test_every_change_of_an_overlay_has_a_row_that_speaks_of_it() -> None:
    silent = {
        (method, change)
        for method in (*PROJECTS, *PROGRAMMES)
        for change, paths in _touched(method).items()
        if not any(_speaks_of(row, paths) for row in rows_of(method))
    }
    assert silent == set()


def _touched(method: str) -> dict[str, set[str]]:
    """The ids that each change of an overlay adds, renames or replaces."""
    return {
        change["id"]: {
            step
            for operation in change["operations"]
            for path in (operation.get("add"), operation.get("replace"), operation.get("to"))
            for step in str(path).split("/")
        }
        for change in _overlay(method)["changes"]
    }


def _speaks_of(row: Row, ids: set[str]) -> bool:
    return bool(ids & _words(row.check))


def _words(said: Any) -> set[str]:
    if isinstance(said, Mapping):
        return {*said.keys()}.union(*map(_words, said.values()))
    if isinstance(said, list):
        return set().union(*map(_words, said))
    return set(str(said).split("/"))


# ---------------------------------------------------------------- the rows themselves


def test_no_two_rows_have_the_same_id() -> None:
    assert [name for name, n in Counter(row.id for row in rows()).items() if n > 1] == []


def test_every_row_says_what_it_promises_and_how_it_is_proved() -> None:
    for row in rows():
        said = (row.id, row.source, row.says, row.subject, row.behaviour)
        assert all(isinstance(text, str) and text.strip() for text in said), row.id
        assert MARK.fullmatch(row.mark), row.id


def test_every_kind_of_check_is_used() -> None:
    assert {row.kind for row in rows()} == CHECKS.keys()
    assert {function.__module__ for function in CHECKS.values()} == {m.__name__ for m in MODULES}


# ---------------------------------------------------------------- provenance


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_no_element_claims_more_than_the_mark_of_its_row(row: Row) -> None:
    """An inferred row may rest on a sourced element only if that explains which part is ours."""
    found = part(staging.resolved(row.method), row.subject)
    basis = found.get("basis") if isinstance(found, Mapping) else None
    if basis is None:
        return  # a facet, or nothing: the basis is that of something greater
    change = _change_of(row)
    if row.mark.startswith("S"):
        assert basis["kind"] in ("sourced", "inferred")
        assert _cited(row.mark) <= _cited(basis) | _cited(change)
    elif row.mark == "I":
        assert basis["kind"] != "sourced" or basis["help"]
    else:
        assert "unverified" in (basis["kind"], change.get("kind"))


def _change_of(row: Row) -> Mapping[str, Any]:
    """The basis of the named change that a row belongs to, if it belongs to one."""
    named = re.search(r"SE-\d\d", f"{row.source} {row.id}")
    return _changes(row.method).get(named[0], {}) if named else {}


def _cited(said: Any) -> set[str]:
    return set(re.findall(r"R\d+", str(said)))


@cache
def _overlay(method: str) -> dict[str, Any]:
    return dict(YAML(typ="safe").load(Library().path(method)))


@cache
def _changes(method: str) -> dict[str, Mapping[str, Any]]:
    """The basis of each change that led to the method, by the id of the change."""
    tree = _overlay(method)
    if "extends" not in tree:
        return {}
    own = {change["id"]: change["basis"] for change in tree["changes"]}
    return {**_changes(tree["extends"]["id"]), **own}


@pytest.mark.parametrize("mark", sorted({row.mark for row in rows()}))
def test_a_source_that_a_mark_names_is_known(mark: str) -> None:
    assert _cited(mark) <= sources().keys()


@pytest.mark.parametrize(
    ("method", "base"),
    [(PORT_NO, BASE), (ENERGY_NO, BASE), (PORT, PROGRAMME), (ENERGY, PROGRAMME)],
)
def test_what_a_norwegian_variant_has_no_source_for_is_inferred_and_says_so(
    method: str, base: str
) -> None:
    """What a variant adds or words anew is never the base's claim in new clothes."""
    before = dict(elements(staging.resolved(base)))
    for path, element in elements(staging.resolved(method)):
        basis = element["basis"]
        if path in before and before[path]["basis"] == basis:
            continue
        if basis["kind"] == "sourced":
            assert basis["source"] in SAID_OF_PORTS_AND_ENERGY, path
        else:
            assert basis["help"].get("nb"), path


SAID_OF_PORTS_AND_ENERGY = {
    f"R{n}" for n in (8, 12, 13, 14, 15, 16, 17, 18, 20, 21, 22, 23, 30)
}  # B.5 and A.1 name no others for Norway
