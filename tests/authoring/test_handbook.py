"""The handbook of a method: all of it, once each, in one language, readable by everybody."""

from __future__ import annotations

import copy
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from innocities_engine import library, wording
from innocities_engine.authoring import diagram, picture
from innocities_engine.authoring.described import described
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
    ends = {method.phases[gate.phases[0]].track for gate in method.gates.values()
            if any(outcome.end == "completed" for outcome in gate.outcomes.values())}  # fmt: skip
    assert drawn.count("<rect") == len(method.phases) + len(ends)
    assert 'role="img"' in drawn
    assert wording.say("sv", "handbook.picture") in drawn
    for gate in ("G1", "G2", "G3", "G4"):
        assert f">{gate}</text>" in drawn


WAYS = """\
schema: innocities/methodology/1
id: ways
version: "1.0.0"
languages: [en]
title: {en: Ways}
calendar: {country: "SE"}
roles:
  lead: {title: {en: Lead}, leads: true}
phases:
  idea: {title: {en: Idea}, opens: start}
  trial: {title: {en: Trial}}
gates:
  G1:
    title: {en: First}
    in: idea
    decides: {by: lead}
    outcomes: {go: {to: trial}, drop: {end: stopped}}
  G2:
    title: {en: Second}
    in: trial
    decides: {by: lead}
    outcomes: {done: {end: completed}, MORE}
"""


def _drawn(tmp_path: Any, more: str) -> str:
    file = tmp_path / "ways.yaml"
    file.write_text(WAYS.replace("MORE", more), encoding="utf-8")
    return str(handbook(library.resolved(file), "en")["picture"])


@pytest.mark.parametrize(
    ("outcome", "sign"),
    [
        ("back: {turn: idea}", "back"),
        ("rework: {again: unmet}", "again"),
        ("pause: {hold: 60 days}", "hold"),
        ("drop: {end: stopped}", "stop"),
    ],
)
def test_the_picture_shows_ways_back_and_what_stops_a_project(
    tmp_path: Any, outcome: str, sign: str
) -> None:
    """Each with what it means, and none of what there is not."""
    drawn = _drawn(tmp_path, outcome)
    told = {key for key in ("on", "back", "again", "hold", "stop")
            if wording.say("en", f"picture.{key}") in drawn}  # fmt: skip
    assert told == {"on", "stop", sign}
    assert ("stroke-dasharray" in drawn) == (sign == "back")
    assert drawn.count(">completed</text>") == 1
    once = {"back": 2, "again": 2, "hold": 2, "stop": 3}  # in the phase, and where it is told
    drawn_sign = picture.BROKEN if sign == "back" else picture.SIGNS[sign]
    assert drawn.count(drawn_sign) == once[sign]


def test_the_name_of_a_gate_stands_beside_the_way_back_and_not_on_it(tmp_path: Any) -> None:
    drawn = _drawn(tmp_path, "back: {turn: idea}")
    line = re.search(r'd="M(\d+) (\d+) H(\d+) [^"]*"[^>]*stroke-dasharray', drawn)
    label = re.search(r'<text x="(\d+)" y="(\d+)" text-anchor="end"[^>]*>G2<', drawn)

    assert line is not None
    assert label is not None
    assert int(label[2]) - 14 >= int(line[2])  # the letters hang below the line
    assert int(label[1]) - 9 * len("G2") > int(line[3]) - 6  # and beside the lane


RULED = WAYS.replace(
    "roles:\n", "facts: {near: {type: yes_no, question: {en: Is it near?}}}\nroles:\n  chief: {title: {en: Chief}}\n"
).replace("outcomes: {go: {to: trial}, ", """outcomes:
      {go: {title: {en: Go}, to: {choose: {first: {when: {fact: near, is: true}, use: idea}, otherwise: {use: trial}}}},
      rest: {title: {en: Rest}, hold: {at_most: 60 days, times: 2}}, """).replace(
    "decides: {by: lead}\n    outcomes: {done", "decides: {by: {any: [lead, chief]}}\n    outcomes: {done"
).replace(
    "  trial: {title: {en: Trial}}\n",
    "  trial: {title: {en: Trial}}\n"
    "  talks:\n    title: {en: Talks}\n    opens: {when: {gate: G1, outcome: [go]}}\n    done: {gate: G2, outcome: [done]}\n"
    "    needs: {talk: {do: {en: Talk}, by: lead, asks: [near]}}\n",
).replace("MORE", "again: {again: unmet}")  # fmt: skip


def test_rules_are_told_in_plain_sentences(tmp_path: Any) -> None:
    file = tmp_path / "ways.yaml"
    file.write_text(RULED, encoding="utf-8")
    text = " ".join(page(library.resolved(file), "en").split())

    assert "then: Idea, if “Is it near?” is yes; else Trial" in text
    assert "then: the phase rests, at most 60 days, no more than 2 times" in text
    assert "asks: “Is it near?”" in text
    assert "Begins if First ended with: Go." in text
    assert "Lead or Chief (one is enough)" in text
    assert "then: the same gate comes up anew, and what was not met is asked for again" in text


