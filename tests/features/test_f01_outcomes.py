"""F1: different gates allow different outcomes."""

from __future__ import annotations

import pytest

from innocities_engine import errors
from tests.features.driver import Play, decision, method


def test_an_outcome_can_be_chosen_only_at_the_gate_that_offers_it() -> None:
    play = Play("F01", board="bjorn")
    assert set(method("F01").gates["G1"].outcomes) == {"go", "rework", "stop"}
    for foreign in ("done", "once_more"):
        with pytest.raises(errors.NotFound):
            play.do("bjorn", decision("G1", foreign))


def test_a_passing_outcome_is_refused_until_the_gate_is_ready_and_then_leads_on() -> None:
    play = Play("F01", board="bjorn")
    assert play.refused("bjorn", decision("G1", "go")) == {"need_open plan"}
    play.submit("bjorn", "plan")
    play.decides("bjorn", "G1", "go")
    assert play.phase() == "work"


@pytest.mark.parametrize(("outcome", "stands"), [("rework", "running"), ("stop", "stopped")])
def test_the_others_are_open_at_a_shut_gate(outcome: str, stands: str) -> None:
    play = Play("F01", board="bjorn")
    play.decides("bjorn", "G1", outcome)
    assert (play.phase(), play.track()) == ("idea", stands)


def test_only_whoever_decides_decides() -> None:
    play = Play("F01", board="bjorn")
    assert play.refused("cecilia", decision("G1", "stop")) == {"not_entitled G1"}


def test_the_last_gate_completes_or_goes_back() -> None:
    play = Play("F01", board="bjorn")
    play.submit("bjorn", "plan")
    play.decides("bjorn", "G1", "go")
    play.decides("bjorn", "G2", "once_more")
    assert (play.phase(), play.instances("G1")) == ("idea", ["settled", "open"])
    play.decides("bjorn", "G1", "go")
    play.decides("bjorn", "G2", "done")
    assert play.track() == "completed"
