"""What a need is, and what its place gives it when its author says nothing."""

from __future__ import annotations

import pytest

from innocities_engine.domain.definition import BlockKind, Blocks, NeedKind, Place, Written
from innocities_engine.domain.grammar import Anchor, AnchorKind, At, Every, NeedRef, RoleWho
from tests.language.support import BASE, LADDERS, PHASES, ROLES, check, with_gate, with_need

BOARD = "decides: {by: board}"


def outcome_need(need: str, *lines: str, gate_needs: str = ""):
    done = f"done: {{end: completed, needs: {{{need}}}}}"
    return with_gate(
        f"outcomes: {{{done}, stop: {{end: stopped}}}}", f"needs: {{{gate_needs}}}", *lines
    )


def role_needs(needs: str, *lines: str):
    roles = ROLES.replace("meets: board}", f"meets: board, needs: {{{needs}}}}}")
    text = BASE.replace(ROLES, roles).replace("decides: {by: boss}", "decides: {by: board}")
    for line in lines:
        text = text.replace("    in: only\n", f"    in: only\n    {line}\n")
    return check(text)


def phase_need(need: str):
    phases = PHASES.replace("opens: start", f"opens: start, needs: {{{need}}}")
    return check(BASE.replace(PHASES, phases))


# ---------------------------------------------------------------- what it is


@pytest.mark.parametrize(
    ("need", "kind", "of"),
    [
        ("paper: {}", NeedKind.ARTEFACT, "paper"),
        ("cost: {}", NeedKind.FACT, "cost"),
        ("clerk: {}", NeedKind.ROLE, "clerk"),
        ("G1: {}", NeedKind.GATE, "G1"),
        ("later: {of: paper}", NeedKind.ARTEFACT, "paper"),
        ("ask: {do: {en: Ask}}", NeedKind.ACT, ""),
        ("ask: {do: {en: Ask}, done: {fact: big, known: true}}", NeedKind.ACT, ""),
        ("wait: {title: {en: Wait}, done: {fact: big, is: true}}", NeedKind.WAIT, ""),
        ("paper: {done: {artefact: paper, status: signed}}", NeedKind.ARTEFACT, "paper"),
    ],
)
def test_the_key_names_what_is_needed_unless_something_else_says_it(need, kind, of):
    [found] = with_need(need).gate().needs.values()

    assert (found.kind, found.of) == (kind, of)


@pytest.mark.parametrize(
    ("need", "code"),
    [
        ("papper: {}", "unknown-name"),
        ("later: {of: papper}", "unknown-name"),
        ("later: {of: only}", "unknown-name"),
        ("only: {}", "unknown-name"),
        ("paper: {do: {en: Write}}", "act-named-as-thing"),
        ("more: {title: {en: More}, written: {}}", "wrong-place"),
        ("ask: {do: {en: Ask}, each: member}", "wrong-place"),
        ("paper: {outcome: [done]}", "wrong-place"),
        ("paper: {times: 2}", "wrong-place"),
        ("G1: {outcome: [good]}", "unknown-name"),
        ("paper: {status: draft}", "wrong-value"),
        ("paper: {blocks: G2}", "unknown-name"),
        ("paper: {blocks: [none]}", "unknown-name"),
        ("paper: {remind: loudly}", "unknown-name"),
        ("paper: {asks: [papper]}", "unknown-name"),
        ("start: {do: {en: Start}}", "reserved-id"),
        ("paper: {waives: nobody}", "unknown-name"),
        ("paper: {opens: sometime}", "unknown-name"),
        ("paper: {opens: {}}", "missing-key"),
        ("paper: true", "wrong-type"),
        ("paper: null", "wrong-type"),
    ],
)
def test_a_need_that_cannot_be_is_refused(need, code):
    assert code in with_need(need).codes


def test_an_unknown_need_is_told_what_it_may_have_meant():
    assert with_need("papper: {}").fault.hint == "Did you mean `paper`?"


# ---------------------------------------------------------------- the defaults of its place


