"""Rules, dates and voters in words that need no knowledge of the language."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from innocities_engine import library, wording
from innocities_engine.authoring.plainly import Plainly
from innocities_engine.domain import grammar as g
from innocities_engine.domain import mentions
from innocities_engine.domain.definition import Methodology
from tests.features.driver import method

METHODS = sorted({name for name, _, _ in library.Library().ids()})
FEATURES = [f"F{n:02}" for n in range(1, 34) if n != 27]


def moments(m: Methodology) -> Iterator[g.Moment]:
    yield from (n.due for n in m.all_needs if n.due is not None)
    yield from (n.newer_than for n in m.all_needs if n.newer_than is not None)
    yield from (rung.at for ladder in m.ladders.values() for rung in ladder.rungs.values())
    yield from (gate.due for gate in m.gates.values() if gate.due is not None)


def sentences(m: Methodology, language: str) -> list[str]:
    p = Plainly(m, language)
    return [
        *(p.rule(rule) for rule in mentions.all_predicates(m)),
        *(p.moment(moment) for moment in moments(m)),
        *(p.who(gate.decides.by) for gate in m.gates.values()),
    ]


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_whatever_a_method_says_can_be_told_in_each_language(language: str) -> None:
    known = [library.Library().methodology(name) for name in METHODS]
    known += [method(name) for name in FEATURES]
    told = [sentence for m in known for sentence in sentences(m, language)]
    assert len(told) > 1000
    assert all(sentence.strip() and "{" not in sentence for sentence in told)
    assert not [s for s in told if re.search(r"[A-Z]\w+\(|\bNone\b", s)]


def p(name: str, language: str = "en") -> Plainly:
    return Plainly(method(name), language)


FACT = g.FactTest("fine", g.Comparison.IS, True)
DAYS = g.At(g.Anchor(g.AnchorKind.MEETING), g.Duration.parse("2 working days"), before=True)


def test_a_date_is_told_with_what_it_counts_from() -> None:
    assert p("F17").moment(DAYS) == "2 working days before the meeting"
    assert p("F17", "sv").moment(DAYS) == "2 arbetsdagar före sammanträdet"
    yearly = g.At(g.Anchor(g.AnchorKind.YEARLY, month=4, day=15))
    assert p("F17", "nb").moment(yearly) == "15. april"
    every = g.Every(g.Duration.parse("1 month"), g.Anchor(g.AnchorKind.ENTRY), 3)
    assert (
        p("F17").moment(every) == "every 1 month after the beginning of the phase, at most 3 times"
    )


def test_rules_inside_rules_are_told_apart() -> None:
    cheap = g.FactTest("price", g.Comparison.AT_MOST, "100")
    signed = g.ArtefactTest("plan", status="signed")
    rule = g.AllOf((cheap, g.AnyOf((signed, g.NoneOf((cheap,))))))
    assert p("F17").rule(rule) == (
        "“What does it cost?” is at most 100 and (Plan is signed or not: “What does it cost?” is at"
        " most 100)"
    )


def test_a_voter_chosen_by_rule_is_told_with_the_rule() -> None:
    when = g.FactTest("price", g.Comparison.ABOVE, "100")
    council = g.Alternative("big", when, g.RoleWho("board", g.Quorum(g.QuorumKind.ALL)))
    who: g.Who = g.Choose((council,), g.RoleWho("lead"))
    assert p("F17").who(who) == (
        "Board (all of them), if “What does it cost?” is above 100; else Project manager"
    )
