"""Who, Moment and Predicate: what the words come to, and which words come to nothing."""

from __future__ import annotations

import pytest

from innocities_engine.domain.durations import Duration
from innocities_engine.domain.grammar import (
    AdviceTest,
    AllOf,
    Anchor,
    AnchorKind,
    AnyOf,
    AnyWho,
    ArtefactTest,
    At,
    AtLeastOf,
    Choose,
    Comparison,
    CriteriaTest,
    EachWho,
    Earliest,
    Every,
    Exclusion,
    FactDuration,
    FactTest,
    FactValue,
    GateTest,
    Latest,
    NeedRef,
    NeedTest,
    NoneOf,
    PassedTest,
    PhaseTest,
    ProjectsTest,
    Quorum,
    QuorumKind,
    RoleTest,
    RoleWho,
    ScoreTest,
)
from tests.language.support import BASE, FACTS, ROLES, check, with_fact, with_gate, with_need

DAYS = Duration.parse


def who(text):
    return with_gate(f"decides: {{by: {text}}}")


def due(text, *lines):
    return with_need(f"paper: {{due: {text}}}", "decides: {by: board}", *lines)


def rule(text):
    facts = (
        "  share: {type: percent, question: {en: Share}}\n"
        "  count: {type: number, question: {en: Count}}\n"
        "  size: {type: choice, choices: [small, large], question: {en: Size}}\n"
        "  themes: {type: choices, choices: [a, b], question: {en: Themes}}\n"
        "  note: {type: text, question: {en: Note}}\n"
        "  budget: {type: yearly_date, value: 15 March}\n"
        f"  rule: {{type: yes_no, value: {text}}}\n"
    )
    return check(BASE.replace(FACTS, FACTS + facts))


def of_rule(text):
    return rule(text).good.facts["rule"].rule


# ---------------------------------------------------------------- who


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("boss", RoleWho("boss")),
        ("{role: board}", RoleWho("board")),
        ("{role: board, quorum: one}", RoleWho("board", Quorum())),
        ("{role: board, quorum: all}", RoleWho("board", Quorum(QuorumKind.ALL))),
        ("{role: board, quorum: majority}", RoleWho("board", Quorum(QuorumKind.MAJORITY))),
        ("{role: board, quorum: 2}", RoleWho("board", Quorum(QuorumKind.COUNT, 2))),
        ("{role: board, quorum: 60 percent}", RoleWho("board", Quorum(QuorumKind.PERCENT, 60))),
        ("{role: board, quorum: 100 percent}", RoleWho("board", Quorum(QuorumKind.PERCENT, 100))),
        ("{role: boss, excludes: [submitter]}", RoleWho("boss", excludes=(Exclusion.SUBMITTER,))),
        ("{role: boss, blind: true}", RoleWho("boss", blind=True)),
        ("{each: [boss, clerk]}", EachWho((RoleWho("boss"), RoleWho("clerk")))),
        (
            "{any: [boss, {role: board, quorum: all}]}",
            AnyWho((RoleWho("boss"), RoleWho("board", Quorum(QuorumKind.ALL)))),
        ),
    ],
)
def test_who_is_one_role_or_each_or_any_of_several(text, meant):
    assert who(text).gate().decides.by == meant


def test_who_can_be_chosen_by_the_facts():
    chosen = (
        who("{choose: {large: {when: {fact: big, is: true}, use: board}, otherwise: {use: boss}}}")
        .gate()
        .decides.by
    )

    assert isinstance(chosen, Choose)
    assert [(a.id, a.use) for a in chosen.alternatives] == [("large", RoleWho("board"))]
    assert chosen.otherwise == RoleWho("boss")


@pytest.mark.parametrize(
    "text",
    [
        "bos",
        "only",
        "[boss]",
        "{}",
        "{each: []}",
        "{each: boss}",
        "{role: board, quorum: many}",
        "{role: board, quorum: 0}",
        "{role: board, quorum: half}",
        "{role: board, quorums: all}",
        "{role: board, excludes: [everybody]}",
        "{role: board, excludes: submitter}",
        "{role: board, blind: maybe}",
        "{choose: {}, otherwise: {use: boss}}",
        "{choose: {x: {use: boss}}}",
        "{choose: {x: {when: {fact: big, is: true}, use: boss, over: [y]}}}",
        "{choose: {x: {when: {fact: big, is: true}, use: boss, over: [x]}}}",
        "{choose: {otherwise: {when: {fact: big, is: true}, use: boss}}}",
    ],
)
def test_other_ways_to_say_who_are_refused(text):
    assert who(text).errors


