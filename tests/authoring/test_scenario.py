"""What the shipped scenarios tell is true; and what is not true is found, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from innocities_engine import errors
from innocities_engine.authoring import scenario_words
from innocities_engine.authoring.scenario import Story, play
from innocities_engine.authoring.scenario_then import SENTENCES
from innocities_engine.authoring.scenario_when import COMMANDS
from innocities_engine.library import SHIPPED

SCENARIOS = sorted((SHIPPED / "scenarios").glob("*.yaml"))
ROOT = Path(__file__).resolve().parents[2]
LITTLE = """\
scenario: {en: A little story}
methodology: {id: smartby-prosjekt, version: "1.0.0"}
today: 2026-09-01
people: {ideeier: [ingrid], programkoordinator: [petter], styringsgruppe: [bjorn, cecilia, dag]}
meetings: {styringsgruppe: [2026-10-07]}
steps:
"""


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_shipped_scenario_is_true(path: Path) -> None:
    story = play(path)

    assert story.untrue == ()
    assert story.steps > 0


def told(tmp_path: Path, *steps: str) -> Story:
    path = tmp_path / "story.yaml"
    path.write_text(LITTLE + "".join(f"  - {step}\n" for step in steps), encoding="utf-8")
    return play(path)


UNTRUE = {
    "then: {phase: pilot}": "The phase is ide, not pilot",
    "then: {phase: pilott}": "There is no phase `pilott`. Did you mean `pilot`?",
    "then: {gate: G1, is: ready}": "G1 is shut",
    "then: {gate: G1, is: shut, because: [prosjektplan]}": "not by prosjektplan",
    "then: {gate: G1, is: shut, only: [idebeskrivelse]}": "not only by idebeskrivelse",
    "then: {gate: G2, is: shut}": "G2 is dormant",
    "then: {outcomes: G1, are: [go]}": "What is offered",
    "then: {due: G1/idebeskrivelse, is: 2026-10-06}": "2026-10-05, not 2026-10-06",
    "then: {need: G1/idebeskrivelse, is: done}": "is open, not done",
    "then: {need: G1/finnes_ikke, is: done}": "There is no need `G1/finnes_ikke`",
    "then: {need: G1/idebeskrivelsen, is: done}": "Did you mean `G1/idebeskrivelse`?",
    "then: {due: G2/prosjektforslag, is: 2026-10-06}": "There is no need G2/prosjektforslag yet",
    "when: {tick_off: G1/idebeskrivelsen, by: ingrid}": "Did you mean `G1/idebeskrivelse`?",
    "when: {submit: idebeskrivelse, by: ingrd}": "Nobody is called `ingrd`; there are bjorn,",
    "then: {track: main, is: held}": "is running, not held",
    "then: {artefact: idebeskrivelse, is: submitted}": "is missing, not submitted",
    "then: {role: ideeier, is: [petter]}": "is ingrid, not petter",
    "then: {reminder: G1/idebeskrivelse, rung: early, on: 2026-09-20}": "falls on 2026-09-21",
    "then: {reminder: G1/idebeskrivelse, rung: early, on: 2026-09-21, to: [bjorn]}": "Who is reminded",
    "then: {told: [ordforer]}": "told to nothing",
    "then: {refused: []}": "It was not refused.",
    "then: {nonsense: 1}": "There is no sentence `nonsense`",
    "when: {nonsense: 1, by: ingrid}": "There is no command `nonsense`",
    "when: {submit: idebeskrivelse}": "by whom",
    "when: {submit: idebeskrivelse, by: dag}": "not_entitled idebeskrivelse",
    "when: {day: 2026-08-01}": "2026-08-01 is before 2026-09-01",
    "then: {gate: G1}": "`is` is missing beside gate",
    "then: {gate: G9, is: shut}": "There is no gate `G9`",
    "then: {role: ingen, is: [petter]}": "There is no role `ingen`",
    "then: {review: main, is: i morgen}": "“i morgen” is no day",
    "when: {decide: G1, by: bjorn}": "`decide` takes words and values in braces",
    "when: {decide: {gate: G1, outcome: ga}, by: bjorn}": "There is no outcome `ga`",
    "when: {submit: {idebeskrivelse: 1}, by: ingrid}": "`submit` takes a name",
    "when: {submit: plan, by: ingrid}": "There is no artefact “plan” here",
    "never: {}": "`mark`, `when` or `then`",
}


@pytest.mark.parametrize("step", UNTRUE)
def test_what_is_not_true_is_found_with_its_line(tmp_path: Path, step: str) -> None:
    first, *_ = told(tmp_path, step).untrue

    assert UNTRUE[step] in first.message
    assert first.line == LITTLE.count("\n") + 1


def test_a_refusal_that_nobody_foretold_is_untrue(tmp_path: Path) -> None:
    story = told(tmp_path, "when: {submit: idebeskrivelse, by: dag}", "then: {phase: ide}")

    assert "no `refused` follows" in story.untrue[0].message


def test_a_refusal_foretold_for_another_reason_is_untrue(tmp_path: Path) -> None:
    story = told(tmp_path, "when: {submit: idebeskrivelse, by: dag}", "then: {refused: [tema]}")

    assert "not refused for tema" in story.untrue[0].message


def test_reminders_that_have_been_are_asked_about_like_those_to_come(tmp_path: Path) -> None:
    reminded = "then: {reminder: G1/idebeskrivelse, rung: early, on: 2026-09-21, to: [ideeier]}"

    assert told(tmp_path, reminded, "when: {day: 2026-10-02}", reminded).untrue == ()


def test_a_scenario_goes_on_from_a_mark_and_says_when_there_is_none(tmp_path: Path) -> None:
    told(tmp_path, "when: {submit: idebeskrivelse, by: ingrid}", "mark: there")
    other = tmp_path / "other.yaml"
    text = "scenario: {en: On}\nafter: {scenario: story, mark: MARK}\nsteps:\n"
    step = "  - then: {artefact: idebeskrivelse, is: submitted}\n"
    other.write_text(text.replace("MARK", "there") + step)
    assert play(other).untrue == ()

    other.write_text(text.replace("MARK", "nowhere") + step)
    assert "no mark nowhere" in play(other).untrue[0].message
    other.write_text(text.replace("story", "other") + step)
    assert play(other).untrue


def test_what_is_no_yaml_is_refused_with_every_fault(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("steps: [\n")
    with pytest.raises(errors.DefinitionInvalid):
        play(path)


def test_every_word_of_a_scenario_is_described_in_the_guide_for_authors() -> None:
    guide = (ROOT / "docs" / "authors.md").read_text(encoding="utf-8")
    _, _, described = guide.partition("### All words of a story")

    for word in (*COMMANDS, *SENTENCES, *scenario_words.WHEN, *scenario_words.THEN, "mark"):
        assert f"`{word}" in described or f" {word}: " in described, word


HEADS = {
    "schema: innocities/methodology/1\nid: m\n": ("no-scenario", 1),
    LITTLE.replace("today: 2026-09-01", "today: 1 september 2026"): ("wrong-value", 3),
    LITTLE.replace("2026-10-07", "oktober"): ("wrong-value", 5),
    LITTLE.replace("today: 2026-09-01\n", ""): ("missing-key", 1),
}


@pytest.mark.parametrize("text", HEADS, ids=[code for code, _ in HEADS.values()])
def test_a_head_that_says_no_beginning_is_a_fault_with_its_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(errors.DefinitionInvalid) as refused:
        play(path)

    assert [(f.code, f.line) for f in refused.value.faults] == [HEADS[text]]


SLIPS = {
    "when: {submit: idebeskrivelse, by: ingrid, onn: 2026-09-10}": "Did you mean `on`?",
    "when: {extend: {need: G1/idebeskrivelse, too: 2026-09-10}, by: petter}": "Did you mean `to`?",
    "then: {gate: G1, is: redy}": "shut, ready, dormant",
    "then: {gate: G1, is: shut, becuse: [tema]}": "Did you mean `because`?",
    "then: {track: main, is: ended, as: complete}": "Did you mean `completed`?",
    "{mark: here, then: {phase: ide}}": "`then` is a step of its own",
}


@pytest.mark.parametrize("step", SLIPS)
def test_a_word_that_nothing_reads_is_a_fault_with_its_line(tmp_path: Path, step: str) -> None:
    with pytest.raises(errors.DefinitionInvalid) as refused:
        told(tmp_path, step)

    (fault,) = refused.value.faults
    assert SLIPS[step] in str(fault)
    assert fault.line == LITTLE.count("\n") + 1


def test_a_misspelt_word_of_the_head_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(LITTLE.replace("people:", "peple:"), encoding="utf-8")

    with pytest.raises(errors.DefinitionInvalid, match="Did you mean `people`"):
        play(path)


def test_meetings_of_a_calendar_that_nobody_meets_by_are_told_with_their_line(
    tmp_path: Path,
) -> None:
    path = tmp_path / "story.yaml"
    text = LITTLE.replace("meetings: {styringsgruppe", "meetings: {styringsgrupen")
    path.write_text(text, encoding="utf-8")

    (untrue,) = play(path).untrue

    assert "no meeting calendar `styringsgrupen`. Did you mean `styringsgruppe`" in untrue.message
    assert untrue.line == 5


def test_who_is_nobody_is_told_once_and_nothing_that_would_follow(tmp_path: Path) -> None:
    submitted = "when: {submit: idebeskrivelse, by: ingrd}"
    story = told(tmp_path, submitted, submitted, "then: {artefact: idebeskrivelse, is: submitted}")

    (untrue,) = story.untrue
    assert "Did you mean `ingrid`?" in untrue.message
    assert untrue.line == LITTLE.count("\n") + 1


def test_a_stranger_may_be_refused_where_that_is_foretold(tmp_path: Path) -> None:
    story = told(tmp_path, "when: {submit: idebeskrivelse, by: ulla}", "then: {refused: []}")

    assert story.untrue == ()
