"""What decisions open, carry, hold back and cancel, as the oracle reads them."""

from __future__ import annotations

from typing import Any

from tests.oracle.play import Play, phases

STOP = {"end": "stopped"}
TEXT = {"text": "Mend it", "owner": "writer"}


def method(
    outcomes: dict[str, Any], gate: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """A gate with the outcomes of the test before a pilot with a gate of its own."""
    definition: dict[str, Any] = {
        "roles": {"boss": {}, "lead": {"leads": True}, "writer": {}, "owner": {}},
        "facts": {
            "cost": {"type": "money"},
            "wide": {"type": "yes_no"},
            "pace": {"type": "duration", "choices": ["1 month", "2 months"]},
            "appealed": {"type": "date"},
        },
        "artefacts": {"plan": {"by": "writer"}, "grant": {"by": "writer", "approves": "lead"}},
        "phases": phases("idea", "pilot", "roll"),
        "gates": {
            "G1": {"in": "idea", "decides": "boss", "outcomes": {"stop": STOP} | outcomes}
            | (gate or {}),
            "G2": {
                "in": "pilot",
                "decides": "boss",
                "outcomes": {"go": {"to": "roll"}, "back": {"turn": "idea"}, "stop": STOP},
            },
            "G3": {
                "in": "roll",
                "decides": "boss",
                "outcomes": {"go": {"end": "completed"}, "stop": STOP},
            },
        },
    }
    gates = definition["gates"] | more.pop("gates", {})
    return definition | more | {"gates": gates}


def play(outcomes: dict[str, Any], gate: dict[str, Any] | None = None, **more: Any) -> Play:
    p = Play(method(outcomes, gate, **more))
    return p.start(boss=["bo"], lead=["lise"], writer=["vera"])


def go(**needs: Any) -> dict[str, Any]:
    return {"go": {"to": "pilot", "needs": needs}}


# What a decision itself must state


def test_facts_and_roles_of_an_outcome_are_stated_by_the_decision() -> None:
    p = play(go(pace={}, owner={}))
    command: dict[str, Any] = {"gate": "G1", "outcome": "go"}
    assert p.does("bo", "decide", **command) == {"carry_missing"}
    assert p.does("bo", "decide", **command, answers={"pace": "1 month"}) == {"carry_missing"}
    command |= {"appoint": {"owner": ["odd"]}}
    assert p.does("bo", "decide", **command, answers={"pace": "1 year"}) == {"wrong_state"}
    assert p.does("bo", "decide", **command, answers={"pace": "1 month"}) == "accepted"
    assert p.shown()["members"]["owner"] == ["odd"]
    assert p.needs("G1/pace") + p.needs("G1/owner") == ["done", "done"]


def test_an_appointment_must_be_said_each_time_also_if_nothing_changes() -> None:
    p = play(go(owner={}))
    p.does("anna", "assign", role="owner", members=["odd"])
    assert p.does("bo", "decide", gate="G1", outcome="go") == {"carry_missing"}


def test_a_paper_due_with_the_decision_is_attached_to_it() -> None:
    p = play(go(plan={"due": "decision", "status": "signed"}))
    assert p.does("bo", "decide", gate="G1", outcome="go") == {"carry_missing"}
    assert p.does("bo", "decide", gate="G1", outcome="go", attach={"plan": {}}) == "accepted"
    assert p.versions("plan") == ["signed"]
    assert p.needs("G1/plan") == ["done"]


def test_an_outcome_is_offered_only_while_its_when_is_true() -> None:
    p = play({"go": {"to": "pilot", "when": {"fact": "wide", "is": True}}})
    assert p.oracle.offered("G1", p.now) == ["stop"]
    assert p.blockers("G1") == {("answer_first", "wide")}
    assert p.does("bo", "decide", gate="G1", outcome="go") == {"not_offered", "answer_first"}
    p.does("lise", "answer", fact="wide", value="false")
    assert p.blockers("G1") == set()
    assert p.does("bo", "decide", gate="G1", outcome="go") == {"not_offered"}


# Where it leads


def test_of_a_list_the_decision_names_one() -> None:
    p = play({"go": {"to": ["pilot", "roll"]}})
    assert p.does("bo", "decide", gate="G1", outcome="go") == {"carry_missing"}
    assert p.does("bo", "decide", gate="G1", outcome="go", to="idea") == {"carry_missing"}
    assert p.does("bo", "decide", gate="G1", outcome="go", to="roll") == "accepted"
    assert p.track("idea") == ("running", "roll")


def test_of_a_rule_the_facts_name_one_and_are_asked_first() -> None:
    big = {"when": {"fact": "cost", "at_least": "100"}, "use": "pilot"}
    p = play({"go": {"to": {"choose": {"big": big, "otherwise": {"use": "roll"}}}}})
    assert p.blockers("G1") == set()
    assert p.blockers("G1", "go") == {("answer_first", "cost")}
    p.does("lise", "answer", fact="cost", value=99)
    assert p.does("bo", "decide", gate="G1", outcome="go") == "accepted"
    assert p.track("idea") == ("running", "roll")


# Conditions


def test_written_conditions_are_held_to_their_number_and_their_latest_date() -> None:
    p = play(go(terms={"written": {"at_least": 1}, "due": "3 months after decision"}))
    late = {"terms": [TEXT | {"due": "2026-04-06"}]}
    assert p.does("bo", "decide", gate="G1", outcome="go") == {"carry_missing"}
    assert p.does("bo", "decide", gate="G1", outcome="go", conditions=late) == {"wrong_state"}
    kept = {"terms": [TEXT | {"due": "2026-04-05"}]}
    assert p.does("bo", "decide", gate="G1", outcome="go", conditions=kept) == "accepted"
    assert p.due("G1/terms") == "2026-04-05"


def test_a_condition_blocks_the_next_gate_that_moves_on_until_the_decider_accepts() -> None:
    seen = {"in": "pilot", "decides": "boss", "outcomes": {"seen": {}}}
    terms = {"written": {}, "due": "3 months after decision", "blocks": "next"}
    p = play(go(terms=terms), gates={"look": seen})
    p.does("bo", "decide", gate="G1", outcome="go", conditions={"terms": [TEXT]})
    assert p.blockers("G2") == {("need_open", "G1/terms")}
    assert p.blockers("look") == set()
    assert p.does("zoe", "tick_off", need="G1/terms") == {"not_entitled"}
    p.does("vera", "tick_off", need="G1/terms")
    assert p.blockers("G2") == {("need_open", "G1/terms")}
    assert p.does("vera", "accept", need="G1/terms") == {"not_entitled"}
    p.does("bo", "accept", need="G1/terms")
    assert p.blockers("G2") == set()


def test_after_a_turn_a_condition_holds_the_gate_reached_first() -> None:
    p = play(go(terms={"written": {}, "blocks": "next"}))
    said = {"terms": [TEXT | {"due": "2026-03-02"}]}
    p.does("bo", "decide", gate="G1", outcome="go", conditions=said)
    p.does("bo", "decide", gate="G2", outcome="back")
    assert p.blockers("G1") == {("need_open", "G1/terms")}


def test_a_criterion_at_a_verdict_asks_for_a_condition_of_its_own() -> None:
    criteria = {"clear": {"must": "partly"}, "cheap": {"must": "partly"}}
    p = play(go(terms={"written": {"at_least": 0, "for": "partly"}}), {"criteria": criteria})
    p.does("bo", "rate", gate="G1", criterion="clear", value="partly")
    p.does("bo", "rate", gate="G1", criterion="cheap", value="met")
    assert p.does("bo", "decide", gate="G1", outcome="go") == {"carry_missing"}
    said = {"terms": [TEXT | {"due": "2026-03-02"}]}
    assert p.does("bo", "decide", gate="G1", outcome="go", conditions=said) == "accepted"


def test_conditions_lapse_with_the_track_but_not_those_of_the_ending_decision() -> None:
    p = play({"stop": STOP | {"needs": {"plan": {"due": "1 month after decision"}}}})
    p.does("bo", "decide", gate="G1", outcome="stop")
    assert p.shown()["ended"]
    assert p.needs("G1/plan") == ["open"]
    assert p.does("vera", "submit", artefact="grant") == {"wrong_state"}
    assert p.does("vera", "submit", artefact="plan") == "accepted"
    assert p.needs("G1/plan") == ["done"]


# Carried over


def test_only_the_outcome_that_names_a_need_again_takes_it_along() -> None:
    carried = {"status": "approved", "due": "2026-03-01", "blocks": "G2"} | {"due": "15 March"}
    outcomes = go() | {"terms": {"to": "pilot", "needs": {"grant": carried}}}
    p = play(outcomes, {"needs": {"grant": {"status": "approved"}}})
    p.does("vera", "submit", artefact="grant")
    assert p.does("bo", "decide", gate="G1", outcome="go") == {"need_open"}
    assert p.does("bo", "decide", gate="G1", outcome="terms") == "accepted"
    assert p.needs("G1/grant", outcome=None) == ["carried"]
    assert p.needs("G1/grant", outcome="terms") == ["open"]
    assert p.due("G1/grant") == "2026-03-15"
    assert p.blockers("G2") == {("need_open", "G1/grant")}
    p.does("lise", "approve", artefact="grant")
    assert p.blockers("G2") == set()


def test_a_need_that_is_done_does_not_arise_again_in_the_outcome() -> None:
    outcomes = {"terms": {"to": "pilot", "needs": {"plan": {}}}}
    p = play(outcomes, {"needs": {"plan": {}}})
    p.does("vera", "submit", artefact="plan")
    p.does("bo", "decide", gate="G1", outcome="terms")
    assert p.needs("G1/plan") == ["done"]


def test_a_need_is_carried_only_while_the_outcome_says_so() -> None:
    pending = {"fact": "wide", "is": True}
    outcomes = {"terms": {"to": "pilot", "needs": {"plan": {"when": pending}}}}
    p = play(outcomes, {"needs": {"plan": {}}})
    assert p.blockers("G1", "terms") == {("need_open", "G1/plan"), ("answer_first", "wide")}
    p.does("lise", "answer", fact="wide", value=False)
    assert p.does("bo", "decide", gate="G1", outcome="terms") == {"need_open"}
    p.does("lise", "answer", fact="wide", value=True)
    assert p.does("bo", "decide", gate="G1", outcome="terms") == "accepted"


def test_a_carried_criterion_no_longer_blocks() -> None:
    outcomes = {"terms": {"to": "pilot", "needs": {"clear": {"blocks": "G2"}}}}
    p = play(outcomes, {"criteria": {"clear": {"must": "met"}}})
    assert p.blockers("G1") == {("criterion_unrated", "clear")}
    assert p.does("bo", "decide", gate="G1", outcome="terms") == "accepted"
    assert p.blockers("G2") == {("need_open", "G1/clear")}


def test_a_need_of_an_outcome_counts_only_versions_since_the_decision() -> None:
    p = play(go(plan={"blocks": "next"}))
    p.does("vera", "submit", artefact="plan")
    p.does("bo", "decide", gate="G1", outcome="go")
    assert p.needs("G1/plan") == ["open"]
    p.does("vera", "submit", artefact="plan")
    assert p.needs("G1/plan") == ["done"]
    p.does("vera", "withdraw", artefact="plan")
    assert p.needs("G1/plan") == ["done"]


# Effects that wait


def appeal() -> dict[str, Any]:
    """Needs of the deciding role: minutes, then a wait of three statutory weeks."""
    wait = {
        "all": [{"passed": "3 statutory weeks after minutes"}, {"fact": "appealed", "known": False}]
    }
    return {
        "minutes": {"opens": "decision", "do": "Approve", "by": "lead"},
        "force": {"opens": "minutes", "asks": ["appealed"], "done": wait, "blocks": "move"},
    }


def test_a_move_waits_for_the_last_link_of_a_chain_and_then_happens_by_itself() -> None:
    p = play(go(), roles={"boss": {"needs": appeal()}, "lead": {}, "writer": {}})
    p.does("bo", "decide", gate="G1", outcome="go")
    assert p.track("idea") == ("moving", "idea")
    assert p.gate("G1") == [("decided", "go")]
    assert p.needs("G1/force") == ["dormant"]
    p.does("lise", "tick_off", need="G1/minutes")
    assert p.needs("G1/force") == ["open"]
    p.on("2026-01-26", hour=23)
    assert p.track("idea") == ("moving", "idea")
    p.on("2026-01-27", hour=0)
    assert p.track("idea") == ("running", "pilot")


def test_an_appeal_holds_the_decision_that_it_is_against() -> None:
    p = play(go(), roles={"boss": {"needs": appeal()}, "lead": {}, "writer": {}})
    p.does("bo", "decide", gate="G1", outcome="go")
    p.does("lise", "tick_off", need="G1/minutes")
    p.does("lise", "answer", fact="appealed", value="2026-01-10", need="G1/force")
    p.on("2026-03-01")
    assert p.track("idea") == ("moving", "idea")


def challenge() -> dict[str, Any]:
    """A gate that the lead may raise while the project is in any phase."""
    return {
        "in": "any",
        "opens": {"by": "lead"},
        "blocks": ["move"],
        "decides": "lead",
        "outcomes": {
            "dismiss": {},
            "redo": {"again": {"gate": "G1", "ask": "all"}},
            "away": {"turn": "idea"},
            "stop": STOP,
        },
    }


def moving() -> Play:
    """A decision that waits for an act, with a challenge raised against it."""
    wait = go(sign={"do": "Sign", "by": "writer", "accepts": "writer", "blocks": "move"})
    p = play(wait, gates={"C": challenge()})
    p.does("bo", "decide", gate="G1", outcome="go")
    assert p.does("lise", "raise", gate="C") == "accepted"
    return p


def test_a_challenge_raised_in_time_is_heard_however_late_it_is_decided() -> None:
    p = moving()
    p.does("vera", "tick_off", need="G1/sign")
    p.does("vera", "accept", need="G1/sign")
    assert p.track("idea") == ("moving", "idea")
    p.does("lise", "decide", gate="C", outcome="dismiss")
    assert p.track("idea") == ("running", "pilot")


def test_a_challenge_may_have_the_decision_taken_anew() -> None:
    p = moving()
    assert p.does("lise", "decide", gate="C", outcome="redo") == "accepted"
    assert p.track("idea") == ("running", "idea")
    assert p.gate("G1") == [("open", None)]
    assert p.needs("G1/sign") == ["lapsed"]


def test_a_turn_decided_meanwhile_cancels_the_pending_effect() -> None:
    p = moving()
    p.does("lise", "decide", gate="C", outcome="away")
    assert p.track("idea") == ("running", "idea")
    assert p.gate("G1") == [("lapsed", "go"), ("open", None)]


def test_once_the_effect_has_happened_the_gate_is_not_asked_again() -> None:
    p = play(go(), gates={"C": challenge()})
    p.does("bo", "decide", gate="G1", outcome="go")
    assert p.does("lise", "raise", gate="C") == "accepted"
    assert "redo" not in p.oracle.offered("C", p.now)
    assert p.does("lise", "decide", gate="C", outcome="redo") == {"not_offered"}


# Holding shut


def test_blocks_end_holds_only_the_completion_of_the_track() -> None:
    p = play(go(plan={"blocks": "end"}))
    p.does("bo", "decide", gate="G1", outcome="go")
    assert p.does("bo", "decide", gate="G2", outcome="go") == "accepted"
    assert p.does("bo", "decide", gate="G3", outcome="go") == {"need_open"}
    p.does("vera", "submit", artefact="plan")
    assert p.does("bo", "decide", gate="G3", outcome="go") == "accepted"


def test_an_open_gate_holds_shut_the_gates_it_names() -> None:
    p = play(go(), gates={"C": challenge() | {"blocks": ["G1"]}})
    p.does("lise", "raise", gate="C")
    assert p.blockers("G1") == {("gate_blocks", "C")}
    p.does("lise", "decide", gate="C", outcome="dismiss")
    assert p.blockers("G1") == set()


def test_an_override_passes_over_the_review_and_over_nothing_else() -> None:
    p = play(go(), {"needs": {"plan": {}}})
    assert p.does("anna", "override", gate="G1", outcome="go") == {"not_entitled"}
    assert p.does("bo", "override", gate="G1", outcome="nothing_of_the_kind") == {"not_offered"}
    assert p.does("bo", "override", gate="G1", outcome="go") == "accepted"
    assert p.track("idea") == ("running", "pilot")
    assert p.needs("G1/plan") == ["lapsed"]
