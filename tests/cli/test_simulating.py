"""Playing a scenario day by day: what happens, which dates follow and why, who gets which letter."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from innocities_engine import library, wording
from innocities_engine.authoring import scenario
from innocities_engine.cli import simulated
from innocities_engine.domain import events as e
from tests.cli.shell import Shell

SCENARIOS = sorted((library.SHIPPED / "scenarios").glob("*.yaml"))
TOLD = SCENARIOS if os.environ.get("INNOCITIES_FULL") else SCENARIOS[::5]
SVG = "{http://www.w3.org/2000/svg}"
WRONG = """\
scenario: {en: Nothing of this is so}
methodology: {id: smartby-prosjekt}
today: 2026-09-01
people: {ideeier: [ida], programkoordinator: [petra], styringsgruppe: [bo]}
steps:
  - when: {submit: idebeskrivelse, by: ida, on: 2026-09-02}
  - then: {phase: pilot}
"""


def on(days: list[dict[str, Any]], day: str) -> dict[str, Any]:
    return next(each for each in days if each["day"] == day)


def test_a_notice_posted_on_29_may_can_be_appealed_until_22_june() -> None:
    stage = scenario.play(library.SHIPPED / "scenarios" / "sverige-overklagat.yaml").course[-1]
    for language in wording.LANGUAGES:
        (wait,) = on(simulated.days(stage, language), "2026-05-29")["dates"]
        assert (wait["kind"], wait["day"]) == ("until", "2026-06-22")
        assert wait["why"]
        assert wait["why"] in wait["text"]


def test_each_date_says_how_it_was_counted_and_each_letter_who_gets_it(bare: Shell) -> None:
    shown = bare("methodology simulate sverige-overklagat --lang sv").out
    told = " ".join(shown.split())
    assert (
        "väntar tills mån 22 juni 2026 har gått: 3 veckor enligt lag från fre 29 maj; fre 19 juni är"
        " midsommarafton, därför mån 22 juni"
    ) in told
    assert "→ Påminnelse: Nämndsekreterare (nils)" in told
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("path", TOLD, ids=lambda path: path.stem)
def test_every_story_that_ships_is_told_day_by_day_with_all_its_decisions(path: Path) -> None:
    stage = scenario.play(path).course[-1]
    language = wording.LANGUAGES[SCENARIOS.index(path) % len(wording.LANGUAGES)]

    told = simulated.days(stage, language)

    days = [each["day"] for each in told]
    assert days == sorted(set(days))
    assert all(each["happened"] or each["dates"] or each["letters"] for each in told)
    happened = [event for done in stage.log for event in done.events]
    decided = [x for x in happened if isinstance(x, e.GateDecided)]
    assert len(decided) == len(stage.project.decisions)
    assert {stage.s.day_of(x.at).isoformat() for x in decided} <= set(days)
    drawn = ET.fromstring(simulated.picture(stage, language))
    marks = [p for p in drawn.iter(f"{SVG}path") if p.find(f"{SVG}title") is not None]
    assert len(marks) == len(decided)
    entered = [x for x in happened if isinstance(x, e.PhaseEntered)]
    assert len(drawn.findall(f"{SVG}rect")) >= len(entered)
    assert drawn.get("aria-label")


MEETINGS = """\
scenario: {en: Papers before a meeting}
methodology: {id: smartby-prosjekt}
today: 2026-09-01
people: {ideeier: [ida], programkoordinator: [petra], styringsgruppe: [bo, bea, bill]}
meetings: {styringsgruppe: [2026-09-09]}
steps:
  - when: {day: 2026-09-09}
  - then: {reminder: G1/heliks_kart, rung: near, on: 2026-09-04}
"""


def test_reminders_that_hang_on_a_meeting_are_told_once_they_have_come(bare: Shell) -> None:
    (bare.folder / "m.yaml").write_text(MEETINGS, encoding="utf-8")
    days = bare.json("methodology simulate m.yaml --lang en")["days"]
    told = [letter["text"] for letter in on(days, "2026-09-04")["letters"]]
    assert [text for text in told if "Helix map" in text]


PASSED = MEETINGS.replace("[2026-09-09]", "[2026-09-09, 2026-10-14]").replace(
    "{day: 2026-09-09}", "{day: 2026-10-01}"
)


def test_a_date_that_moves_with_the_next_meeting_is_told_again_with_how_it_was_counted(
    bare: Shell,
) -> None:
    (bare.folder / "m.yaml").write_text(PASSED, encoding="utf-8")
    days = bare.json("methodology simulate m.yaml --lang en")["days"]

    first = [each["text"] for each in on(days, "2026-09-01")["dates"]]
    assert "“Helix map” is due Mon 7 Sep 2026: 2 working days before Wed 9 Sep" in first
    moved = on(days, "2026-09-10")["dates"]
    assert {each["kind"] for each in moved} == {"moved"}
    told = [each["text"] for each in moved]
    assert "“Helix map” is due Mon 12 Oct 2026 now: 2 working days before Wed 14 Oct" in told
    later = [each for day in days if day["day"] > "2026-09-10" for each in day["dates"]]
    assert not later


ON_REQUEST = """\
schema: innocities/methodology/1
id: asked
version: "1.0.0"
languages: [en]
title: {en: Asked for}
calendar: {country: "NO"}
roles:
  lead: {title: {en: Manager}, leads: true}
  board: {title: {en: Board}, kind: body, meets: on_request, notice: 10 working days}