def test_excluding_nobody_is_warned_of():
    found = who("{role: boss, excludes: []}")

    assert found.warned == ["excludes-nobody"]
    assert found.gate().decides.by == RoleWho("boss", excludes=())


def seats(text):
    return BASE.replace("clerk: {title: {en: Clerk}}", f"clerk: {{title: {{en: Clerk}}{text}}}")


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("", "Write `seats: {at_least: 2}` on the role."),
        (", seats: {at_most: 1}", "Ask fewer, or give the role more seats."),
    ],
)
def test_a_quorum_that_the_seats_of_its_role_do_not_hold_is_warned_of_where_it_stands(given, hint):
    asked = "decides: {by: {any: [boss, {role: clerk, quorum: 2}]}}"
    found = check(seats(given).replace("decides: {by: boss}", asked))
    [fault] = [f for f in found.faults if f.code == "quorum-beyond-seats"]

    assert (fault.severity, fault.hint) == ("warning", hint)
    assert found.lines[fault.line - 1][fault.column - 1 :].startswith("2}")


@pytest.mark.parametrize(
    ("given", "quorum"), [(", seats: {at_least: 2}", "2"), ("", "majority"), ("", "60 percent")]
)
def test_a_quorum_that_whoever_is_there_can_meet_is_not_warned_of(given, quorum):
    asked = f"decides: {{by: {{role: clerk, quorum: {quorum}}}}}"

    assert check(seats(given).replace("decides: {by: boss}", asked)).warned == []


# ---------------------------------------------------------------- moments


def need_anchor(key, place=None):
    return Anchor(AnchorKind.NEED, need=NeedRef(key, place))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("start", At(Anchor(AnchorKind.START))),
        ("10 working days after entry", At(Anchor(AnchorKind.ENTRY), DAYS("10 working days"))),
        (
            "2 working days before meeting",
            At(Anchor(AnchorKind.MEETING), DAYS("2 working days"), before=True),
        ),
        ("1 month after G1", At(Anchor(AnchorKind.GATE, "G1"), DAYS("1 month"))),
        (
            "3 statutory weeks after only",
            At(Anchor(AnchorKind.PHASE, "only"), DAYS("3 statutory weeks")),
        ),
        ("target", At(Anchor(AnchorKind.FACT, "target"))),
        ("pace after target", At(Anchor(AnchorKind.FACT, "target"), FactDuration("pace"))),
        ("15 March", At(Anchor(AnchorKind.YEARLY, month=3, day=15))),
        ("29 February", At(Anchor(AnchorKind.YEARLY, month=2, day=29))),
        (
            "1 week before 1 January",
            At(Anchor(AnchorKind.YEARLY, month=1, day=1), DAYS("1 week"), before=True),
        ),
        ("meeting of board", At(Anchor(AnchorKind.MEETING_OF, "board"))),
        ("every pace after entry", Every(FactDuration("pace"), Anchor(AnchorKind.ENTRY))),
        (
            "every 1 month after entry at most 6 times",
            Every(DAYS("1 month"), Anchor(AnchorKind.ENTRY), 6),
        ),
        (
            "{earliest: [15 March, 1 year after start]}",
            Earliest(
                (
                    At(Anchor(AnchorKind.YEARLY, month=3, day=15)),
                    At(Anchor(AnchorKind.START), DAYS("1 year")),
                )
            ),
        ),
        (
            "{latest: [start, entry]}",
            Latest((At(Anchor(AnchorKind.START)), At(Anchor(AnchorKind.ENTRY)))),
        ),
    ],
)
def test_a_moment_is_reckoned_from_its_anchor(text, meant):
    assert due(text).need("paper").due == meant


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "2 workdays before meeting",
        "2 working day before meeting",
        "1 days after entry",
        "-1 days after entry",
        "1.5 months after entry",
        "200 years after entry",
        "3 working months after entry",
        "2 working days before",
        "before meeting",
        "2 days since entry",
        "every 1 month",
        "every 1 month before entry",
        "every 1 month after entry at most 0 times",
        "15 Mars",
        "30 February",
        "32 March",
        "meeting of boss",
        "meeting of nobody",
        "big",
        "pace",
        "cost after entry",
        "2  days after entry",
        "paper/entry",
        "{earliest: []}",
        "{earliest: start}",
        "{soonest: [start]}",
        "[start]",
        "true",
    ],
)
def test_what_is_no_moment_is_refused(text):
    assert due(text).errors


