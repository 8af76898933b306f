"""F27: running projects move to a new version of the method; what survives, row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from innocities_engine import library
from innocities_engine.domain import commands as k
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.migrated import ProjectMigrated
from innocities_engine.domain.project import PassageStatus
from tests.features.driver import BEGINNING, DEFINITIONS, Play, condition, method

SECOND = method("F27.2")
WRITTEN = (DEFINITIONS / "F27.yaml").read_text(encoding="utf-8")
LATER = BEGINNING + timedelta(days=10)
TERMS = (condition("Ask the neighbours", "lead", date(2026, 10, 20)),)

Changing = Callable[..., Methodology]


@pytest.fixture
def play() -> Play:
    return Play("F27", lead="lena", board="bo bea bim", clerk="kim")


@pytest.fixture
def changed(tmp_path: Path) -> Changing:
    """The first version with some words written otherwise."""

    def written(*changes: tuple[str, str]) -> Methodology:
        text = WRITTEN.replace('version: "1.0.0"', 'version: "1.1.0"')
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        file = tmp_path / "f27.yaml"
        file.write_text(text, encoding="utf-8")
        return library.load(file)

    return written


def gone_on(play: Play) -> Play:
    """In the pilot, with a condition to meet."""
    play.submit("lena", "plan")
    play.do("kim", k.Approve("plan", 1))
    for person in ("bo", "bea"):
        play.do(person, k.Rate("G1", {"clear": "met"}))
    for person in ("bo", "bea"):
        play.decides(person, "G1", "go", written={"promise": TERMS})
    return play


# ---------------------------------------------------------------- what stays


def test_the_project_follows_the_new_version_and_its_history_says_what_maps_to_what(
    play: Play,
) -> None:
    happened = play.moves(SECOND, reason="Simpler")
    [move] = [x for x in happened if isinstance(x, ProjectMigrated)]
    assert (play.project.version, play.project.digest) == ("2.0.0", SECOND.digest)
    assert (move.left, move.reason, move.by) == ("1.0.0", "Simpler", "astrid")
    assert dict(move.renamed) == {
        "artefact/plan": "strategy", "gate/G2": "verdict", "role/clerk": "scribe",
        "need/G1/plan": "G1/strategy", "need/G2/report": "verdict/report",
        "outcome/G2/go": "verdict/go", "outcome/G2/stop": "verdict/stop",
    }  # fmt: skip
    assert play.project.migrations[-1].version == "2.0.0"


def test_papers_and_approvals_stay_also_under_another_name_and_where_nobody_asks_any_more(
    play: Play,
) -> None:
    play.submit("lena", "plan")
    play.do("kim", k.Approve("plan", 1))
    play.submit("lena", "sketch")
    play.moves(SECOND)
    assert play.version("strategy") == "approved"
    assert play.version("sketch") == "submitted"
    assert play.needed("strategy") == ["done"]
    assert play.needed("sketch") == []


def test_people_keep_their_roles_also_under_another_name(play: Play) -> None:
    play.moves(SECOND)
    assert play.project.members["scribe"] == ("kim",)
    play.submit("lena", "strategy")
    play.do("kim", k.Approve("strategy", 1))


def test_what_the_new_version_asks_beyond_it_opens_and_what_it_does_not_ask_is_gone(
    play: Play,
) -> None:
    happened = play.moves(SECOND)
    [move] = [x for x in happened if isinstance(x, ProjectMigrated)]
    assert play.needed("budget") == ["open"]
    assert "need/G1/sketch" in move.lost
    assert play.shut_by("G1") == {
        "need_open budget", "need_open strategy",
        "criterion_unrated clear", "criterion_unrated fair",
    }  # fmt: skip


def test_a_verdict_stays_a_new_criterion_is_unrated_and_another_scale_voids(play: Play) -> None:
    for person in ("bo", "bea"):
        play.do(person, k.Rate("G1", {"clear": "met", "useful": "met"}))
    play.moves(SECOND)
    told = {v.subject for v in play.project.voices.values()}
    assert told == {"G1#1/clear"}
    assert play.shut_by("G1") >= {"criterion_unrated fair"}
    assert "criterion_unrated clear" not in play.shut_by("G1")


def test_an_advice_stays_with_whoever_gave_it(play: Play) -> None:
    play.do("kim", k.Advise("G1", "view", "yes"))
    play.moves(SECOND)
    [voice] = play.project.voices.values()
    assert (voice.subject, voice.role, voice.value) == ("G1#1/view", "scribe", "yes")


def test_votes_at_a_gate_that_was_changed_fall_and_at_others_stay(
    play: Play, changed: Changing
) -> None:
    play.submit("lena", "plan")
    play.do("kim", k.Approve("plan", 1))
    for person in ("bo", "bea"):
        play.do(person, k.Rate("G1", {"clear": "met"}))
    play.decides("bo", "G1", "go", written={"promise": TERMS})
    given = play.project.voices
    play.moves(changed(("{en: Pilot}", "{en: Test}")))
    assert play.project.voices == given
    dry = "title: {en: Choice}\n    when: {fact: rain, known: false}\n    in: idea"
    play.moves(changed(("title: {en: Choice}\n    in: idea", dry)))
    assert not [v for v in play.project.voices.values() if v.kind == "decision"]


def test_answers_stay_and_one_the_new_version_does_not_know_is_no_answer(
    play: Play, changed: Changing
) -> None:
    play.do("lena", k.AnswerFact("size", "small"))
    play.moves(SECOND)
    assert play.project.facts["size"].value == "small"
    play.do("lena", k.AnswerFact("size", "large"))
    play.moves(changed(("[small, large, huge]", "[small, huge]")))
    assert play.project.facts == {}


# ---------------------------------------------------------------- what was passed, and what is owed


def test_what_was_passed_stays_passed_also_where_more_is_asked_there_now(
    play: Play, changed: Changing
) -> None:
    gone_on(play).on(date(2026, 9, 30))
    assert play.phase() == "pilot"
    play.moves(
        changed(
            ("      sketch: {due: 40", "      extra: {do: {en: Extra}}\n      sketch: {due: 40")
        )
    )
    assert play.phase() == "pilot"
    assert play.instances("G1") == ["settled"]
    assert play.needed("extra") == []


def test_what_is_retroactive_is_asked_again_where_the_gate_stands(
    play: Play, changed: Changing
) -> None:
    gone_on(play).on(date(2026, 9, 30))
    stricter = changed(
        ("      sketch: {due: 40", "      extra: {do: {en: Extra}}\n      sketch: {due: 40")
    )
    play.moves(stricter, retroactive=("G1",))
    assert play.phase() == "idea"
    assert play.instances("G1") == ["settled", "open"]
    assert play.project.passages["G1#1"].void
    assert "need_open extra" in play.shut_by("G1")
    assert "need_open plan" not in play.shut_by("G1")


def test_a_condition_keeps_its_text_and_its_day(play: Play, changed: Changing) -> None:
    gone_on(play)
    later = changed(("due: 8 weeks after decision", "due: 2 weeks after decision"))
    play.moves(later, "restart")
    need = play.need("promise")
    assert (need.text, play.due("promise")) == ("Ask the neighbours", date(2026, 10, 20))


def test_a_condition_that_has_no_place_lapses_only_if_somebody_says_so(
    play: Play, changed: Changing
) -> None:
    gone_on(play)
    without = changed(
        (
            "          promise: {written: {at_least: 1}, due: 8 weeks after decision, blocks: next}\n",
            "",
        )
    )
    assert refused(play, without) == {"migration_choice condition/G1/promise"}
    play.moves(without, choices={"condition/G1/promise": "lapse"})
    assert play.needed("promise") == []


def test_an_exemption_from_what_is_asked_otherwise_now_is_confirmed_or_asked_again(
    play: Play,
) -> None:
    play.do("bo", k.Waive("idea/walk", "We know the streets"))
    assert refused(play, SECOND) == {"migration_choice waiver/idea/walk"}
    play.moves(SECOND, choices={"waiver/idea/walk": "keep"})
    assert play.needed("walk") == ["waived"]


def test_an_exemption_that_does_not_hold_any_more_is_asked_again(play: Play) -> None:
    play.do("bo", k.Waive("idea/walk", "We know the streets"))
    play.moves(SECOND, choices={"waiver/idea/walk": "ask"})
    assert play.needed("walk") == ["open"]


# ---------------------------------------------------------------- where it stands


def test_who_stands_in_a_phase_that_is_gone_says_where_it_is_to_stand(play: Play) -> None:
    gone_on(play).on(date(2026, 9, 30))
    told = refused(play, SECOND)
    assert told == {"migration_choice phase/pilot"}
    assert refused(play, SECOND, choices={"phase/pilot": "nowhere"}) == told
    play.moves(SECOND, choices={"phase/pilot": "trial"})
    assert play.phase() == "trial"
    assert play.instances("verdict") == ["open"]


def test_a_choice_nobody_asked_for_is_refused(play: Play) -> None:
    told = refused(play, SECOND, choices={"phase/work": "trial"})
    assert told == {"migration_no_choice phase/work"}


def test_a_decision_that_waits_has_to_be_there_in_the_new_version(
    play: Play, changed: Changing
) -> None:
    gone_on(play)
    assert play.track() == "moving"
    assert "migration_pending G1" in refused(
        play, changed(("      go:\n        to: pilot", "      on:\n        to: pilot"))
    )
    play.moves(changed(("{en: Pilot}", "{en: Test}")))
    play.on(date(2026, 9, 30))
    assert play.phase() == "pilot"


def test_a_period_that_runs_is_neither_shortened_nor_cut_off(play: Play, changed: Changing) -> None:
    gone_on(play)
    wait = "          appeal: {done: {passed: 3 statutory weeks after decision}, blocks: move}\n"
    shorter = changed(("passed: 3 statutory weeks", "passed: 2 statutory weeks"))
    assert refused(play, shorter) == {"migration_wait G1/appeal#1d1"}
    without = changed((wait, ""))
    assert "migration_wait G1/appeal#1d1" in refused(play, without)
    play.on(date(2026, 9, 30))
    play.moves(shorter)


def test_what_waits_to_take_effect_cannot_be_asked_again(play: Play, changed: Changing) -> None:
    gone_on(play)
    told = refused(play, changed(("{en: Pilot}", "{en: Test}")), retroactive=("G1",))
    assert told == {"migration_pending G1"}


def test_a_hold_goes_on_and_its_gate_has_to_be_there(play: Play, changed: Changing) -> None:
    for person in ("bo", "bea"):
        play.decides(person, "G1", "hold", review_on=date(2026, 10, 15))
    assert play.track() == "held"
    renamed = changed(("  G1:\n", "  G0:\n    was: G1\n"))
    forgotten = changed(("  G1:\n", "  G0:\n"))
    assert "migration_held G1" in refused(play, forgotten, choices={"gate/G1": "leave"})
    play.moves(renamed)
    assert (play.track(), play.project.tracks["idea"].held_by) == ("held", "G0#1")


def test_an_open_gate_that_is_gone_is_left_undecided_only_if_somebody_says_so(
    play: Play, changed: Changing
) -> None:
    other = changed(("  G1:\n", "  G0:\n"))
    assert refused(play, other) == {"migration_choice gate/G1"}
    play.moves(other, choices={"gate/G1": "leave"})
    assert play.instances("G0") == ["open"]
    assert play.instances("G1") == []


def test_a_project_that_is_over_or_there_already_does_not_move(play: Play) -> None:
    assert refused(play, method("F27")) == {"migrated_already p1"}
    for person in ("bo", "bea"):
        play.decides(person, "G1", "stop")
    assert refused(play, SECOND) == {"migration_over p1"}


# ---------------------------------------------------------------- running deadlines


@pytest.mark.parametrize(
    ("policy", "plan"),
    [
        ("keep", BEGINNING + timedelta(days=20)),
        ("remaining", BEGINNING + timedelta(days=30)),
        ("restart", LATER + timedelta(days=30)),
    ],
)
def test_running_deadlines_follow_the_policy(
    play: Play, changed: Changing, policy: str, plan: date
) -> None:
    play.on(LATER)
    play.moves(changed(("plan: {due: 20 days", "plan: {due: 30 days")), policy)
    assert play.due("plan") == plan
    assert play.due("reply") == BEGINNING + timedelta(weeks=4)  # a law sets it


@pytest.mark.parametrize("policy", ["keep", "remaining", "restart"])
def test_a_day_that_is_new_leaves_five_working_days(
    play: Play, changed: Changing, policy: str
) -> None:
    friday = date(2026, 9, 18)
    play.on(friday)
    more = (
        "      sketch: {due: 40",
        "      extra: {do: {en: Extra}, due: 1 day after entry}\n      sketch: {due: 40",
    )
    play.moves(changed(more, ("plan: {due: 20 days", "plan: {due: 1 day")), policy)
    a_week_on = friday + timedelta(weeks=1)
    assert play.due("extra") == a_week_on
    assert play.due("plan") == (BEGINNING + timedelta(days=20) if policy == "keep" else a_week_on)


def test_a_day_that_stays_is_left_alone_also_where_it_has_passed(
    play: Play, changed: Changing
) -> None:
    play.on(date(2026, 10, 30))
    play.moves(changed(("{en: Pilot}", "{en: Test}")), "remaining")
    assert play.due("plan") == BEGINNING + timedelta(days=20)


def test_a_hold_moves_a_day_that_was_set_by_a_move(play: Play, changed: Changing) -> None:
    play.on(LATER)
    play.moves(changed(("plan: {due: 20 days", "plan: {due: 30 days")), "restart")
    for person in ("bo", "bea"):
        play.decides(person, "G1", "hold", review_on=date(2026, 10, 1))
    play.on(LATER + timedelta(days=7))
    play.do("bo", k.Resume())
    assert play.due("plan") == LATER + timedelta(days=37)


def test_who_was_reminded_is_not_reminded_again_of_the_same_day(play: Play) -> None:
    play.on(BEGINNING + timedelta(days=16))
    before = dict(play.project.raised)
    assert [key for key in before if key.startswith("G1/plan")]
    play.moves(SECOND)
    play.on(BEGINNING + timedelta(days=17))
    raised = {key: at for key, at in play.project.raised.items() if "strategy" in key}
    assert list(raised.values()) == [at for key, at in before.items() if "plan" in key]


def test_what_is_asked_anew_after_the_move_is_due_as_the_version_has_it(
    play: Play, changed: Changing
) -> None:
    play.on(LATER)
    play.moves(changed(("plan: {due: 20 days", "plan: {due: 30 days")), "keep")
    play.do("bo", k.Extend("G1/plan", date(2026, 12, 1), "Summer"))
    assert play.due("plan") == date(2026, 12, 1)


# ---------------------------------------------------------------- and back


def test_a_move_that_is_taken_back_leaves_the_project_as_it_was(play: Play) -> None:
    play.do("lena", k.AnswerFact("size", "huge"))
    before = play.project
    play.moves(SECOND)
    back = k.UndoMigration("Too soon", k.Annulled("c", 1, before))
    play.moves_back(method("F27"), back)
    assert replace(play.project, migrations=(), as_of=None) == replace(before, as_of=None)
    assert play.project.migrations[-1].undone is not None
    assert play.project.open_passage("G1").status is PassageStatus.OPEN  # type: ignore[union-attr]


def test_what_somebody_has_done_since_keeps_a_move_from_being_taken_back(play: Play) -> None:
    before = play.project
    play.moves(SECOND)
    since = (k.Since("Submit", "lena", play.now),)
    back = k.UndoMigration("Too soon", k.Annulled("c", 1, before, since))
    assert refused(play, method("F27"), back) == {"rests_on_move p1"}


def refused(
    play: Play, to: Methodology, command: k.Command | None = None, **how: object
) -> set[str]:
    """Why the project does not move."""
    before = play.inputs
    play.inputs = replace(before, arrival=k.Arrival(to, before))
    move = k.Migrate(to.id, to.version, "keep", **how)  # type: ignore[arg-type]
    try:
        return play.refused("astrid", command or move)
    finally:
        play.inputs = before