artefacts:
  plan: {title: {en: Plan}, by: lead}
  memo: {title: {en: Memo}, by: lead}
phases:
  work: {title: {en: Work}, opens: start}
gates:
  G1:
    title: {en: First}
    in: work
    needs: {plan: {}, memo: {due: 2 working days before meeting, required: false}}
    decides: {by: board}
    outcomes: {go: {end: completed}, stop: {end: stopped}}
"""
ASKED = """\
scenario: {en: A session is asked for}
methodology: {id: asked}
today: 2026-09-01
people: {lead: [lea], board: [bo]}
steps:
  - when: {submit: plan, by: lea, on: 2026-09-14}
  - when: {present: G1, by: lea, on: 2026-09-21}
"""


def test_a_date_that_is_another_one_each_day_is_told_again_once_it_stands(bare: Shell) -> None:
    (bare.folder / "asked").mkdir()
    (bare.folder / "asked" / "1.0.0.yaml").write_text(ON_REQUEST, encoding="utf-8")
    (bare.folder / "stories").mkdir()
    (bare.folder / "stories" / "a.yaml").write_text(ASKED, encoding="utf-8")
    days = bare.json("methodology simulate stories/a.yaml --lang en")["days"]

    dates = [(day["day"], each["day"]) for day in days for each in day["dates"]
             if each["title"] == "Memo"]  # fmt: skip
    assert dates == [("2026-09-01", "2026-09-11"), ("2026-09-21", "2026-10-01")]


def test_time_goes_on_as_long_as_it_is_let(bare: Shell) -> None:
    words = "methodology simulate base-stans --lang nb"
    before = bare.json(words)["days"]
    after = bare.json(f"{words} --until 2027-12-31")["days"]
    assert after[: len(before) - 1] == before[:-1]
    assert len(after) >= len(before)


def test_the_picture_is_written_beside_it_and_over_nothing_else(bare: Shell) -> None:
    (bare.folder / "t.svg").write_text("mine")
    bare("methodology simulate base-stans --picture t.svg", expect=4)
    assert (bare.folder / "t.svg").read_text(encoding="utf-8") == "mine"
    bare("methodology simulate base-stans --picture t.svg --force")
    assert (bare.folder / "t.svg").read_text(encoding="utf-8").startswith("<svg")


def test_what_is_not_so_is_told_after_what_happened(bare: Shell) -> None:
    (bare.folder / "wrong.yaml").write_text(WRONG, encoding="utf-8")
    said = bare("methodology simulate wrong.yaml --lang en", expect=1).out
    assert "Idea description" in said
    assert "wrong.yaml:7" in said


@pytest.mark.parametrize("verb", ["simulate", "scenario"])
def test_a_method_is_no_scenario(bare: Shell, verb: str) -> None:
    method = library.SHIPPED / "smartby-prosjekt" / "1.0.0.yaml"
    said = bare(f"methodology {verb} {method} --lang sv", expect=1).err
    assert "1.0.0.yaml:12:1: fel: Det här är inget scenario" in said


def test_a_role_that_the_method_has_not_is_named_with_its_line(bare: Shell) -> None:
    (bare.folder / "wrong.yaml").write_text(WRONG.replace("ideeier:", "idéeieren:"))
    for verb in ("simulate", "scenario"):
        said = bare(f"methodology {verb} wrong.yaml --lang sv", expect=1).out
        assert "wrong.yaml:4: roll: `idéeieren` finns inte. Menade du `ideeier`?" in said


def test_a_refusal_is_told_with_its_reason_in_the_language_of_the_reader(bare: Shell) -> None:
    (bare.folder / "wrong.yaml").write_text(WRONG.replace("by: ida", "by: bo"))
    said = bare("methodology scenario wrong.yaml --lang sv", expect=1).out
    assert "Det nekades, och inget `refused` följer: " in said
    assert "not_entitled" not in said
    assert "(idebeskrivelse)" in said
    assert "följer: bo får inte" in said


@pytest.mark.parametrize("until", ["soon", "1999-01-01", "2999-01-01"])
def test_a_day_that_cannot_be_is_refused(bare: Shell, until: str) -> None:
    bare(f"methodology simulate base-stans --until {until}", expect=2)


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_sentences_that_are_not_true_are_counted_and_steps_that_were_played(
    bare: Shell, language: str
) -> None:
    path = bare.folder / "wrong.yaml"
    path.write_text(WRONG + "  - then: {phase: pilot, track: gevinst}\n", encoding="utf-8")
    said = bare(f"methodology scenario wrong.yaml --lang {language}", expect=1).out
    data = bare.json("methodology scenario wrong.yaml", expect=1)["scenarios"][0]
    for what, n in (("sentences", len(data["untrue"])), ("steps", data["steps"])):
        key = f"count.{what}_one" if n == 1 else f"count.{what}"
        assert wording.say(language, key, n=n) in said