def test_a_need_is_reckoned_from_when_it_is_done():
    needs = "ask: {do: {en: Ask}}, paper: {due: 2 days after ask}"

    assert with_need(needs).need("paper").due == At(need_anchor("ask"), DAYS("2 days"))


def test_a_need_elsewhere_is_named_by_its_place_where_several_have_its_key():
    roles = ROLES.replace("meets: board}", "meets: board, needs: {ask: {do: {en: Ask}}}}")
    ladder = "  more: {late: {at: %s, to: [owner]}}\n"

    def rung(at):
        text = BASE.replace(ROLES, roles) + ladder % at
        text = text.replace("    in: only\n", "    in: only\n    needs: {ask: {do: {en: Ask}}}\n")
        return check(text.replace("by: boss}\n    out", "by: board}\n    out"))

    assert rung("G1/ask").good.ladders["more"].rungs["late"].at == At(need_anchor("ask", "G1"))
    assert rung("board/ask").good.ladders["more"].rungs["late"].at == At(
        need_anchor("ask", "board")
    )
    assert rung("ask").codes == ["ambiguous-need"]
    assert rung("G1/asks").fault.hint == "Did you mean `ask`?"


def test_a_sibling_comes_first():
    """Inside a map of needs a bare key is the need beside it."""
    roles = ROLES.replace("meets: board}", "meets: board, needs: {ask: {do: {en: Ask}}}}")
    gate = "    in: only\n    needs: {ask: {do: {en: Ask}}, paper: {due: 1 day after ask}}\n"
    found = check(
        BASE.replace(ROLES, roles)
        .replace("    in: only\n", gate)
        .replace("by: boss}\n    out", "by: board}\n    out")
    )

    assert found.need("paper").due == At(need_anchor("ask"), DAYS("1 day"))


# ---------------------------------------------------------------- predicates


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("{fact: big, is: true}", FactTest("big", Comparison.IS, True)),
        ("{fact: big, is_not: false}", FactTest("big", Comparison.IS_NOT, False)),
        ("{fact: cost, at_least: 0100}", FactTest("cost", Comparison.AT_LEAST, "100")),
        (
            "{fact: cost, below: {fact: limit}}",
            FactTest("cost", Comparison.BELOW, FactValue("limit")),
        ),
        ("{fact: count, above: 2.50}", FactTest("count", Comparison.ABOVE, "2.5")),
        ("{fact: share, at_most: 60 percent}", FactTest("share", Comparison.AT_MOST, "60")),
        (
            "{fact: target, at_least: 2026-05-29}",
            FactTest("target", Comparison.AT_LEAST, "2026-05-29"),
        ),
        ("{fact: budget, is: 1 April}", FactTest("budget", Comparison.IS, "04-01")),
        (
            "{fact: pace, one_of: [1 month, 3 weeks]}",
            FactTest("pace", Comparison.ONE_OF, ("1 month", "3 weeks")),
        ),
        ("{fact: size, is: small}", FactTest("size", Comparison.IS, "small")),
        ("{fact: themes, includes: a}", FactTest("themes", Comparison.INCLUDES, "a")),
        ("{fact: note, known: true}", FactTest("note", Comparison.KNOWN, True)),
        ("{artefact: paper, status: signed}", ArtefactTest("paper", status="signed")),
        ("{artefact: paper, stale: false}", ArtefactTest("paper", stale=False)),
        (
            "{artefact: paper, newer_than: 1 month after start}",
            ArtefactTest("paper", newer_than=At(Anchor(AnchorKind.START), DAYS("1 month"))),
        ),
        ("{gate: G1, outcome: [done]}", GateTest("G1", ("done",))),
        ("{gate: G1, times: 2}", GateTest("G1", times=2)),
        ("{gate: G1, outcome: [done, stop], times: 2}", GateTest("G1", ("done", "stop"), 2)),
        ("{role: boss, filled: true}", RoleTest("boss", filled=True)),
        ("{role: boss, at_least: 2}", RoleTest("boss", at_least=2)),
        ("{phase: only, is: never}", PhaseTest("only", "never")),
        (
            "{passed: 3 statutory weeks after target}",
            PassedTest(At(Anchor(AnchorKind.FACT, "target"), DAYS("3 statutory weeks"))),
        ),
        ("{projects: other, at_least: 6}", ProjectsTest("other", None, Comparison.AT_LEAST, 6)),
        (
            "{projects: other, having: {phase: pilot, is: entered}, at_most: 2}",
            ProjectsTest("other", PhaseTest("pilot", "entered"), Comparison.AT_MOST, 2),
        ),
        (
            "{projects: other, having: {fact: x, at_least: 3}, at_least: 1}",
            ProjectsTest("other", FactTest("x", Comparison.AT_LEAST, "3"), Comparison.AT_LEAST, 1),
        ),
    ],
)
def test_a_test_compares_a_subject(text, meant):
    assert of_rule(text) == meant