def test_a_need_of_a_gate_blocks_that_gate_and_any_standing_version_counts():
    need = with_need("paper: {}").need("paper")

    assert (need.place, need.owner_id, need.opens) == (Place.GATE, "G1", None)
    assert need.blocks == (Blocks(BlockKind.GATE, "G1"),)
    assert (need.status, need.fresh, need.required) == ("submitted", False, True)
    assert need.by == RoleWho("clerk")


def test_a_need_of_a_gate_has_the_due_date_of_the_gate():
    found = with_need("paper: {}, cost: {due: start}", "due: entry")

    assert found.need("paper").due == At(Anchor(AnchorKind.ENTRY))
    assert found.need("cost").due == At(Anchor(AnchorKind.START))


def test_a_need_of_an_outcome_blocks_nothing_and_wants_new_versions():
    need = outcome_need("paper: {due: 1 month after decision}", "due: entry").need("paper", "done")

    assert (need.place, need.blocks, need.fresh) == (Place.OUTCOME, (), True)
    assert not need.due_at_decision


@pytest.mark.parametrize("key", ["cost", "clerk"])
def test_facts_and_roles_of_an_outcome_are_stated_by_the_decision(key):
    need = outcome_need(f"{key}: {{}}").need(key, "done")

    assert (need.due, need.due_at_decision) == (None, True)


def test_an_artefact_is_stated_by_the_decision_only_if_it_says_so():
    assert not outcome_need("paper: {}").need("paper", "done").due_at_decision
    assert outcome_need("paper: {due: decision}").need("paper", "done").due_at_decision


def test_what_a_decision_opens_as_an_act_is_accepted_by_the_decider():
    found = outcome_need(
        "ask: {do: {en: Ask}, by: clerk}, more: {title: {en: M}, written: {}}", BOARD
    )

    assert found.need("ask", "done").accepts == RoleWho("board")
    assert found.need("more", "done").accepts == RoleWho("board")
    assert found.need("more", "done").written == Written(1, None)


def test_an_act_of_a_gate_needs_no_acceptance():
    assert with_need("ask: {do: {en: Ask}}").need("ask").accepts is None


def test_a_need_of_a_phase_blocks_nothing():
    need = phase_need("paper: {}").good.phases["only"].needs["paper"]

    assert (need.place, need.owner_id, need.blocks, need.fresh) == (Place.PHASE, "only", (), False)


def test_a_need_of_a_role_blocks_the_gate_that_the_role_is_about_to_decide():
    needs = role_needs("ask: {do: {en: Ask}, each: member}").good.roles["board"].needs

    assert needs["ask"].blocks == (Blocks(BlockKind.GATE, ""),)
    assert (needs["ask"].place, needs["ask"].each_member) == (Place.ROLE, True)


def test_a_need_of_a_role_that_opens_with_the_decision_blocks_nothing_directly_or_through_a_chain():
    needs = (
        role_needs(
            "minutes: {opens: decision, do: {en: Minutes}, by: clerk},"
            " notice: {opens: minutes, do: {en: Notice}, by: clerk, due: 2 days after minutes},"
            " force: {opens: notice, title: {en: Force}, done: {passed: 3 statutory weeks "
            "after notice}},"
            " file: {opens: 1 week after force, of: paper}"
        )
        .good.roles["board"]
        .needs
    )

    assert [need.blocks for need in needs.values()] == [(), (), (), ()]
    assert [need.fresh for need in needs.values()] == [True] * 4
    assert needs["minutes"].opens.on_decision
    assert needs["notice"].opens.need == NeedRef("minutes")
    assert set(needs["file"].opens.at) == {""}


