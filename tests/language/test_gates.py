"""Gates, outcomes, voices, phases and tracks: what they come to, and what cannot be."""

from __future__ import annotations

import pytest

from innocities_engine.domain.definition import AgainRule, Effect, HoldLimit, Starts
from innocities_engine.domain.durations import Duration
from innocities_engine.domain.grammar import AnyWho, RoleWho
from tests.language.support import BASE, GATES, check, with_gate, with_phases

TWO = """\
  a: {title: {en: A}, opens: start}
  b: {title: {en: B}}
"""
TWO_GATES = """\
gates:
  G1:
    title: {en: One}
    in: a
    decides: {by: boss}
    outcomes: {go: {to: b}, stop: {end: stopped}}
  G2:
    title: {en: Two}
    in: b
    decides: {by: boss}
    outcomes: {go: {end: completed}, stop: {end: stopped}}
"""


def outcome(text: str):
    return with_gate(f"outcomes: {{go: {text}, stop: {{end: stopped}}}}")


# ---------------------------------------------------------------- outcomes


@pytest.mark.parametrize(
    ("text", "effect", "passing"),
    [
        ("{to: only}", Effect.TO, True),
        ("{turn: only}", Effect.TURN, False),
        ("{again: unmet}", Effect.AGAIN, False),
        ("{hold: 60 days}", Effect.HOLD, False),
        ("{end: completed}", Effect.END, True),
        ("{end: stopped}", Effect.END, False),
        ("{}", Effect.STAY, True),
    ],
)
def test_an_outcome_has_one_effect_and_passes_or_not(text, effect, passing):
    found = outcome(text).gate().outcomes["go"]

    assert (found.effect, found.passing) == (effect, passing)


def test_the_details_of_an_effect_are_kept():
    assert outcome("{to: [only]}").gate().outcomes["go"].targets == ("only",)
    assert outcome("{again: all}").gate().outcomes["go"].again == AgainRule("all")
    assert outcome("{again: {gate: G1, ask: all}}").gate().outcomes["go"].again == AgainRule(
        "all", "G1"
    )
    assert outcome("{hold: 60 days}").gate().outcomes["go"].hold == HoldLimit(
        Duration.parse("60 days")
    )
    limited = outcome("{hold: {at_most: 2 months, times: 3}}").gate().outcomes["go"].hold
    assert limited == HoldLimit(Duration.parse("2 months"), 3)


def test_a_target_can_be_chosen_by_the_facts():
    text = "{to: {choose: {small: {when: {fact: big, is: false}, use: a}, otherwise: {use: b}}}}"
    gates = TWO_GATES.replace("go: {to: b}", f"go: {text}")
    found = with_phases(TWO, gates).gate().outcomes["go"]

    assert found.targets == ()
    assert found.choose is not None
    assert [way.use for way in found.choose.alternatives] == ["a"]
    assert found.choose.otherwise == "b"