def test_the_table_of_ways_tells_conditions_and_what_rests(tmp_path: Any) -> None:
    file = tmp_path / "ways.yaml"
    file.write_text(RULED, encoding="utf-8")
    rows = [(way["by"], way["to"]) for way in handbook(library.resolved(file), "en")["ways"]]

    assert ("G1 Go, if “Is it near?” is yes", "Idea") in rows
    assert ("G1 Go, else", "Trial") in rows
    assert ("G1 Rest", "Idea, which rests for a while") in rows
    assert len(set(rows)) == len(rows)


def test_a_printed_page_keeps_a_gate_together_and_begins_on_the_first_sheet() -> None:
    text = page(library.resolved("smartby-prosjekt"), "nb")
    print_style = text.partition("@media print {")[2].partition("</style>")[0]

    assert "article, li, tr, dl div, .scroll { break-inside: avoid; }" in print_style
    assert "break-before: page" not in print_style
    assert "max-height: 15cm" in print_style


def test_what_an_author_wrote_stays_text(tmp_path: Any) -> None:
    resolved = copy.deepcopy(library.resolved("smartby-prosjekt"))
    for thing in (resolved["phases"]["ide"], resolved["gates"]["G1"], resolved["roles"]["ideeier"]):
        thing["title"]["nb"] = "<script>alert(1)</script>"
    text = page(resolved, "nb")
    assert "<script>" not in text
    assert text.count("&lt;script&gt;") > 3


NEEDED = """\
schema: innocities/methodology/1
id: small
version: "1.0.0"
languages: [en]
title: {en: Small}
calendar: {country: "SE"}
roles: {lead: {title: {en: Lead}, leads: true}, board: {title: {en: Board}}}
facts: {water: {type: yes_no, question: {en: "By water?"}}}
artefacts:
  plan: {title: {en: Plan}, by: lead}
  study: {title: {en: Study}, by: lead}
  hint: {title: {en: Hint}, by: lead}
  lesson: {title: {en: Lesson}, by: lead}
phases:
  first: {title: {en: First}, opens: start, main: true}
  talk: {title: {en: Talk}, opens: {when: {gate: G1, outcome: [go]}}, done: {gate: G2, outcome: [done]}}
  second: {title: {en: Second}}
gates:
  G1:
    title: {en: One}
    in: first
    needs: {plan: {}, study: {when: {fact: water, is: true}}, hint: {required: false}}
    decides:
      by: {choose: {wet: {when: {fact: water, is: true}, use: board}, otherwise: {use: lead}}}
    outcomes:
      go: {title: {en: Go}, to: second}
      stop: {title: {en: Stop}, end: stopped, needs: {lesson: {due: 1 month after decision}}}
  round: {title: {en: Round}, in: second, opens: {by: lead}, decides: {by: lead}, outcomes: {good: {}}}
  G2: {title: {en: Two}, in: second, decides: {by: lead}, outcomes: {done: {end: completed}, anew: {again: all}}}
"""


@pytest.fixture
def small(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "1.0.0.yaml").write_text(NEEDED, encoding="utf-8")
    return library.resolved(tmp_path / "1.0.0.yaml")


def test_a_paper_tells_where_it_is_asked_for_and_whether_it_must_be_there(
    small: dict[str, Any],
) -> None:
    papers = handbook(small, "en")["artefacts"]
    asked = {each["id"]: dict(each["rows"])["Asked for at"] for each in papers}
    assert asked == {
        "plan": "One",
        "study": "One (only if “By water?” is yes)",
        "hint": "One (recommended)",
        "lesson": "One (after “Stop”)",
    }


def test_who_decides_and_what_is_asked_is_described_with_its_conditions(
    small: dict[str, Any],
) -> None:
    first, checkpoint, _ = described(library.compile_resolved(small), "en")["gates"]
    assert first["decides"] == "Board, if “By water?” is yes; else Lead"
    assert {n["need"]: n["only_if"] for n in first["needs"]} == {
        "plan": "", "study": "“By water?” is yes", "hint": "",
    }  # fmt: skip
    assert [o["leads"] for o in checkpoint["outcomes"]] == ["the phase goes on"]


def test_a_track_beside_the_main_one_begins_where_its_gate_is_decided(
    small: dict[str, Any],
) -> None:
    method = library.compile_resolved(small)
    lines = [line.strip() for line in diagram.mermaid(method, [], "en")]
    assert [line for line in lines if "-->" in line] == [
        "[*] --> p_first", "p_first --> p_talk: G1 go",
    ]  # fmt: skip


def test_a_gate_that_comes_up_after_something_done_says_so() -> None:
    resolved = copy.deepcopy(library.resolved("smartby-prosjekt"))
    before = _told_of(resolved, "G4")
    resolved["gates"]["G4"]["opens"] = "pilot/statusrapport"
    more = [each for each in _told_of(resolved, "G4") if each not in before]
    assert more == ["Comes up once “Status report” is done."]


def _told_of(resolved: dict[str, Any], gate: str) -> list[str]:
    found: list[str] = {g["id"]: g["told"] for g in handbook(resolved, "en")["gates"]}[gate]
    return found