def test_a_chain_in_a_gate_blocks_the_gate():
    found = with_need(
        "ask: {do: {en: Ask}}, wait: {title: {en: W}, opens: ask, done: {passed: 1 week after ask}}"
    )

    assert found.need("wait").blocks == (Blocks(BlockKind.GATE, "G1"),)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("none", ()),
        ("next", (Blocks(BlockKind.NEXT),)),
        ("[move, G1]", (Blocks(BlockKind.MOVE), Blocks(BlockKind.GATE, "G1"))),
        ("end", (Blocks(BlockKind.END),)),
        ("ask", (Blocks(BlockKind.NEED, need=NeedRef("ask")),)),
    ],
)
def test_what_is_held_shut_can_be_said(written, meant):
    found = with_need(f"ask: {{do: {{en: Ask}}}}, paper: {{blocks: {written}}}")

    assert found.need("paper").blocks == meant


def test_needs_that_come_again_want_new_versions():
    assert (
        phase_need("paper: {due: every 1 month after entry}")
        .good.phases["only"]
        .needs["paper"]
        .fresh
    )
    assert (
        phase_need("paper: {opens: every 1 month after entry}")
        .good.phases["only"]
        .needs["paper"]
        .fresh
    )


@pytest.mark.parametrize(
    ("opens", "fresh"),
    [
        ("opens: {by: clerk}", True),
        ("opens: {when: {fact: big, is: true}}", True),
        ("opens: {at: {a: 6 months after start, b: 12 months after start}}", True),
        ("opens: every 1 month after entry", True),
        ("opens: 6 months after start", False),
        ("when: {fact: big, is: true}", False),
    ],
)
def test_the_needs_of_a_gate_that_comes_again_want_new_versions(opens, fresh):
    assert with_need("paper: {}", opens).need("paper").fresh is fresh


def test_newer_than_none_lets_old_versions_count():
    need = with_need("paper: {newer_than: none}", "opens: {by: clerk}").need("paper")

    assert (need.fresh, need.newer_than) == (False, None)


def test_newer_than_narrows():
    need = with_need("paper: {newer_than: 1 month before decision}").need("paper")

    assert need.newer_than == At(Anchor(AnchorKind.DECISION), need.newer_than.span, before=True)


def test_needs_are_reminded_by_the_nearest_ladder():
    two = "ladders: {papers: {a: {at: due, to: [owner]}}, other: {a: {at: due, to: [owner]}}}\n"
    needs = "    needs: {paper: {}, cost: {remind: other}, big: {remind: none}}\n"

    def reminded(top, gate):
        text = BASE.replace(LADDERS, two + top).replace(
            "    in: only\n", f"    in: only\n{needs}{gate}"
        )
        return [need.remind for need in check(text).gate().needs.values()]

    assert reminded("", "") == [None, "other", None]
    assert reminded("remind: papers\n", "") == ["papers", "other", None]
    assert reminded("remind: papers\n", "    remind: other\n") == ["other", "other", None]
    assert reminded("remind: papers\n", "    remind: none\n") == [None, "other", None]


def test_required_is_a_flag_or_a_predicate():
    found = with_need("paper: {required: false}, cost: {required: {fact: big, is: true}}")

    assert found.need("paper").required is False
    assert not isinstance(found.need("cost").required, bool)


# ---------------------------------------------------------------- carrying over


def test_a_gate_need_named_again_in_an_outcome_is_carried_over():
    found = outcome_need(
        "paper: {due: 1 month after decision, blocks: next}",
        gate_needs="paper: {status: approved, waives: boss, by: boss}, cost: {}",
    )
    need = found.need("paper", "done")

    assert found.gate().outcomes["done"].carries == ("paper",)
    assert found.gate().outcomes["stop"].carries == ()
    assert (need.status, need.waives, need.by) == ("approved", RoleWho("boss"), RoleWho("boss"))
    assert need.blocks == (Blocks(BlockKind.NEXT),)


def test_what_counted_for_a_carried_need_still_counts():
    assert not outcome_need("paper: {}", gate_needs="paper: {}").need("paper", "done").fresh


def test_an_act_or_wait_is_carried_with_what_it_is():
    found = outcome_need(
        "ask: {due: 1 month after decision}, wait: {}",
        gate_needs="ask: {do: {en: Ask}}, wait: {title: {en: W}, done: {fact: big, is: true}}",
    )

    assert found.need("ask", "done").kind is NeedKind.ACT
    assert found.need("ask", "done").do == {"en": "Ask"}
    assert found.need("wait", "done").kind is NeedKind.WAIT