def test_predicates_are_put_together():
    one = FactTest("big", Comparison.IS, True)
    text = "{fact: big, is: true}"

    assert of_rule(f"{{all: [{text}, {text}]}}") == AllOf((one, one))
    assert of_rule(f"{{any: [{text}]}}") == AnyOf((one,))
    assert of_rule(f"{{none: [{text}]}}") == NoneOf((one,))
    assert of_rule(f"{{at_least: 1, of: [{text}, {text}]}}") == AtLeastOf(1, (one, one))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{}", "unknown-key"),
        ("{facts: big, is: true}", "unknown-key"),
        ("{fact: big}", "missing-key"),
        ("{fact: big, is: true, is_not: false}", "missing-key"),
        ("{fact: bigg, is: true}", "unknown-name"),
        ("{fact: boss, is: true}", "unknown-name"),
        ("{fact: big, is: yes}", "wrong-value"),
        ("{fact: big, at_least: true}", "wrong-comparison"),
        ("{fact: cost, is: much}", "wrong-value"),
        ("{fact: cost, is: true}", "wrong-value"),
        ("{fact: cost, above: {fact: count}}", "wrong-type"),
        ("{fact: cost, above: {fact: nothing}}", "unknown-name"),
        ("{fact: count, is: 1e400}", "wrong-value"),
        ("{fact: count, is: NaN}", "wrong-value"),
        ("{fact: target, is: 2026-02-30}", "wrong-value"),
        ("{fact: target, is: 29 May}", "wrong-value"),
        ("{fact: size, is: medium}", "wrong-value"),
        ("{fact: size, at_least: small}", "wrong-comparison"),
        ("{fact: themes, is: a}", "wrong-comparison"),
        ("{fact: themes, includes: c}", "wrong-value"),
        ("{fact: note, is: hello}", "wrong-comparison"),
        ("{fact: pace, is: 1 moon}", "wrong-value"),
        ("{fact: size, one_of: []}", "wrong-length"),
        ("{fact: size, one_of: small}", "wrong-type"),
        ("{artefact: paper}", "missing-key"),
        ("{artefact: paper, status: draft}", "wrong-value"),
        ("{gate: G1}", "missing-key"),
        ("{gate: G1, outcome: [passed]}", "unknown-name"),
        ("{gate: G1, outcome: done}", "wrong-type"),
        ("{gate: G1, times: 0}", "wrong-value"),
        ("{need: nothing, is: done}", "unknown-name"),
        ("{criteria: all, is: met}", "no-gate"),
        ("{score: this, at_least: 60 percent}", "no-gate"),
        ("{score: G1, at_least: 60 percent}", "never-known"),
        ("{advice: expert, is: done}", "no-gate"),
        ("{advice: G1/expert, is: done}", "unknown-name"),
        ("{role: boss, filled: 1}", "wrong-value"),
        ("{phase: only, is: over}", "wrong-value"),
        ("{passed: 1 week after entry}", "never-known"),
        ("{projects: other}", "missing-key"),
        ("{at_least: 2}", "unknown-key"),
        ("{all: []}", "wrong-length"),
        ("{all: {fact: big, is: true}}", "wrong-type"),
    ],
)
def test_a_test_that_makes_no_sense_is_refused(text, code):
    assert code in rule(text).codes