def test_what_an_outcome_starts_and_tells_is_kept():
    found = outcome(
        "{end: completed, tells: [clerk], starts: {m: {in: other, inherits: [paper], at_most: 2}}}"
    )

    assert found.gate().outcomes["go"].tells == ("clerk",)
    assert found.gate().outcomes["go"].starts == (Starts("m", True, ("paper",), 2),)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{to: only, end: completed}", "two-effects"),
        ("{to: onli}", "unknown-name"),
        ("{to: G1}", "unknown-name"),
        ("{to: []}", "wrong-length"),
        ("{to: [only, only]}", "duplicate-entry"),
        ("{turn: nowhere}", "unknown-name"),
        ("{again: some}", "wrong-value"),
        ("{again: {gate: G9}}", "unknown-name"),
        ("{hold: forever}", "wrong-value"),
        ("{hold: pace}", "wrong-value"),
        ("{hold: {times: 2}}", "missing-key"),
        ("{end: done}", "wrong-value"),
        ("{when: true}", "wrong-type"),
        ("{tells: [nobody]}", "unknown-name"),
        ("{starts: {m: {in: elsewhere}}}", "wrong-value"),
        ("{goto: only}", "unknown-key"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused(text, code):
    assert code in outcome(text).codes


def test_what_is_missing_is_told_once():
    assert with_gate("decides: {due: entry}").codes == ["missing-key"]


def test_the_same_key_under_several_outcomes_is_the_same_need():
    same = (
        "outcomes: {a: {end: completed, needs: {paper: {}}}, b: {end: stopped, needs: {paper: {}}}}"
    )
    other = same.replace("needs: {paper: {}}}}", "needs: {paper: {due: 1 day after decision}}}}")

    assert with_gate(same).errors == []
    assert with_gate(other).codes == ["unequal-need"]


def test_a_gate_without_outcomes_is_refused():
    assert "missing-key" in with_gate("outcomes: {}").codes


# ---------------------------------------------------------------- voices, criteria, rounds


def test_advice_is_a_choice_of_the_outcomes_unless_it_has_a_scale():
    found = with_gate(
        "advises: {a: {by: board}, b: {by: clerk, scale: [well, badly], after: a, required: false}}"
    )
    advice = found.gate().advises

    assert (advice["a"].id, advice["a"].scale, advice["a"].required) == (
        "a",
        ("done", "stop"),
        True,
    )
    assert (advice["b"].scale, advice["b"].after, advice["b"].required) == (
        ("well", "badly"),
        "a",
        False,
    )


def test_a_criterion_has_a_scale_best_first_and_blocks_only_if_it_must():
    found = with_gate(
        'criteria: {a: {question: {en: "A?"}}, b: {question: {en: "B?"}, must: partly, '
        "weight: 2, by: clerk}}"
    )
    criteria = found.gate().criteria

    assert (criteria["a"].scale, criteria["a"].must) == (("met", "partly", "not_met"), None)
    assert (criteria["b"].must, criteria["b"].weight, criteria["b"].by) == (
        "partly",
        2,
        RoleWho("clerk"),
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('criteria: {a: {question: {en: "A?"}, must: great}}', "wrong-value"),
        ('criteria: {a: {question: {en: "A?"}, scale: [only_one]}}', "wrong-length"),
        ("criteria: {a: {must: met}}", "missing-key"),
        ("advises: {a: {by: board, after: b}}", "unknown-name"),
        ("advises: {a: {by: board, after: b}, b: {by: clerk, after: a}}", "cyclic-advice"),
        ("advises: {a: {scale: [x, y]}}", "missing-key"),
        ("decides: {due: entry}", "missing-key"),
        ("decides: {by: boss, due: decision}", "never-known"),
        ("rates: {by: nobody}", "unknown-name"),
        ("in: []", "wrong-length"),
        ("in: nowhere", "unknown-name"),
        ("blocks: nothing", "unknown-name"),
        ("opens: 1 week after ready", "rests-on-ready"),
        ("opens: 1 week before meeting", "never-known"),
        ("round: {opens: 1 September, takes: 3, ranks: score, rest: stop}", "never-known"),
        ("round: {opens: 1 September, takes: 3, ranks: cost, rest: done}", "rest-passes"),
        ("round: {opens: 1 September, takes: 3, ranks: cost, rest: later}", "unknown-name"),
        ("round: {opens: 1 September, takes: 0, ranks: cost, rest: stop}", "wrong-value"),
        ("round: {opens: 1 September, takes: many, ranks: cost, rest: stop}", "unknown-name"),
    ],
)
def test_a_gate_that_cannot_be_is_refused(line, code):
    assert code in with_gate(line).codes


def test_a_round_takes_a_number_a_fact_or_a_choice():
    text = (
        "round: {opens: {fall: 1 September, spring: 1 February}, takes: 3, ranks: cost, rest: stop}"
    )
    found = with_gate(text).gate().round

    assert found is not None
    assert (set(found.opens), found.takes, found.ranks, found.rest) == (
        {"fall", "spring"},
        3,
        "cost",
        "stop",
    )


def test_a_scheduled_gate_opens_at_each_of_its_moments():
    opens = (
        with_gate("opens: {at: {a: 6 months after start, b: 15 March}, by: {any: [boss, clerk]}}")
        .gate()
        .opens
    )

    assert opens is not None
    assert set(opens.at) == {"a", "b"}
    assert opens.by == AnyWho((RoleWho("boss"), RoleWho("clerk")))


# ---------------------------------------------------------------- phases and tracks


def test_a_phase_belongs_to_the_track_whose_root_leads_to_it():
    phases = (
        TWO + "  side: {title: {en: Side}, opens: {when: {gate: G1, outcome: [go]}}, done: "
        "{gate: G2, times: 1}}\n"
    )
    method = with_phases(phases, TWO_GATES).good

    assert {p.id: p.track for p in method.phases.values()} == {"a": "a", "b": "a", "side": "side"}
    assert (method.main_root, method.roots) == ("a", ("a", "side"))
    assert [g.track for g in method.gates.values()] == ["a", "a"]


def test_a_gate_in_any_can_be_decided_in_every_phase_of_the_main_track():
    extra = (
        "  X:\n    title: {en: X}\n    in: any\n    opens: {by: boss}\n    decides: {by: "
        "boss}\n    outcomes: {stop: {end: stopped}}\n"
    )
    side = "  side: {title: {en: Side}, opens: start, done: {gate: G2, times: 1}}\n"
    phases = TWO.replace("opens: start", "opens: start, main: true") + side
    gate = with_phases(phases, TWO_GATES + extra).gate("X")

    assert (gate.phases, gate.anywhere, gate.track) == (("a", "b"), True, "a")


@pytest.mark.parametrize(
    ("phases", "code"),
    [
        ("  a: {title: {en: A}}\n  b: {title: {en: B}}\n", "no-main-track"),
        (
            "  a: {title: {en: A}, opens: start}\n  b: {title: {en: B}, opens: start}\n",
            "no-main-track",
        ),
        (
            "  a: {title: {en: A}, opens: start}\n  b: {title: {en: B}, main: true}\n",
            "no-main-track",
        ),
        (TWO + "  c: {title: {en: C}}\n", "phase-unreached"),
        (
            TWO.replace("b: {title: {en: B}", "b: {title: {en: B}, opens: 1 year after start"),
            "phase-in-two-tracks",
        ),
        (TWO + "  c: {title: {en: C}, opens: entry}\n", "never-known"),
        (TWO.replace("opens: start}", "opens: start, expected: soon}"), "wrong-value"),
    ],
)
def test_phases_that_make_no_tracks_are_refused(phases, code):
    assert code in with_phases(phases, TWO_GATES).codes


