"""Who speaks, for whom, and what it amounts to: votes, verdicts, advice, approvals."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.oracle import Substitute
from tests.oracle.play import Play, phases

BOARD = ["bo", "bea", "bin"]


def method(by: Any, gate: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """One gate that the test says who decides."""
    definition: dict[str, Any] = {
        "roles": {
            "board": {"kind": "body", "records": "clerk"},
            "clerk": {},
            "lead": {"leads": True},
            "expert": {},
        },
        "facts": {"cost": {"type": "money"}, "wide": {"type": "yes_no"}},
        "artefacts": {"plan": {"by": "lead"}},
        "phases": phases("idea"),
        "gates": {
            "G": {
                "in": "idea",
                "decides": {"by": by},
                "outcomes": {
                    "go": {"end": "completed"},
                    "rework": {"again": "unmet"},
                    "pause": {"hold": "30 days"},
                    "stop": {"end": "stopped"},
                },
            }
            | (gate or {}),
        },
    }
    return definition | more


def play(by: Any, gate: dict[str, Any] | None = None, **more: Any) -> Play:
    calendar = {"substitutes": more.pop("substitutes", ())}
    p = Play(method(by, gate, **more), **calendar)
    return p.start(board=BOARD, clerk=["kim"], lead=["lise"], expert=["eli"])


def board(quorum: str = "majority", **more: Any) -> dict[str, Any]:
    return {"role": "board", "quorum": quorum} | more


def vote(p: Play, person: str, outcome: str = "go", **more: Any) -> str | set[str]:
    return p.does(person, "decide", gate="G", outcome=outcome, **more)


def decided(p: Play) -> bool:
    return p.gate("G")[0][0] != "open"


# Quorums


def test_a_decision_is_taken_when_the_quorum_has_said_the_same() -> None:
    for quorum, needed in (
        ("one", 1), ("majority", 2), ("2", 2), ("all", 3), ("34 percent", 2), ("33 percent", 1),
    ):  # fmt: skip
        p = play(board(quorum))
        votes = 0
        while not decided(p):
            assert vote(p, BOARD[votes]) == "accepted"
            votes += 1
        assert votes == needed, quorum


def test_a_vote_is_on_one_exact_proposal() -> None:
    p = play(board())
    vote(p, "bo", "pause", review="2026-01-20")
    vote(p, "bea", "pause", review="2026-01-21")
    assert p.track("idea")[0] == "running"
    vote(p, "bin", "pause", review="2026-01-21")
    assert p.track("idea")[0] == "held"


def test_a_vote_may_be_changed_and_votes_of_people_who_left_do_not_count() -> None:
    p = play(board())
    vote(p, "bo", "stop")
    vote(p, "bo", "rework")
    vote(p, "bea", "stop")
    assert p.track("idea")[0] == "running"
    p.does("anna", "assign", role="board", members=["bo", "bin", "bob"])
    vote(p, "bin", "stop")
    assert p.track("idea")[0] == "running"
    vote(p, "bob", "stop")
    assert p.track("idea")[0] == "stopped"


def test_each_asks_every_role_with_its_own_quorum_and_any_asks_one() -> None:
    p = play({"each": [board(), "lead"]})
    vote(p, "lise")
    vote(p, "bo")
    assert not decided(p)
    vote(p, "bea")
    assert decided(p)
    q = play({"any": [board(), "lead"]})
    vote(q, "bo")
    assert not decided(q)
    vote(q, "lise")
    assert decided(q)


def test_a_recorder_states_what_a_body_gave_with_those_present() -> None:
    p = play(board())
    assert vote(p, "kim") == {"not_entitled"}
    assert vote(p, "lise", recorded=True, present=BOARD) == {"not_entitled"}
    assert vote(p, "kim", recorded=True, present=["bo", "bin"]) == "accepted"
    assert decided(p)


def test_a_body_without_a_recorder_is_recorded_by_its_members() -> None:
    roles = method("lead")["roles"] | {"board": {"kind": "body"}}
    p = play(board(), roles=roles)
    assert vote(p, "kim", recorded=True, present=BOARD) == {"not_entitled"}
    assert vote(p, "bo", recorded=True, present=BOARD) == "accepted"


def test_no_session_was_before_the_one_that_led_to_the_gate() -> None:
    given = {"recorded": True, "present": BOARD}
    gates = {
        "H": {"in": "trial", "decides": {"by": board()}, "outcomes": {"go": {"end": "completed"}},
              "advises": {"view": {"by": board()}}},
        "B": {"in": "beside", "decides": {"by": board()}, "outcomes": {"go": {"end": "completed"}}},
    }  # fmt: skip
    told = method(board(), {"outcomes": {"go": {"to": "trial"}, "stop": {"end": "stopped"}}})
    told["phases"] |= {"trial": {}, "beside": {"opens": "G"}}
    told["gates"] |= gates
    p = Play(told).start(board=BOARD, clerk=["kim"], lead=["lise"])
    p.on("2026-01-15")
    assert vote(p, "kim", session="2026-01-12", **given) == "accepted"

    def said(day: str) -> list[str | set[str]]:
        heard = p.does("kim", "advise", gate="H", advice="view", value="go", session=day, **given)
        beside = p.does("kim", "decide", gate="B", outcome="go", session=day, **given)
        return [heard, beside]

    assert said("2026-01-11") == [{"bad_session"}, {"bad_session"}]
    assert said("2026-01-12") == ["accepted", "accepted"]


def test_a_body_has_not_read_what_came_after_it_met_unless_that_is_said() -> None:
    told = method(board(), {"needs": {"plan": {"blocks": "none"}}})
    told["gates"]["G"]["advises"] = {"view": {"by": board(), "required": False}}
    p = Play(told).start(board=BOARD, clerk=["kim"], lead=["lise"])
    p.on("2026-01-14").does("lise", "submit", artefact="plan")
    p.on("2026-01-16").does("lise", "submit", artefact="plan")
    given = {"recorded": True, "present": BOARD}

    def hears(day: str, **more: object) -> str | set[str]:
        heard = {"gate": "G", "advice": "view", "value": "go", "session": day}
        return p.does("kim", "advise", **heard, **given, **more)

    for asked in (hears, lambda day, **more: vote(p, "kim", session=day, **given, **more)):
        assert asked("2026-01-15") == {"paper_later"}
        assert asked("2026-01-15", read={"plan": 1}) == {"paper_changed"}
        assert asked("2026-01-15", read={"plan": 2}) == "accepted"
    given |= {"artefact": "plan", "session": "2026-01-15"}
    assert p.does("kim", "approve", **given) == {"paper_later"}
    assert p.does("kim", "approve", **given, version=2) == "accepted"
    given = {"recorded": True, "present": BOARD}
    q = Play(told).start(board=BOARD, clerk=["kim"], lead=["lise"])
    q.on("2026-01-14").does("lise", "submit", artefact="plan")
    assert vote(q, "kim", session="2026-01-14", **given) == "accepted"


# Who is kept out, and who stands in


def test_a_declared_conflict_removes_a_voice_and_lowers_the_majority() -> None:
    p = play(board("all"))
    vote(p, "bo")
    vote(p, "bea")
    assert p.does("bin", "declare_conflict", gate="G") == "accepted"
    assert vote(p, "bin") == {"not_entitled"}
    assert not decided(p)
    vote(p, "bea")
    assert decided(p)


def test_a_conflict_may_make_the_quorum_impossible() -> None:
    p = play(board("3"))
    p.does("bin", "declare_conflict", gate="G")
    assert p.blockers("G") == {("quorum_impossible", "G")}
    assert vote(p, "bo") == {"quorum_impossible"}


def test_an_empty_role_is_told_to_be_filled() -> None:
    p = play("expert")
    p.does("anna", "assign", role="expert", members=[])
    assert p.blockers("G") == {("role_empty", "expert")}


def test_a_substitute_speaks_for_the_seat_in_the_period() -> None:
    period = Substitute("lise", "sam", date(2026, 1, 10), date(2026, 1, 20))
    p = play("lead", substitutes=(period,))
    assert vote(p, "sam", "stop") == {"not_entitled"}
    p.on("2026-01-10")
    p.does("lise", "declare_conflict", gate="G")
    assert vote(p, "lise", "stop") == {"not_entitled"}
    assert vote(p, "sam", "stop") == "accepted"
    assert decided(p)


def test_a_substitute_who_has_a_seat_makes_up_no_second_one() -> None:
    period = Substitute("bo", "bea", date(2026, 1, 1), date(2026, 2, 1))
    p = play(board("2"), substitutes=(period,))
    vote(p, "bea")
    assert not decided(p)


def test_submitters_are_kept_from_deciding_only_where_it_is_written() -> None:
    for excludes, verdict in ((None, "accepted"), (["submitter"], {"not_entitled"})):
        by = {"role": "lead"} | ({"excludes": excludes} if excludes else {})
        p = play(by, {"needs": {"plan": {}}})
        p.does("lise", "submit", artefact="plan")
        assert vote(p, "lise") == verdict


def test_who_decides_may_follow_from_facts_and_is_asked_first() -> None:
    big = {"when": {"fact": "cost", "at_least": 100}, "use": board("one")}
    p = play({"choose": {"big": big, "otherwise": {"use": "lead"}}})
    assert p.blockers("G") == {("answer_first", "cost")}
    assert vote(p, "lise") == {"answer_first"}
    p.does("lise", "answer", fact="cost", value=100)
    assert vote(p, "lise") == {"not_entitled"}
    assert vote(p, "bo") == "accepted"


def test_of_two_alternatives_that_hold_the_one_that_is_over_the_other_wins() -> None:
    big = {"when": {"fact": "cost", "at_least": 100}, "use": "lead"}
    wide = {"when": {"fact": "wide", "is": True}, "use": "expert", "over": ["big"]}
    p = play({"choose": {"big": big, "wide": wide, "otherwise": {"use": "board"}}})
    p.does("lise", "answer", fact="wide", value=True)
    assert p.blockers("G") == set()
    p.does("lise", "answer", fact="cost", value=100)
    assert vote(p, "lise") == {"not_entitled"}
    assert vote(p, "eli") == "accepted"


# Verdicts


def criteria(**specs: dict[str, Any]) -> dict[str, Any]:
    return {"criteria": specs}


def rate(p: Play, person: str, criterion: str, value: str) -> str | set[str]:
    return p.does(person, "rate", gate="G", criterion=criterion, value=value)


def test_a_verdict_is_the_best_value_that_the_quorum_gave_or_bettered() -> None:
    p = play(board(), criteria(clear={"must": "met"}))
    assert rate(p, "eli", "clear", "met") == {"not_entitled"}
    assert rate(p, "bo", "clear", "splendid") == {"wrong_state"}
    rate(p, "bo", "clear", "met")
    assert p.blockers("G") == {("criterion_unrated", "clear")}
    rate(p, "bea", "clear", "partly")
    assert p.blockers("G") == {("criterion_below", "clear")}
    rate(p, "bin", "clear", "met")
    assert p.blockers("G") == set()


def test_of_each_role_the_worst_verdict_stands() -> None:
    who = {"rates": {"by": {"each": ["lead", "expert"]}}}
    p = play("lead", criteria(clear={"must": "partly"}) | who)
    rate(p, "lise", "clear", "met")
    assert p.blockers("G") == {("criterion_unrated", "clear")}
    rate(p, "eli", "clear", "not_met")
    assert p.blockers("G") == {("criterion_below", "clear")}


def test_a_criterion_may_name_its_own_rater_and_exist_only_if() -> None:
    when = {"fact": "wide", "is": True}
    p = play("lead", criteria(clear={"must": "rated", "by": "expert", "when": when}))
    assert p.blockers("G") == {("answer_first", "wide")}
    p.does("lise", "answer", fact="wide", value=True)
    assert p.blockers("G") == {("criterion_unrated", "clear")}
    assert rate(p, "lise", "clear", "not_met") == {"not_entitled"}
    rate(p, "eli", "clear", "not_met")
    assert p.blockers("G") == set()


def test_again_keeps_the_verdicts_that_were_met_and_voids_the_others() -> None:
    p = play("lead", criteria(clear={"must": "partly"}, cheap={"must": "met"}))
    rate(p, "lise", "clear", "partly")
    rate(p, "lise", "cheap", "partly")
    vote(p, "lise", "rework")
    assert p.blockers("G") == {("criterion_unrated", "cheap")}


def test_a_score_is_the_weighted_mean_of_those_who_rated() -> None:
    specs = criteria(clear={"weight": 3}, cheap={"weight": "1"}, free={})
    outcome = {"go": {"end": "completed", "when": {"score": "this", "at_least": "60 percent"}}}
    p = play(board("one"), specs | {"outcomes": outcome})
    assert p.blockers("G") == {("criterion_unrated", "clear"), ("criterion_unrated", "cheap")}
    rate(p, "bo", "clear", "met")
    rate(p, "bea", "clear", "partly")
    rate(p, "bo", "cheap", "not_met")
    assert p.oracle.offered("G", p.now) == []
    rate(p, "bo", "cheap", "partly")
    assert p.oracle.offered("G", p.now) == ["go"]


def test_outcomes_may_depend_on_verdicts() -> None:
    outcomes = {
        "go": {"end": "completed", "when": {"criteria": "all", "is": "met"}},
        "terms": {"end": "completed", "when": {"criteria": ["clear"], "at_least": "partly"}},
        "stop": {"end": "stopped", "when": {"criteria": "any", "is": "not_met"}},
    }
    p = play("lead", criteria(clear={}, cheap={}) | {"outcomes": outcomes})
    rate(p, "lise", "clear", "partly")
    assert p.oracle.offered("G", p.now) == ["terms"]
    rate(p, "lise", "cheap", "not_met")
    assert p.oracle.offered("G", p.now) == ["terms", "stop"]


# Advice


def test_required_advice_blocks_until_the_quorum_agrees_on_a_value() -> None:
    advises = {"first": {"by": board()}, "second": {"by": "expert", "after": "first"}}
    p = play("lead", {"advises": advises})
    assert p.blockers("G") == {("advice_missing", "first"), ("advice_missing", "second")}
    assert p.does("eli", "advise", gate="G", advice="second", value="go") == {"wrong_state"}
    p.does("bo", "advise", gate="G", advice="first", value="go")
    p.does("bea", "advise", gate="G", advice="first", value="stop")
    assert ("advice_missing", "first") in p.blockers("G")
    p.does("bin", "advise", gate="G", advice="first", value="go")
    assert p.does("eli", "advise", gate="G", advice="second", value="go") == "accepted"
    assert p.blockers("G") == set()


def test_advice_may_be_recommended_have_its_own_scale_and_steer_outcomes() -> None:
    advises = {"view": {"by": "expert", "required": "false", "scale": ["yes", "no"]}}
    outcomes = {"go": {"end": "completed", "when": {"advice": "view", "is": "yes"}}}
    p = play("lead", {"advises": advises, "outcomes": outcomes})
    assert p.blockers("G") == {("advice_missing", "view")}
    assert p.does("eli", "advise", gate="G", advice="view", value="go") == {"wrong_state"}
    p.does("eli", "advise", gate="G", advice="view", value="no")
    assert p.blockers("G") == set()
    assert p.oracle.offered("G", p.now) == []


def test_again_voids_advice_and_hold_keeps_it() -> None:
    advises = {"view": {"by": "expert"}}
    p = play("lead", {"advises": advises})
    p.does("eli", "advise", gate="G", advice="view", value="go")
    vote(p, "lise", "pause", review="2026-01-20")
    assert p.blockers("G") == set()
    vote(p, "lise", "rework")
    assert p.blockers("G") == {("advice_missing", "view")}


# Needs that a role brings


def test_a_need_of_the_deciding_role_is_one_or_one_for_each_member_who_gives_a_voice() -> None:
    needs = {"free": {"do": "Declare", "each": "member"}, "room": {"do": "Book", "by": "clerk"}}
    body = {"kind": "body", "records": "clerk", "needs": needs}
    p = play(board(), roles=method("lead")["roles"] | {"board": body})
    assert p.needs("G/free") == ["open"] * 3
    assert p.needs("G/room") == ["open"]
    assert p.does("lise", "tick_off", need="G/free") == {"not_entitled"}
    p.does("kim", "tick_off", need="board/room")
    assert p.blockers("G") == {("need_open", "G/free")}
    assert p.does("bo", "tick_off", need="G/free") == "accepted"
    assert p.does("kim", "tick_off", need="G/free", member="bea") == "accepted"
    assert p.blockers("G") == set()
    assert vote(p, "bin") == {"need_open"}
    p.does("bin", "declare_conflict", gate="G")
    assert p.needs("G/free", status="open") == []
    assert vote(p, "kim", recorded=True, present=["bo", "bea"]) == "accepted"


def test_the_needs_of_a_role_come_and_go_with_who_decides() -> None:
    roles = method("lead")["roles"] | {"board": {"kind": "body", "needs": {"room": {"do": "Book"}}}}
    big = {"when": {"fact": "wide", "is": True}, "use": board("one")}
    p = play({"choose": {"big": big, "otherwise": {"use": "lead"}}}, roles=roles)
    p.does("lise", "answer", fact="wide", value=True)
    assert p.blockers("G") == {("need_open", "G/room")}
    p.does("lise", "answer", fact="wide", value=False)
    assert p.blockers("G") == set()
