"""The handbook of a method: all of it, once each, in one language, readable by everybody."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import pytest

from innocities_engine import library, wording
from innocities_engine.authoring.handbook import handbook
from innocities_engine.authoring.translations import untranslated
from innocities_engine.cli.methodology_handbook import WORDS
from innocities_engine.domain.definition import Methodology
from notifications.templating import render
from tests.cli.pages import Page, assert_readable

METHODS = sorted({name for name, _, _ in library.Library().ids()})


def page(resolved: dict[str, Any], language: str, role: str = "") -> str:
    told = handbook(resolved, language, role)
    return render(
        "handbook.html",
        **told,
        language=language,
        words={name: wording.say(language, f"handbook.{name}") for name in WORDS},
        heading=told["title"],
        subtitle=told["role"],
        version_line=resolved["version"],
    )


def ids(method: Methodology) -> set[str]:
    kinds: dict[str, Any] = {
        "phase": method.phases, "gate": method.gates, "role": method.roles,
        "artefact": method.artefacts, "fact": method.facts, "ladder": method.ladders,
    }  # fmt: skip
    return {f"{kind}-{each}" for kind, things in kinds.items() for each in things}


@pytest.mark.parametrize("name", METHODS)
def test_every_thing_of_a_method_has_its_place_once(name: str) -> None:
    method = library.Library().methodology(name)
    for language in method.languages:
        text = page(library.resolved(name), language)
        assert_readable(text, language)
        found = Counter(a["id"] for _, a in Page(text).tags if "id" in a)
        assert {each for each in found if each and "-" in each} == ids(method)


@pytest.mark.parametrize("name", METHODS)
def test_what_ships_is_said_in_all_of_its_languages(name: str) -> None:
    resolved = library.resolved(name)
    assert {lang: untranslated(resolved, lang) for lang in resolved["languages"]} == {
        lang: [] for lang in resolved["languages"]
    }


def test_a_text_that_is_missing_is_named_by_its_path() -> None:
    resolved = copy.deepcopy(library.resolved("smartby-prosjekt"))
    del resolved["gates"]["G2"]["title"]["en"]
    del resolved["gates"]["G2"]["outcomes"]["go"]["title"]["en"]
    assert untranslated(resolved, "en") == ["gates/G2/title", "gates/G2/outcomes/go/title"]
    assert untranslated(resolved, "nb") == []


@pytest.mark.parametrize("role", ["prosjektleder", "kommunestyre", "innbyggere"])
def test_a_role_reads_only_what_concerns_it(role: str) -> None:
    method = library.Library().methodology("smartby-prosjekt")
    told = handbook(library.resolved("smartby-prosjekt"), "nb", role)
    text = page(library.resolved("smartby-prosjekt"), "nb", role)
    assert_readable(text, "nb")
    assert [each["id"] for each in told["roles"]] == [role]
    assert len(told["gates"]) < len(method.gates) or role == "prosjektleder"
    theirs = {a.id for a in method.artefacts.values() if role in repr((a.by, a.approves))}
    assert {each["id"] for each in told["artefacts"]} == theirs


def test_the_picture_shows_each_phase_and_says_what_it_is() -> None:
    method = library.Library().methodology("innocities-sverige")
    drawn = handbook(library.resolved("innocities-sverige"), "sv")["picture"]
    assert drawn.count("<rect") == len(method.phases)
    assert 'role="img"' in drawn
    assert wording.say("sv", "handbook.picture") in drawn
    for gate in ("G1", "G2", "G3", "G4"):
        assert f">{gate}</text>" in drawn


def test_what_an_author_wrote_stays_text(tmp_path: Any) -> None:
    resolved = copy.deepcopy(library.resolved("smartby-prosjekt"))
    for thing in (resolved["phases"]["ide"], resolved["gates"]["G1"], resolved["roles"]["ideeier"]):
        thing["title"]["nb"] = "<script>alert(1)</script>"
    text = page(resolved, "nb")
    assert "<script>" not in text
    assert text.count("&lt;script&gt;") > 3