def test_a_gate_cannot_be_in_two_tracks():
    phases = (
        TWO + "  side: {title: {en: Side}, opens: 1 year after start, done: {gate: G2, times: 1}}\n"
    )

    assert with_phases(phases, TWO_GATES.replace("in: b", "in: [b, side]")).codes == [
        "phase-in-two-tracks"
    ]


def test_every_phase_of_the_main_track_needs_a_way_out_that_is_not_passing():
    gates = TWO_GATES.replace(
        "{go: {end: completed}, stop: {end: stopped}}", "{go: {end: completed}}"
    )
    found = with_phases(TWO, gates)

    assert (found.fault.code, found.fault.path) == ("no-way-out", "phases.b")
    assert with_phases(TWO, gates.replace("{end: completed}", "{again: unmet}")).errors == []


def test_on_other_tracks_a_missing_way_out_is_a_warning():
    extra = (
        "  X:\n    title: {en: X}\n    in: side\n    decides: {by: boss}\n    outcomes: {go: "
        "{end: completed}}\n"
    )
    phases = TWO + "  side: {title: {en: Side}, opens: 1 year after start}\n"
    found = with_phases(phases, TWO_GATES + extra)

    assert (found.errors, found.warned) == ([], ["no-way-out"])


def test_a_turn_ahead_wants_a_reason():
    gates = TWO_GATES.replace("in: a\n", "in: a\n").replace(
        "stop: {end: stopped}}\n  G2", "skip: {turn: b}, stop: {end: stopped}}\n  G2"
    )
    told = with_phases(TWO, gates)

    assert (told.errors, told.warned) == ([], ["turn-ahead"])
    reasoned = gates.replace("{turn: b}", "{turn: b, basis: {kind: sourced, source: R1}}")
    assert with_phases(TWO, reasoned).warned == []


def test_a_turn_back_needs_no_reason():
    gates = TWO_GATES.replace("go: {end: completed}", "go: {end: completed}, back: {turn: a}")

    assert with_phases(TWO, gates).faults == ()


# ---------------------------------------------------------------- ids


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("  clerk: {title: {en: Clerk}}", "  paper: {title: {en: Clerk}}", "duplicate-id"),
        ("  clerk: {title: {en: Clerk}}", "  Paper: {title: {en: Clerk}}", "duplicate-id"),
        ("  clerk: {title: {en: Clerk}}", "  BOSS: {title: {en: Clerk}}", "duplicate-key"),
        ("  clerk: {title: {en: Clerk}}", "  due: {title: {en: Clerk}}", "reserved-id"),
        ("  clerk: {title: {en: Clerk}}", "  Any: {title: {en: Clerk}}", "reserved-id"),
        ("  clerk: {title: {en: Clerk}}", "  march: {title: {en: Clerk}}", "reserved-id"),
        ("  clerk: {title: {en: Clerk}}", "  1st: {title: {en: Clerk}}", "bad-id"),
        ("  clerk: {title: {en: Clerk}}", "  ærend: {title: {en: Clerk}}", "bad-id"),
        ("  clerk: {title: {en: Clerk}}", "  \u0441lerk: {title: {en: Clerk}}", "bad-id"),
        ("  clerk: {title: {en: Clerk}}", f"  {'c' * 64}: {{title: {{en: Clerk}}}}", "bad-id"),
        (
            "  clerk: {title: {en: Clerk}}",
            "  clerk: {title: {en: Clerk}, was: boss}",
            "earlier-id-in-use",
        ),
        (
            "{done: {end: completed}, stop",
            "{done: {end: completed, was: stop}, stop",
            "earlier-id-in-use",
        ),
        ("{done: {end: completed}, stop", "{all: {end: completed}, stop", "reserved-id"),
    ],
)
def test_ids_are_unique_plain_and_no_words_of_the_language(old, new, code):
    assert code in check(BASE.replace(old, new)).codes


def test_outcomes_may_have_the_names_of_effects():
    gates = GATES.replace(
        "{done: {end: completed}, stop", "{hold: {hold: 60 days}, done: {end: completed}, stop"
    )

    assert check(BASE.replace(GATES, gates)).errors == []


def test_the_way_out_of_a_meeting_that_nobody_holds_leads_to_no_other_fault():
    papers, decides = "due: 2 days before meeting", "decides: {by: boss, due: meeting}"
    hint = with_gate(papers, decides).fault.hint

    assert "`entry`" in hint
    assert "`ready`" not in hint
    assert with_gate(papers, "decides: {by: boss, due: 2 weeks after entry}").errors == []
    assert "`ready`" in with_gate(decides).fault.hint