def test_a_criterion_named_again_is_carried_as_something_to_put_right():
    found = outcome_need(
        "clear: {due: 1 month after decision, blocks: next}",
        'criteria: {clear: {question: {en: "Is it clear?"}, must: met}}',
    )
    need = found.need("clear", "done")

    assert found.gate().outcomes["done"].carries == ("clear",)
    assert (need.kind, need.do) == (NeedKind.ACT, {"en": "Is it clear?"})


# ---------------------------------------------------------------- when it is


def test_a_due_date_of_a_phase_can_come_again():
    need = (
        phase_need("paper: {due: every pace after entry at most 3 times}")
        .good.phases["only"]
        .needs["paper"]
    )

    assert isinstance(need.due, Every)
    assert need.due.at_most == 3


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (lambda: with_need("paper: {due: 1 week after ready}"), "rests-on-ready"),
        (lambda: with_need("paper: {}", "due: 1 week after ready"), "rests-on-ready"),
        (lambda: with_need("paper: {opens: 1 week before ready}"), "rests-on-ready"),
        (lambda: with_need("paper: {due: due}"), "never-known"),
        (lambda: with_need("paper: {due: 1 week before meeting}"), "never-known"),
        (lambda: with_need("paper: {}", "due: 1 week before meeting"), "never-known"),
        (lambda: phase_need("paper: {due: 1 week before meeting}"), "never-known"),
        (lambda: phase_need("paper: {due: decision}"), "never-known"),
        (lambda: phase_need("paper: {due: 1 week after ready}"), "rests-on-ready"),
        (lambda: role_needs("ask: {do: {en: Ask}, due: 1 week after ready}"), "rests-on-ready"),
    ],
)
def test_a_date_that_can_never_be_known_is_a_fault(found, code):
    assert code in found().codes


def test_meeting_falls_back_to_the_due_date_of_the_decision_which_may_not_rest_on_ready():
    need = "paper: {due: 2 working days before meeting}"

    assert with_need(need, "decides: {by: boss, due: 20 days after entry}").errors == []
    assert with_need(need, "decides: {by: boss, due: 10 days after ready}").codes == [
        "rests-on-ready"
    ]
    assert with_need(need, "decides: {by: board, due: 10 days after ready}").errors == []


def test_the_session_of_an_adviser_or_of_those_who_rate_will_do():
    need = "paper: {due: 2 working days before meeting}"
    decides = "decides: {by: boss, due: 10 days after ready}"

    assert with_need(need, decides, "advises: {a: {by: board}}").errors == []
    assert with_need(need, decides, "rates: {by: board}").errors == []
    conditional = "advises: {a: {by: board, when: {fact: big, is: true}}}"
    assert with_need(need, decides, conditional).codes == ["rests-on-ready"]


def test_a_decision_cannot_be_due_at_a_meeting_that_is_its_own_due_date():
    assert with_gate("decides: {by: boss, due: 1 day after meeting}").codes == ["never-known"]
    assert with_gate("decides: {by: board, due: 1 day after meeting}").errors == []


def test_a_body_in_every_alternative_has_a_session():
    need = "paper: {due: 2 working days before meeting}"
    choose = (
        "decides: {due: 10 days after ready, by: {choose: {a: {when: {fact: big, is: true}, "
        "use: board}, otherwise: {use: %s}}}}"
    )

    assert with_need(need, choose % "board").errors == []
    assert with_need(need, choose % "boss").codes == ["rests-on-ready"]


def test_needs_that_open_after_each_other_in_a_circle_are_refused():
    needs = (
        "a: {do: {en: A}, opens: b}, b: {do: {en: B}, opens: 1 day after c}, c: {do: {en: "
        "C}, opens: a}"
    )
    found = with_need(needs)

    assert found.codes == ["cyclic-chain"]
    assert "a → b → c → a" in found.fault.message