CRITERIA = (
    'criteria: {a: {question: {en: "A?"}, weight: 2}, b: {question: {en: "B?"}, scale: '
    "[good, fair, bad]}}"
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("{criteria: [a], is: met}", CriteriaTest("G1", ("a",), Comparison.IS, "met")),
        (
            "{criteria: [G1/b], at_least: fair}",
            CriteriaTest("G1", ("b",), Comparison.AT_LEAST, "fair"),
        ),
        ("{score: this, at_least: 60 percent}", ScoreTest("G1", Comparison.AT_LEAST, 60)),
        ("{score: G1, below: 40 percent}", ScoreTest("G1", Comparison.BELOW, 40)),
        ("{advice: expert, is: go}", AdviceTest("G1", "expert", "go")),
        ("{need: paper, is: open}", NeedTest(NeedRef("paper", "G1"), "open")),
    ],
)
def test_inside_a_gate_its_own_criteria_score_advice_and_needs_are_meant(text, meant):
    found = with_gate(
        CRITERIA,
        "needs: {paper: {}}",
        "advises: {expert: {by: clerk}}",
        f"outcomes: {{go: {{end: completed, when: {text}}}, stop: {{end: stopped}}}}",
    )

    assert found.gate().outcomes["go"].when == meant


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{criteria: [c], is: met}", "unknown-name"),
        ("{criteria: [b], is: met}", "wrong-value"),
        ("{criteria: all, is: met}", "wrong-value"),
        ("{score: this, at_least: 101 percent}", "wrong-value"),
        ("{advice: expert, is: maybe}", "wrong-value"),
    ],
)
def test_inside_a_gate_values_fit_the_scale(text, code):
    found = with_gate(
        CRITERIA,
        "advises: {expert: {by: clerk}}",
        f"outcomes: {{go: {{end: completed, when: {text}}}, stop: {{end: stopped}}}}",
    )

    assert code in found.codes


def test_who_asks_for_more_than_all_reads_what_may_be_asked():
    when = "{score: this, at_least: 160 percent}"
    found = with_gate(
        CRITERIA,
        f"outcomes: {{go: {{end: completed, when: {when}}}, stop: {{end: stopped}}}}",
    )

    assert found.fault.hint == "Write `100 percent` or less."


# ---------------------------------------------------------------- facts with a value


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("x: {type: number, value: 007}", "7"),
        ("x: {type: yes_no, value: true}", True),
        ("x: {type: date, value: 2026-12-24}", "2026-12-24"),
        ("x: {type: yearly_date, value: 29 February}", "02-29"),
        ("x: {type: duration, value: 10 working days}", "10 working days"),
        ("x: {type: choice, choices: [a, b], value: b}", "b"),
        ("x: {type: choices, choices: [a, b], value: [a, b]}", ("a", "b")),
        ("x: {type: text, value: no}", "no"),
        ("x: {type: text, value: 1.10}", "1.10"),
        ("x: {type: text, value: 12:30}", "12:30"),
    ],
)
def test_a_parameter_has_a_value_of_its_type(fact, value):
    assert with_fact(fact).good.facts["x"].value == value


@pytest.mark.parametrize(
    "fact",
    [
        "x: {type: number, value: many}",
        "x: {type: number, value: {fact: big, is: true}}",
        "x: {type: yes_no, value: no}",
        "x: {type: money, value: 5}",
        "x: {type: choice, question: {en: X}}",
        "x: {type: number, choices: [1, 2], question: {en: X}}",
        "x: {type: duration, choices: [1 moon], question: {en: X}}",
        "x: {type: number, value: [1, 2]}",
        "x: {type: number, currency: nok, value: 1}",
        "x: {value: 1}",
        "x: {type: choice, choices: [a, a], value: a}",
    ],
)
def test_a_fact_that_does_not_fit_its_type_is_refused(fact):
    assert with_fact(fact).errors


def test_a_parameter_can_be_chosen_by_rule():
    found = with_fact(
        "x: {type: number, value: {choose: {many: {when: {fact: big, is: true}, use: 9}, "
        "otherwise: {use: 3}}}}"
    )
    chosen = found.good.facts["x"].chosen

    assert chosen is not None
    assert (chosen.alternatives[0].use, chosen.otherwise) == ("9", "3")


@pytest.mark.parametrize("quorum", ["999 percent", "101 percent", "0 percent", "half"])
def test_a_quorum_is_of_all_at_most(quorum):
    found = with_gate(f"decides: {{by: {{role: board, quorum: {quorum}}}}}")

    assert (found.fault.code, found.fault.path) == ("wrong-value", "gates.G1.decides.by.quorum")
    assert found.pointed.startswith(quorum)
    assert "1 to 100 percent" in found.fault.message
