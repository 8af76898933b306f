"""Tracks, phases, gates and their needs, as the oracle reads them."""

from __future__ import annotations

from typing import Any

from tests.oracle.play import Play, phases

STOP = {"end": "stopped"}


def method(needs: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Two phases with one gate each; Bo decides both."""
    definition: dict[str, Any] = {
        "roles": {"boss": {}, "lead": {"leads": "true"}, "writer": {}},
        "facts": {"cost": {"type": "money"}, "wide": {"type": "yes_no"}},
        "artefacts": {"plan": {"by": "writer"}, "report": {"by": "writer", "from": ["plan"]}},
        "phases": phases("idea", "pilot"),
        "gates": {
            "G1": {
                "in": "idea",
                "needs": needs or {},
                "decides": {"by": "boss"},
                "outcomes": {
                    "go": {"to": "pilot"},
                    "rework": {"again": "unmet"},
                    "afresh": {"again": "all"},
                    "stop": STOP,
                },
            },
            "G2": {
                "in": "pilot",
                "decides": "boss",
                "outcomes": {"go": {"end": "completed"}, "back": {"turn": "idea"}, "stop": STOP},
            },
        },
    }
    return definition | more


def play(needs: dict[str, Any] | None = None, **more: Any) -> Play:
    return Play(method(needs, **more)).start(boss=["bo"], lead=["lise"], writer=["vera"])


# Starting and moving


def test_a_project_begins_in_the_first_phase_with_its_gate_open() -> None:
    p = play()
    assert p.track("idea") == ("running", "idea")
    assert p.gate("G1") == [("open", None)]
    assert p.gate("G2") == []


def test_nothing_is_accepted_before_the_start_and_the_start_only_once() -> None:
    p = Play(method())
    assert p.does("vera", "submit", artefact="plan") == {"wrong_state"}
    assert p.start(boss=["bo"]).does("anna", "start") == {"wrong_state"}


def test_the_start_must_fill_the_owners_of_what_the_first_phase_asks() -> None:
    definition = method()
    definition["phases"]["idea"] |= {"needs": {"plan": {}}}
    p = Play(definition)
    assert p.does("anna", "start", members={"boss": ["bo"]}) == {"role_empty"}
    assert p.does("anna", "start", members={"writer": ["vera"]}) == "accepted"


def test_going_on_settles_the_gate_and_enters_the_next_phase() -> None:
    p = play()
    assert p.does("bo", "decide", gate="G1", outcome="go") == "accepted"
    assert p.track("idea") == ("running", "pilot")
    assert p.gate("G1") == [("settled", "go")]
    assert p.gate("G2") == [("open", None)]


def test_completing_the_track_ends_the_project() -> None:
    p = play()
    p.does("bo", "decide", gate="G1", outcome="go")
    p.does("bo", "decide", gate="G2", outcome="go")
    assert p.track("idea")[0] == "completed"
    assert p.shown()["ended"]
    assert p.does("bo", "decide", gate="G2", outcome="go") == {"not_open"}


def test_only_those_asked_may_decide_and_rights_are_told_before_blockers() -> None:
    p = play({"plan": {}})
    assert p.does("vera", "decide", gate="G1", outcome="go") == {"not_entitled"}
    assert p.does("bo", "decide", gate="G1", outcome="go") == {"need_open"}
    assert p.does("bo", "decide", gate="G2", outcome="go") == {"not_open"}
    assert p.does("bo", "decide", gate="G1", outcome="leap") == {"not_offered"}


def test_an_outcome_that_is_not_passing_needs_the_gate_only_open() -> None:
    p = play({"plan": {}})
    assert p.does("bo", "decide", gate="G1", outcome="stop") == "accepted"
    assert p.track("idea")[0] == "stopped"
    assert p.needs("G1/plan") == ["lapsed"]


def test_a_turn_makes_the_gates_on_the_way_dormant_and_asks_them_anew() -> None:
    p = play()
    p.does("bo", "decide", gate="G1", outcome="go")
    p.does("bo", "decide", gate="G2", outcome="back")
    assert p.track("idea") == ("running", "idea")
    assert p.shown()["tracks"]["idea"]["entry"] == 2
    assert p.gate("G1") == [("dormant", "go"), ("open", None)]
    assert p.gate("G2") == [("dormant", "back")]


def test_a_gate_without_an_effect_word_settles_and_the_project_stays() -> None:
    gates = method()["gates"] | {
        "check": {"in": "idea", "decides": "boss", "outcomes": {"seen": {}, "no": STOP}}
    }
    p = play(gates=gates)
    assert p.does("bo", "decide", gate="check", outcome="seen") == "accepted"
    assert p.gate("check") == [("settled", "seen")]
    assert p.track("idea") == ("running", "idea")


def test_the_same_phase_again_is_a_new_entry_with_new_instances() -> None:
    definition = method()
    definition["gates"]["G1"]["outcomes"]["round"] = {"to": "idea"}
    p = Play(definition).start(boss=["bo"])
    p.does("bo", "decide", gate="G1", outcome="round")
    assert p.gate("G1") == [("settled", "round"), ("open", None)]
    assert p.shown()["tracks"]["idea"]["entry"] == 2


# Tracks


def test_a_phase_with_its_own_opens_is_a_track_that_opens_once_and_ends_by_itself() -> None:
    watch = {
        "opens": {"when": {"gate": "G1", "outcome": ["go"]}},
        "done": {"gate": "G2", "outcome": ["go"]},
    }
    p = play(phases=phases("idea", "pilot") | {"watch": watch})
    assert p.track("watch") == ("unopened", None)
    p.does("bo", "decide", gate="G1", outcome="go")
    assert p.track("watch") == ("running", "watch")
    p.does("bo", "decide", gate="G2", outcome="go")
    assert p.track("watch")[0] == "completed"


def test_stopping_the_main_track_stops_every_track_and_completing_it_does_not() -> None:
    watch = {"opens": {"when": {"gate": "G1", "outcome": "go"}}}
    gates = method()["gates"] | {
        "W": {"in": "watch", "decides": "boss", "outcomes": {"done": {"end": "completed"}}}
    }
    more = {"phases": phases("idea", "pilot") | {"watch": watch}, "gates": gates}
    p, q = play(**more), play(**more)
    for one in (p, q):
        one.does("bo", "decide", gate="G1", outcome="go")
    p.does("bo", "decide", gate="G2", outcome="stop")
    assert p.track("watch")[0] == "stopped"
    q.does("bo", "decide", gate="G2", outcome="go")
    assert q.track("watch")[0] == "running"
    assert not q.shown()["ended"]


# Needs of the gate, as things stand


def test_an_artefact_counts_once_it_is_handed_in_and_no_more_when_it_is_withdrawn() -> None:
    p = play({"plan": {}})
    assert p.blockers("G1") == {("need_open", "G1/plan")}
    assert p.does("bo", "submit", artefact="plan") == {"not_entitled"}
    assert p.does("vera", "submit", artefact="plan") == "accepted"
    assert p.blockers("G1") == set()
    assert p.does("vera", "withdraw", artefact="plan") == "accepted"
    assert p.needs("G1/plan") == ["open"]


def test_after_the_decision_a_done_need_stays_done() -> None:
    p = play({"plan": {}})
    p.does("vera", "submit", artefact="plan")
    p.does("bo", "decide", gate="G1", outcome="go")
    p.does("vera", "withdraw", artefact="plan")
    assert p.needs("G1/plan") == ["done"]


def test_a_recommended_need_never_blocks() -> None:
    p = play({"plan": {"required": "false"}})
    assert p.blockers("G1") == set()


def test_an_unknown_when_or_required_is_asked_first_and_blocks() -> None:
    when = {"fact": "wide", "is": "true"}
    for facet in ("when", "required"):
        p = play({"plan": {facet: when}})
        assert p.blockers("G1") == {("answer_first", "wide")}
        assert p.does("lise", "answer", fact="wide", value="false") == "accepted"
        assert p.blockers("G1") == set()
        p.does("lise", "answer", fact="wide", value=True)
        assert p.blockers("G1") == {("need_open", "G1/plan")}


def test_an_unknown_that_would_change_nothing_is_not_asked() -> None:
    p = play({"plan": {"when": {"fact": "wide", "is": "true"}}})
    p.does("vera", "submit", artefact="plan")
    assert p.blockers("G1") == set()
    q = play({"plan": {"when": {"fact": "wide", "is": "true"}, "required": False}})
    assert q.blockers("G1") == set()


def test_a_fact_a_role_and_a_wait_are_judged_as_things_stand() -> None:
    wait = {"done": {"fact": "cost", "at_most": 100}}
    p = play({"cost": {}, "writer": {}, "cheap": wait})
    assert p.blockers("G1") == {("need_open", "G1/cost"), ("need_open", "G1/cheap")}
    p.does("lise", "answer", fact="cost", value="90")
    assert p.blockers("G1") == set()
    p.does("lise", "answer", fact="cost", value="110")
    p.does("anna", "assign", role="writer", members=[])
    assert p.blockers("G1") == {("need_open", "G1/writer"), ("need_open", "G1/cheap")}


def test_an_act_is_ticked_off_by_its_owner_and_confirmed_where_it_says_so() -> None:
    p = play({"call": {"do": "Call", "by": "writer", "accepts": "boss"}})
    assert p.does("bo", "tick_off", need="G1/call") == {"not_entitled"}
    assert p.does("vera", "tick_off", need="G1/call") == "accepted"
    assert p.needs("G1/call") == ["open"]
    assert p.does("vera", "accept", need="G1/call") == {"not_entitled"}
    assert p.does("bo", "accept", need="G1/call") == "accepted"
    assert p.needs("G1/call") == ["done"]


def test_a_need_may_be_waived_only_by_whom_it_names() -> None:
    p = play({"plan": {"waives": "lead"}, "report": {}})
    assert p.does("bo", "waive", need="G1/plan") == {"not_entitled"}
    assert p.does("lise", "waive", need="G1/report") == {"not_entitled"}
    assert p.does("lise", "waive", need="G1/plan") == "accepted"
    assert p.blockers("G1") == {("need_open", "G1/report")}
    assert p.needs("G1/plan") == ["waived"]


def test_a_gate_needs_another_gate_settled_by_a_passing_outcome() -> None:
    gates = method({"check": {}})["gates"] | {
        "check": {"in": "idea", "decides": "boss", "outcomes": {"seen": {}, "no": {"again": "all"}}}
    }
    p = play(gates=gates)
    assert p.blockers("G1") == {("need_open", "G1/check")}
    p.does("bo", "decide", gate="check", outcome="no")
    assert p.blockers("G1") == {("need_open", "G1/check")}
    p.does("bo", "decide", gate="check", outcome="seen")
    assert p.blockers("G1") == set()


def test_a_need_that_blocks_another_need_holds_it_shut() -> None:
    needs = {"first": {"do": "First", "blocks": "second"}, "second": {"do": "Second"}}
    p = play(needs)
    assert p.does("lise", "tick_off", need="G1/second") == {"need_open"}
    p.does("lise", "tick_off", need="G1/first")
    assert p.does("lise", "tick_off", need="G1/second") == "accepted"


def test_a_chain_holds_the_gate_while_its_later_links_are_still_dormant() -> None:
    needs = {
        "ask": {"do": "Ask", "blocks": "none"},
        "wait": {"opens": "ask", "do": "Hear"},
        "later": {"opens": "2 weeks after entry", "do": "Later"},
    }
    p = play(needs)
    assert p.needs("G1/wait") == ["dormant"]
    assert p.blockers("G1") == {("need_open", "G1/wait")}
    p.does("lise", "tick_off", need="G1/ask")
    assert p.needs("G1/wait") == ["open"]
    assert p.does("lise", "tick_off", need="G1/wait") == "accepted"
    assert p.blockers("G1") == set()
    p.on("2026-01-19")
    assert p.blockers("G1") == {("need_open", "G1/later")}


def test_needs_of_a_phase_block_nothing_by_themselves_and_lapse_with_it() -> None:
    stages = phases("idea", "pilot")
    stages["idea"] |= {"needs": {"diary": {"do": "Write"}, "log": {"do": "Log", "blocks": "G1"}}}
    p = play(phases=stages)
    assert p.blockers("G1") == {("need_open", "idea/log")}
    p.does("lise", "tick_off", need="idea/log")
    p.does("bo", "decide", gate="G1", outcome="go")
    assert p.needs("idea/log") == ["done"]
    assert p.needs("idea/diary") == ["lapsed"]


# Asking again


def test_again_unmet_keeps_acts_and_waivers_and_again_all_does_not() -> None:
    needs = {"call": {"do": "Call"}, "plan": {"waives": "lead"}}
    for outcome, statuses in (("rework", ["done", "waived"]), ("afresh", ["open", "open"])):
        p = play(needs)
        p.does("lise", "tick_off", need="G1/call")
        p.does("lise", "waive", need="G1/plan")
        assert p.does("bo", "decide", gate="G1", outcome=outcome) == "accepted"
        assert p.gate("G1") == [("open", None)]
        assert p.needs("G1/call") + p.needs("G1/plan") == statuses


# Versions


def test_only_the_newest_standing_version_counts_for_an_approval() -> None:
    artefacts = {"plan": {"by": "writer", "approves": "lead"}}
    p = play({"plan": {"status": "approved"}}, artefacts=artefacts)
    p.does("vera", "submit", artefact="plan")
    assert p.does("vera", "approve", artefact="plan") == {"not_entitled"}
    assert p.does("lise", "approve", artefact="plan") == "accepted"
    assert p.needs("G1/plan") == ["done"]
    p.does("vera", "submit", artefact="plan")
    assert p.needs("G1/plan") == ["open"]
    p.does("vera", "withdraw", artefact="plan")
    assert p.needs("G1/plan") == ["done"]
    assert p.does("lise", "return", artefact="plan") == "accepted"
    assert p.needs("G1/plan") == ["open"]


def test_whoever_handed_in_a_version_does_not_approve_it_unless_it_is_written() -> None:
    for excludes, verdict in ((None, {"not_entitled"}), ([], "accepted")):
        approves: Any = "writer" if excludes is None else {"role": "writer", "excludes": excludes}
        artefacts = {"plan": {"by": "writer", "approves": approves}}
        p = play({"plan": {"status": "approved"}}, artefacts=artefacts)
        p.does("vera", "submit", artefact="plan")
        assert p.does("vera", "approve", artefact="plan") == verdict


def test_the_passing_decision_signs_and_supersedes_what_shares_the_baseline() -> None:
    definition = method({"report": {"status": "signed"}})
    definition["artefacts"] = {
        "report": {"by": "writer"},
        "plan": {"by": "writer", "replaces": "report"},
    }
    definition["gates"]["G2"]["needs"] = {"plan": {"status": "signed"}}
    p = Play(definition).start(boss=["bo"], writer=["vera"])
    p.does("vera", "submit", artefact="report")
    p.does("bo", "decide", gate="G1", outcome="go")
    assert p.versions("report") == ["signed"]
    assert p.does("vera", "withdraw", artefact="report") == {"wrong_state"}
    p.does("vera", "submit", artefact="plan")
    p.does("bo", "decide", gate="G2", outcome="go")
    assert (p.versions("report"), p.versions("plan")) == (["superseded"], ["signed"])


def test_what_rests_on_something_handed_in_anew_is_stale_and_still_counts() -> None:
    p = play({"report": {}})
    for artefact in ("plan", "report", "plan"):
        p.does("vera", "submit", artefact=artefact)
    assert p.shown()["versions"]["report"] == [{"n": 1, "status": "submitted", "stale": True}]
    assert p.blockers("G1") == set()


def test_answers_in_a_form_are_unknown_again_with_the_next_version() -> None:
    artefacts = {"plan": {"by": "writer", "form": ["cost"]}}
    p = play({"cheap": {"done": {"fact": "cost", "below": "5.5"}}}, artefacts=artefacts)
    assert p.does("lise", "answer", fact="cost", value="1") == {"wrong_state"}
    p.does("vera", "submit", artefact="plan", form={"cost": "5"})
    assert p.needs("G1/cheap") == ["done"]
    p.does("vera", "submit", artefact="plan")
    assert p.needs("G1/cheap") == ["open"]


def test_presented_papers_are_frozen_until_the_presentation_is_taken_back() -> None:
    p = play({"plan": {}})
    assert p.does("lise", "withdraw_presentation", gate="G1") == {"wrong_state"}
    assert p.does("lise", "present", gate="G1") == "accepted"
    p.does("vera", "submit", artefact="plan")
    assert p.needs("G1/plan") == ["done"]
    p.does("lise", "withdraw_presentation", gate="G1")
    p.does("lise", "present", gate="G1")
    p.does("vera", "submit", artefact="plan")
    p.does("vera", "withdraw", artefact="plan", version=1)
    assert p.needs("G1/plan") == ["open"]
    p.does("lise", "withdraw_presentation", gate="G1")
    assert p.needs("G1/plan") == ["done"]
