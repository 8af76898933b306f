"""While a project's mail is paused nobody is reminded but of what a law sets, and on the day after
everybody hears the latest of each thing, as the forecast had said.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innocities_engine import errors
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain import reminders
from innocities_engine.domain.commands import Actor
from innocities_engine.domain.decide import decide
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.project import Project
from innocities_engine.domain.situation import Situation
from tests.succession.test_reassign import histories, standing

MANAGER = Actor("manager")


def after(s: Situation, command: k.Command) -> Situation:
    happened = decide(s.method, s.project, command, MANAGER, s.now, s.inputs)
    return Situation(s.method, fold(s.project, happened), s.inputs, s.now)


def swept(s: Situation, until: date) -> list[e.ReminderRaised]:
    """What the sweep raises at each wake-up until a day is over."""
    project, now, found = s.project, s.now, []
    while s.day_of(now) <= until:
        happened = decide(s.method, project, k.Tick(), k.SYSTEM, now, s.inputs)
        project = fold(project, happened)
        found += [x for x in happened if isinstance(x, e.ReminderRaised)]
        wake = reminders.next_wake(s.method, project, s.inputs, now)
        if wake is None:
            break
        now = wake
    return found


def statutory(s: Situation) -> set[str]:
    return {owed.key for owed in reminders.obligations(s) if owed.statutory}


def test_a_paused_project_reminds_of_nothing_but_what_a_law_sets() -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=25, deadline=None, database=None, derandomize=True)
    @given(st.data())
    def rests(data: st.DataObject) -> None:
        history = data.draw(st.sampled_from(histories()))
        s = after(standing(history, data.draw(st.integers(1, len(history.steps)))), k.Tick())
        last = s.today + timedelta(data.draw(st.integers(0, 60)))
        s = after(s, k.PauseMail(last, "The fair"))
        told = swept(s, last + timedelta(20))
        during = [x for x in told if s.day_of(x.at) <= last and not x.overtaken]
        assert {x.obligation for x in during} <= statutory(s) | {
            x.obligation for x in during if x.obligation.startswith("review:")
        }
        first = [x for x in told if s.day_of(x.at) == last + timedelta(1) and not x.overtaken]
        assert len({(x.obligation, x.due) for x in first}) == len({x.obligation for x in first})
        seen["during"] += len(during)
        seen["after"] += len(first)
        seen["overtaken"] += sum(x.overtaken for x in told)

    rests()
    assert seen["after"]
    assert seen["overtaken"]


@pytest.mark.parametrize("days", [0, 30, 90])
def test_what_the_forecast_says_of_a_paused_project_is_what_is_raised(days: int) -> None:
    for history in histories()[:4]:
        s = after(standing(history, 8), k.Tick())
        last = s.today + timedelta(days)
        s = after(s, k.PauseMail(last, "The fair"))
        until = s.now + timedelta(days + 10)
        ahead = list(reminders.reminders(s.method, s.project, s.inputs, s.now, until))
        raised = [x for x in swept(s, s.day_of(until)) if not x.overtaken and x.at <= until]
        firm = {line.key for line in ahead if line.certainty == "firm"}
        assert firm == {x.key for x in raised if x.key in firm}
        assert {line.key for line in ahead} == {x.key for x in raised}


def a_project() -> Situation:
    return standing(histories()[0], 3)


@pytest.mark.parametrize(("days", "reason"), [(91, "x"), (-1, "x"), (10, " ")])
def test_a_pause_has_an_end_within_ninety_days_and_a_reason(days: int, reason: str) -> None:
    s = a_project()
    with pytest.raises(errors.Refused):
        after(s, k.PauseMail(s.today + timedelta(days), reason))


def test_a_pause_ends_by_itself_or_when_somebody_says_so() -> None:
    s = a_project()
    with pytest.raises(errors.Refused):
        after(s, k.ResumeMail())
    paused = after(s, k.PauseMail(s.today + timedelta(30), "The fair"))
    assert after(paused, k.ResumeMail()).project.mail_pause is None

    over = Situation(paused.method, paused.project, paused.inputs, s.now + timedelta(31))
    with pytest.raises(errors.Refused):
        after(over, k.ResumeMail())


def test_a_longer_pause_keeps_back_what_the_shorter_one_did() -> None:
    s = a_project()
    paused = after(s, k.PauseMail(s.today + timedelta(10), "The fair"))
    later = Situation(paused.method, paused.project, paused.inputs, s.now + timedelta(5))
    longer = after(later, k.PauseMail(s.today + timedelta(40), "And the holidays")).project

    assert longer.mail_pause is not None
    assert longer.mail_pause.since == s.today
    assert Project().mail_pause is None
