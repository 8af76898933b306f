"""What is written down for a body, and what votes rest on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innocities_engine import errors
from innocities_engine.domain.commands import (
    Accept,
    Advise,
    Approve,
    Assign,
    Decide,
    DeclareConflict,
    Present,
    Substitution,
    TickOff,
    Withdraw,
)
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.people import Seat, sitting
from innocities_engine.domain.project import Proposal, Recorded, VoiceKind
from tests.features.driver import BEGINNING, Play, condition, decision

AUTUMN = (date(2026, 9, 1), date(2026, 12, 31))
BOARD = ("jan", "kari", "lise", "mona")


def a_play(*substitutions: Substitution) -> Play:
    play = Play(
        "board", lead="astrid", clerk="siv", board=" ".join(BOARD), panel="per pia",
        substitutions=substitutions,
    )  # fmt: skip
    play.submit("astrid", "plan")
    return play


def minutes(*present: str, **more: object) -> Recorded:
    return Recorded("siv", present, minutes="9/26", **more)  # type: ignore[arg-type]


def refused(play: Play, *present: str, **more: object) -> set[str]:
    return play.refused("siv", decision("G1", "go", recorded=minutes(*present, **more)))


# ---------------------------------------------------------------- who was there


def test_minutes_count_only_with_as_many_present_as_the_quorum_asks() -> None:
    play = a_play()
    assert refused(play) == {"too_few_present board"}
    assert refused(play, "jan", "kari") == {"too_few_present board"}
    play.decides("siv", "G1", "go", recorded=minutes("jan", "kari", "lise"))
    assert play.phase() == "second"


def test_nobody_is_counted_who_has_no_seat() -> None:
    play = a_play()
    found = {"too_few_present board", "no_seat astrid", "no_seat stranger"}
    assert refused(play, "jan", "kari", "astrid", "stranger") == found


def test_the_same_name_twice_is_one_person() -> None:
    assert refused(a_play(), "jan", "jan", "kari") == {"too_few_present board"}


def test_who_has_stepped_aside_is_not_counted_as_present() -> None:
    play = a_play()
    play.do("lise", DeclareConflict("G1"))
    assert refused(play, "jan", "kari", "lise") == {"no_seat lise"}
    play.decides("siv", "G1", "go", recorded=minutes("jan", "kari"))
    assert play.phase() == "second"


def test_a_substitute_takes_one_seat_and_not_one_beside_the_member() -> None:
    both = [Substitution(member, "siri", *AUTUMN) for member in ("jan", "kari")]
    play = a_play(*both)
    assert refused(play, "siri", "lise") == {"too_few_present board"}
    assert refused(play, "siri", "jan", "kari") == {"too_few_present board", "no_seat kari"}
    play.decides("siv", "G1", "go", recorded=minutes("siri", "lise", "mona"))
    assert play.phase() == "second"


@given(
    st.lists(st.sets(st.sampled_from("abcdef"), min_size=1), max_size=4),
    st.lists(st.sampled_from("abcdef"), max_size=6),
)
def test_as_many_are_seated_as_can_sit_down_at_once(
    able: list[set[str]], present: list[str]
) -> None:
    seats = [Seat("board", f"seat{n}", tuple(sorted(who))) for n, who in enumerate(able)]

    def most(chairs: list[set[str]], people: frozenset[str]) -> int:
        if not chairs:
            return 0
        sits = (1 + most(chairs[1:], people - {p}) for p in chairs[0] & people)
        return max([most(chairs[1:], people), *sits])

    assert len(sitting(seats, present)) == most(able, frozenset(present))


# ---------------------------------------------------------------- when, and how they voted


@pytest.mark.parametrize("days", [-1, 1])
def test_a_session_was_neither_before_the_project_nor_is_it_still_to_come(days: int) -> None:
    day = BEGINNING + timedelta(days)
    assert refused(a_play(), *BOARD, on=day) == {f"bad_session {day}"}


def test_a_result_may_be_written_down_late_but_not_from_before_the_last_decision() -> None:
    play = a_play().on(BEGINNING + timedelta(10))
    week = BEGINNING + timedelta(7)
    play.decides("siv", "G1", "rework", reason="More", recorded=minutes(*BOARD, on=week))
    earlier = week - timedelta(1)
    assert refused(play, *BOARD, on=earlier) == {f"bad_session {earlier}"}
    play.decides("siv", "G1", "go", recorded=minutes(*BOARD, on=week))
    assert play.phase() == "second"


def test_nothing_was_given_at_a_gate_before_the_session_that_led_to_it() -> None:
    """It may be written down late, so the day of that session counts, not when it was recorded."""
    play = a_play().on(BEGINNING + timedelta(10))
    week, before = BEGINNING + timedelta(7), BEGINNING + timedelta(6)
    play.decides("siv", "G1", "go", recorded=minutes(*BOARD, on=week))
    for by, there, command in (
        ("siv", BOARD, lambda r: Advise("G2", "heard", "done", recorded=r)),
        ("per", ("per", "pia"), lambda r: decision("G2", "done", recorded=r)),
    ):
        too_early = Recorded(by, there, minutes="9/26", on=before)
        assert play.refused(by, command(too_early)) == {f"bad_session {before}"}
        play.do(by, command(replace(too_early, on=week)))
    assert play.track() == "completed"


def test_no_body_decides_or_advises_on_what_came_after_its_session() -> None:
    """Whose day it was is reckoned where the organisation is: near midnight it is another one."""
    play = a_play().on(BEGINNING + timedelta(10))
    met, came = BEGINNING + timedelta(8), BEGINNING + timedelta(9)
    play.now = datetime.combine(met, time(23, 30), UTC)  # half past one the day after, in Oslo
    play.submit("astrid", "plan")
    with pytest.raises(errors.Refused) as refusal:
        play.decides("siv", "G1", "go", recorded=minutes(*BOARD, on=met))
    days = {"handed_in": came.isoformat(), "session": met.isoformat()}
    assert refusal.value.blockers == (Blocker("paper_later", "plan", {"version": "2"} | days),)
    play.decides("siv", "G1", "rework", reason="More", recorded=minutes(*BOARD, on=came))
    play.on(BEGINNING + timedelta(12)).decides(
        "siv", "G1", "go", recorded=minutes(*BOARD, on=BEGINNING + timedelta(11))
    )
    play.on(BEGINNING + timedelta(14)).submit("astrid", "plan")
    given = Advise("G2", "heard", "done", recorded=minutes(*BOARD, on=BEGINNING + timedelta(13)))
    assert play.refused("siv", given) == {"paper_later plan"}


def test_what_a_body_had_read_all_the_same_is_said_and_stands_with_both_names() -> None:
    """It may have lain on the table before somebody handed it in here."""
    play = a_play().on(BEGINNING + timedelta(10))
    play.submit("astrid", "plan")
    given = decision("G1", "go", recorded=minutes(*BOARD, on=BEGINNING + timedelta(8)))
    with pytest.raises(errors.Conflict):
        play.do("siv", replace(given, papers={"plan": 1}))
    play.do("siv", replace(given, papers={"plan": 2}))
    taken = play.project.decisions[-1]
    assert taken.recorded is not None
    assert (taken.recorded.by, taken.by, taken.recorded.papers) == ("siv", BOARD, {"plan": 2})


def test_a_body_approves_what_came_after_its_session_only_if_that_version_is_named() -> None:
    play = a_play().on(BEGINNING + timedelta(10))
    play.submit("astrid", "plan")
    given = Approve("plan", recorded=minutes(*BOARD, on=BEGINNING + timedelta(8)))
    assert play.refused("siv", given) == {"paper_later plan"}
    play.do("siv", replace(given, version=2))
    assert play.version("plan") == "approved"
    [said] = [v.recorded for v in play.project.voices.values() if v.subject == "plan@2"]
    assert said is not None
    assert said.papers == {"plan": 2}


def test_papers_that_were_presented_before_the_session_carry_it_whatever_came_since() -> None:
    play = a_play()
    play.do("astrid", Present("G1"))
    play.on(BEGINNING + timedelta(10)).submit("astrid", "plan")
    play.decides("siv", "G1", "go", recorded=minutes(*BOARD, on=BEGINNING + timedelta(8)))
    assert play.project.decisions[-1].versions == {"plan": 1}
    assert play.project.decisions[-1].recorded == minutes(*BOARD, on=BEGINNING + timedelta(8))


def test_no_more_votes_are_counted_than_people_were_there() -> None:
    votes = {"for": 3, "against": 1}
    assert refused(a_play(), *BOARD[:3], votes=votes) == {"too_many_votes votes"}


def test_the_record_names_who_wrote_it_down_whatever_the_command_says() -> None:
    play = a_play()
    play.decides("siv", "G1", "go", recorded=Recorded("jan", BOARD))
    taken = play.project.decisions[-1]
    assert taken.recorded is not None
    assert taken.recorded.by == "siv"


def test_whoever_has_stepped_aside_confirms_nothing_as_the_recorder_of_the_body_either() -> None:
    play = a_play()
    play.do("dag", Assign("clerk", ("siv", "jan")))
    play.do("jan", DeclareConflict("G1"))
    terms = {"terms": (condition("Ask them", "jan", date(2026, 10, 1)),)}
    play.decides("siv", "G1", "go_with_conditions", written=terms, recorded=minutes("kari", "lise"))
    play.do("jan", TickOff("terms"))
    assert play.refused("jan", Accept("terms")) == {"not_entitled G1/terms#1d1~1"}
    play.do("siv", Accept("terms"))
    assert play.needed("terms") == ["done"]


# ---------------------------------------------------------------- what votes rest on


def at_the_panel(*substitutions: Substitution) -> Play:
    play = a_play(*substitutions)
    play.decides("siv", "G1", "go", recorded=minutes(*BOARD))
    return play


def votes(play: Play) -> set[str]:
    given = play.project.voices.values()
    return {v.person for v in given if v.kind is VoiceKind.DECISION and v.subject == "G2#1"}


def test_a_vote_falls_when_the_paper_it_rests_on_is_another_one() -> None:
    play = at_the_panel()
    play.decides("per", "G2", "done")
    play.submit("astrid", "plan")
    assert votes(play) == set()
    play.decides("pia", "G2", "done")
    assert play.track() == "running"
    play.decides("per", "G2", "done")
    assert play.track() == "completed"


def test_a_vote_falls_when_its_paper_is_withdrawn() -> None:
    play = at_the_panel()
    play.submit("astrid", "plan")
    play.decides("per", "G2", "done")
    play.do("astrid", Withdraw("plan"))
    assert votes(play) == set()


def test_a_new_version_beside_the_papers_presented_changes_no_vote() -> None:
    play = at_the_panel()
    play.do("astrid", Present("G2"))
    play.decides("per", "G2", "done")
    play.submit("astrid", "plan")
    play.decides("pia", "G2", "done")
    assert play.track() == "completed"
    assert play.project.decisions[-1].versions == {"plan": 1}


# ---------------------------------------------------------------- one person, one voice; one question


def test_a_substitute_of_two_members_in_turn_is_one_voice() -> None:
    first = Substitution("per", "siri", date(2026, 9, 1), date(2026, 9, 10))
    then = Substitution("pia", "siri", date(2026, 9, 5), date(2026, 9, 30))
    again = Substitution("per", "siri", date(2026, 9, 20), date(2026, 9, 30))
    play = at_the_panel(first, then, again)
    play.decides("siri", "G2", "done")
    play.on(date(2026, 9, 15)).decides("siri", "G2", "done")
    play.on(date(2026, 9, 21))
    assert play.track() == "running"
    play.decides("per", "G2", "done")
    assert play.track() == "completed"


def test_an_answer_to_one_asking_of_a_gate_is_none_to_the_next() -> None:
    play = a_play()
    asked = play.passage("G1").asking_key
    again = Decide("G1", Proposal("rework"), "More", minutes(*BOARD), asking_key=asked)
    play.do("siv", again)
    with pytest.raises(errors.AlreadyDecided):
        play.do("siv", again)
    play.decides("siv", "G1", "rework", reason="Still more", recorded=minutes(*BOARD))
    assert [d.asking for d in play.project.decisions] == [1, 2]


# ---------------------------------------------------------------- and afterwards


def both(*there: str) -> Play:
    """The board has decided, by its minutes; the council has not met yet."""
    play = Play(
        "two_bodies", lead="astrid", clerk="siv", secretary="unni", board="jan kari lise",
        council="per pia",
    )  # fmt: skip
    play.decides("siv", "G1", "go", recorded=minutes(*there))
    return play


def met(play: Play) -> str:
    play.decides("unni", "G1", "go", recorded=Recorded("unni", ("per", "pia"), "3/26"))
    return play.phase()


def test_a_result_stands_as_long_as_those_who_were_there_make_up_the_quorum() -> None:
    play = both("jan", "kari", "lise")
    play.do("lise", DeclareConflict("G1"))
    assert met(play) == "second"


def test_a_result_falls_with_whoever_steps_aside_or_leaves_after_the_meeting() -> None:
    aside, gone = both("jan", "kari"), both("jan", "kari")
    aside.do("kari", DeclareConflict("G1"))
    gone.do("admin", Assign("board", ("mona", "nina", "jan")))
    assert met(aside) == met(gone) == "first"

    gone.decides("siv", "G1", "go", recorded=minutes("mona", "nina"))
    assert gone.phase() == "second"


# ---------------------------------------------------------------- of which body


def several() -> Play:
    """Two bodies whose results one clerk writes down; jan sits in both."""
    return Play(
        "three_seats", lead="astrid", clerk="siv", mayor="mona", board="jan kari lise",
        council="jan pia",
    )  # fmt: skip


def of(*present: str, body: str = "", on: date | None = None) -> Recorded:
    return Recorded("siv", present, f"{len(present)}/26", on=on, body=body)


def test_minutes_are_of_the_body_in_which_all_have_a_seat_who_were_there() -> None:
    play = several()
    play.decides("siv", "G1", "go", recorded=of("jan", "kari"))
    play.decides("siv", "G1", "go", recorded=of("jan", "pia"))
    assert play.phase() == "first"
    play.decides("mona", "G1", "go")
    assert play.phase() == "second"
    taken = play.project.decisions[-1]
    assert [(m.body, m.minutes, m.present) for m in taken.minutes] == [
        ("board", "2/26", ("jan", "kari")),
        ("council", "2/26", ("jan", "pia")),
    ]
    assert set(taken.by) == {"jan", "kari", "pia", "mona"}


def test_it_is_asked_whose_minutes_they_are_where_that_does_not_tell() -> None:
    play = several()
    assert play.refused("siv", decision("G1", "go", recorded=of("jan"))) == {"which_body board"}
    mixed = decision("G1", "go", recorded=of("kari", "lise", "pia"))
    assert play.refused("siv", mixed) == {"which_body board"}
    named = decision("G1", "go", recorded=of("kari", "lise", "pia", body="board"))
    assert play.refused("siv", named) == {"no_seat pia"}


def test_nobody_writes_down_for_a_body_that_is_not_asked() -> None:
    wrong = decision("G1", "go", recorded=of("jan", "kari", body="mayor"))
    assert several().refused("siv", wrong) == {"not_entitled G1"}


def test_one_body_named_decides_where_any_of_two_may() -> None:
    play = several()
    for body, present in (("board", ("jan", "kari")), ("council", ("jan", "pia"))):
        play.decides("siv", "G1", "go", recorded=of(*present, body=body))
    play.decides("mona", "G1", "go")
    play.decides("siv", "G2", "done", recorded=of("jan", "pia", body="council"))
    assert play.track() == "completed"
    assert [m.body for m in play.project.decisions[-1].minutes] == ["council"]


def test_a_decision_of_several_bodies_is_of_the_day_when_the_last_of_them_met() -> None:
    play = several().on(date(2026, 9, 20))
    play.decides("mona", "G1", "go")
    later, earlier = date(2026, 9, 18), date(2026, 9, 10)
    play.decides("siv", "G1", "go", recorded=of("jan", "kari", on=later))
    play.decides("siv", "G1", "go", recorded=of("jan", "pia", on=earlier))
    assert play.phase() == "second"
    assert play.due("follow") == later + timedelta(10)
