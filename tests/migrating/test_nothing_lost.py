"""What was waiting to be told is told once, whatever becomes of phases, ladders, tracks and members
when a project moves, and when the move is taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from innocities_engine import library
from innocities_engine.domain import commands as k
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.events import ReminderRaised
from innocities_engine.domain.migrated import DatesFixed, ProjectMigrated
from innocities_engine.domain.project import NeedStatus
from innocities_engine.store.outbox import Waiting
from notifications import moved
from tests.features.driver import BEGINNING, Play
from tests.features.test_f27_moving import refused

Written = Callable[..., Methodology]

FIRST = """\
schema: innocities/methodology/1
id: small
version: "1.0.0"
languages: [en]
title: {en: Small}
calendar: {country: "SE"}
remind: nudges
roles:
  lead: {title: {en: Lead}, leads: true}
  board:
    title: {en: Board}
    needs:
      view: {do: {en: Declare your interests}, required: false, due: 20 days after entry}
  clerk: {title: {en: Clerk}}
phases:
  idea: {title: {en: Idea}, opens: start, needs: {report: {do: {en: Report}, due: 60 days after entry}}}
  pilot: {title: {en: Pilot}, needs: {report: {do: {en: Report}, due: 20 days after entry}}}
  work: {title: {en: Work}}
  watch: {title: {en: Watch}, opens: {at: 1 day after start}, done: {fact: quiet, is: true}}
facts:
  quiet: {type: yes_no, question: {en: "Is it quiet?"}}
gates:
  G1: {title: {en: First}, in: idea, decides: {by: board}, outcomes: {go: {to: pilot}, hold: {hold: 60 days}, stop: {end: stopped}}}
  check: {title: {en: Check}, in: pilot, opens: {at: 3 days after entry}, decides: {by: board}, outcomes: {fine: {again: unmet}, seen: {title: {en: Seen}}}}
  G2: {title: {en: Second}, in: pilot, decides: {by: board}, outcomes: {go: {to: work}, stop: {end: stopped}}}
  G3: {title: {en: Third}, in: work, decides: {by: board}, outcomes: {go: {end: completed}, stop: {end: stopped}}}
ladders: {nudges: {near: {at: 5 days before due, to: [owner]}}}
"""
EACH = ("view: {do", "view: {each: member, do")
NO_PILOT = (
    ("  pilot: {title: {en: Pilot}, needs: {report: {do: {en: Report}, due: 20 days after entry}}}\n", ""),
    ("report: {do: {en: Report}, due: 60 days", "report: {do: {en: Report}, due: 20 days"),
    ("in: pilot", "in: idea"),
    ("go: {to: pilot}", "go: {to: work}"),
)  # fmt: skip
WATCH = (
    "  watch: {title: {en: Watch}, opens: {at: 1 day after start}, done: {fact: quiet, is: true}}\n"
)
PEOPLE = {"lead": "lena", "board": "bo bea", "clerk": "kim"}


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """The first version, or another with some words written otherwise."""
    versions = iter(range(1, 100))

    def write(*changes: tuple[str, str]) -> Methodology:
        text = FIRST.replace('"1.0.0"', f'"{next(versions)}.0.0"')
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        file = tmp_path / "small.yaml"
        file.write_text(text, encoding="utf-8")
        return library.load(file)

    return write


def at_work(method: Methodology, **people: str) -> Play:
    return Play(method, **{**PEOPLE, **people})


def in_pilot(method: Methodology) -> Play:
    play = at_work(method)
    play.on(BEGINNING + timedelta(days=2))
    play.decides("bo", "G1", "go")
    return play


def raised(play: Play, day: date) -> list[str]:
    """What somebody is reminded of when time passes until that day."""
    play.now = play._noon(day)
    return [x.key for x in play.do("system", k.Tick()) if _is_told(x)]


def _is_told(event: object) -> bool:
    return isinstance(event, ReminderRaised) and not event.overtaken


def letter(play: Play, about: str, role: str = "board") -> Waiting:
    """A reminder that is to be sent still, as the outbox holds it."""
    event = Waiting("halden", "n1", "p1", 1, "reminder", "n1", role, "", None, False, {}, play.now)
    return replace(event, data={"obligation": about, "kind": "need"})


def back(play: Play, to: Methodology, before: Play) -> None:
    play.moves_back(to, k.UndoMigration("Too soon", k.Annulled("c", 1, before.project)))


def as_it_was(play: Play) -> Play:
    there = object.__new__(Play)
    there.__dict__ |= play.__dict__
    return there


# ---------------------------------------------------------------- two phases become one


def test_what_was_reminded_of_in_a_phase_that_merges_is_reminded_of_once(written: Written) -> None:
    first = written()
    play = in_pilot(first)
    due = BEGINNING + timedelta(days=2 + 20)
    assert [key for key in raised(play, due - timedelta(5)) if "report" in key] == [
        f"pilot/report#1|near|{due.isoformat()}"
    ]
    waits, before = letter(play, "pilot/report#1", "lead"), as_it_was(play)

    play.moves(written(*NO_PILOT), choices={"phase/pilot": "idea"})
    assert play.needed("idea/report") == ["lapsed", "open"]
    assert raised(play, due - timedelta(4)) == []
    assert moved.called_now(play.situation, waits, "lena").data["obligation"] == "idea/report#2"

    back(play, first, before)
    assert raised(play, due - timedelta(3)) == []
    assert moved.called_now(play.situation, waits, "lena").data["obligation"] == "pilot/report#1"


def test_what_was_reminded_of_after_phases_merged_is_not_told_again_by_going_back(
    written: Written,
) -> None:
    first = written()
    play = in_pilot(first)
    before = as_it_was(play)
    play.moves(written(*NO_PILOT), choices={"phase/pilot": "idea"})
    due = BEGINNING + timedelta(days=2 + 20)
    assert [key for key in raised(play, due - timedelta(5)) if "report" in key]
    back(play, first, before)
    assert not [key for key in raised(play, due - timedelta(4)) if "report" in key]


def test_what_comes_at_a_day_after_entry_does_not_come_again_when_its_phase_merges(
    written: Written,
) -> None:
    play = in_pilot(written())
    play.on(BEGINNING + timedelta(days=6))
    play.decides("bo", "check", "seen")
    assert play.instances("check") == ["settled"]
    play.moves(written(*NO_PILOT), choices={"phase/pilot": "idea"})
    play.on(BEGINNING + timedelta(days=30))
    assert play.instances("check") == ["settled"]


def test_the_review_of_a_hold_is_reminded_of_once_where_a_track_begins_elsewhere(
    written: Written,
) -> None:
    play = at_work(written(("{near: {at", "{near: {title: {en: Near}, at")))
    play.decides("bo", "G1", "hold", review_on=date(2026, 10, 15))
    assert raised(play, date(2026, 10, 10)) == ["review:idea#1|near|2026-10-15"]
    later = written(
        ("  idea: {title: {en: Idea}, opens: start,", "  dawn: {title: {en: Dawn}, opens: start}\n  idea: {title: {en: Idea},"),
        ("  G1:", "  G0: {title: {en: Zeroth}, in: dawn, decides: {by: board}, outcomes: {go: {to: idea}, stop: {end: stopped}}}\n  G1:"),
    )  # fmt: skip
    before = as_it_was(play)
    play.moves(later)
    assert play.track() == "held"
    assert raised(play, date(2026, 10, 11)) == []
    back(play, before.method, before)
    assert raised(play, date(2026, 10, 12)) == []


def test_a_track_that_has_ended_ends_none_with_which_it_merges(written: Written) -> None:
    play = at_work(written())
    play.on(BEGINNING + timedelta(days=2))
    play.do("lena", k.AnswerFact("quiet", "true"))
    assert play.track("watch") == "completed"
    merged = written(
        (WATCH, ""),
        ("  work: {title: {en: Work}}", "  desk: {title: {en: Desk}, was: watch}"),
        ("go: {to: work}", "go: {to: desk}"),
        ("in: work", "in: desk"),
    )
    play.moves(merged)
    assert (play.track(), play.phase()) == ("running", "idea")
    play.decides("bo", "G1", "go")
    assert play.phase() == "pilot"


# ---------------------------------------------------------------- a ladder that counts otherwise

DULL = "ladders: {nudges: {near: {at: 5 days before due, to: [owner]}}}"
OFTEN = "ladders: {nudges: {late: {at: every 1 week after due at most 9 times, to: [owner]}}}"
SELDOM = OFTEN.replace("1 week", "2 weeks")
DUE = BEGINNING + timedelta(days=60)


def test_a_rung_under_another_name_is_not_told_again_on_the_same_day(written: Written) -> None:
    play = at_work(written())
    assert len(_reports(raised(play, DUE - timedelta(5)))) == 1
    play.moves(written((DULL, DULL.replace("near", "soon"))))
    assert raised(play, DUE - timedelta(4)) == []


@pytest.mark.parametrize(("before", "after"), [(OFTEN, SELDOM), (SELDOM, OFTEN)])
def test_rungs_that_are_counted_otherwise_are_each_told_once(
    written: Written, before: str, after: str
) -> None:
    """Twenty days after the due date a project moves; nothing is told at once, nor too late."""
    play = at_work(written((DULL, before)))
    told = [key for n in range(1, 21) for key in _reports(raised(play, DUE + timedelta(n)))]
    assert len(told) == (2 if before == OFTEN else 1)
    play.moves(written((DULL, after)))
    days = {n: _reports(raised(play, DUE + timedelta(n))) for n in range(21, 60)}
    comes = [n for n, keys in days.items() if keys]
    assert comes == ([28, 42, 56] if after == SELDOM else [21, 28, 35, 42, 49, 56])


@pytest.mark.parametrize(
    ("before", "since", "until", "then"),
    [(SELDOM, OFTEN, [21, 28], [42, 56]), (OFTEN, SELDOM, [28], [35, 42, 49, 56])],
)
def test_rungs_of_another_ladder_are_each_told_once_by_going_back(
    written: Written, before: str, since: str, until: list[int], then: list[int]
) -> None:
    first = written((DULL, before))
    play = at_work(first)
    raised(play, DUE + timedelta(20))
    stood = as_it_was(play)
    play.moves(written((DULL, since)))
    days = {n: _reports(raised(play, DUE + timedelta(n))) for n in range(21, 35)}
    assert [n for n, keys in days.items() if keys] == until
    back(play, first, stood)
    days = {n: _reports(raised(play, DUE + timedelta(n))) for n in range(35, 60)}
    assert [n for n, keys in days.items() if keys] == then


def _reports(keys: list[str]) -> list[str]:
    return [key for key in keys if key.startswith("idea/report")]


# ---------------------------------------------------------------- asked of each, or of all


def views(play: Play) -> dict[str, str]:
    return {n.key: n.status.value for n in play.project.needs.values() if n.ref == "board/view"}


def test_what_was_asked_of_a_role_is_asked_of_each_member_and_of_nobody_else(
    written: Written,
) -> None:
    first = written()
    play = at_work(first)
    day = play.due("view")
    assert views(play) == {"G1.board/view#1": "open"}
    waits, before = letter(play, "G1.board/view#1"), as_it_was(play)
    assert day is not None
    assert len(raised(play, day - timedelta(5))) == 1

    play.moves(written(EACH))
    assert views(play) == {"G1.board/view#1@bo": "open", "G1.board/view#1@bea": "open"}
    assert {play.due(key) for key in ("view",)} == {day}
    assert raised(play, day - timedelta(4)) == []
    told = moved.called_now(play.situation, waits, "bea")
    assert told.data["obligation"] == "G1.board/view#1@bea"
    [move] = [x for x in play.project.migrations if x.undone is None]
    assert move.version == "2.0.0"

    back(play, first, before)
    assert views(play) == {"G1.board/view#1": "open"}
    assert raised(play, day - timedelta(3)) == []


def test_what_one_of_a_role_has_done_is_theirs_alone(written: Written) -> None:
    play = at_work(written())
    play.do("bo", k.TickOff("G1.board/view#1"))
    [event] = [x for x in play.moves(written(EACH)) if isinstance(x, ProjectMigrated)]
    assert views(play) == {"G1.board/view#1@bo": "done", "G1.board/view#1@bea": "open"}
    assert event.regrouped == {"board/view": "each"}
    play.do("bea", k.TickOff("G1.board/view#1@bea"))
    assert set(views(play).values()) == {"done"}


@pytest.mark.parametrize("done", ["", "bea"])
def test_what_was_asked_of_each_member_is_asked_once(written: Written, done: str) -> None:
    first = written(EACH)
    play = at_work(first)
    if done:
        play.do(done, k.TickOff(f"G1.board/view#1@{done}"))
    before = as_it_was(play)
    day = play.due("view")
    assert day is not None
    assert len(raised(play, day - timedelta(5))) == (1 if done else 2)
    waits = letter(play, "G1.board/view#1@bo", "")
    play.moves(written())
    assert views(play) == {"G1.board/view#1": "done" if done else "open"}
    assert raised(play, day - timedelta(4)) == []
    assert moved.called_now(play.situation, waits, "bo").data["obligation"] == "G1.board/view#1"
    back(play, first, before)
    assert sorted(views(play).values()) == (["done", "open"] if done else ["open", "open"])
    assert raised(play, day - timedelta(3)) == []


def test_at_a_gate_that_was_decided_nothing_is_asked_of_anybody_any_more(written: Written) -> None:
    play = at_work(written())
    play.do("bo", k.TickOff("G1.board/view#1"))
    play.decides("bo", "G1", "go")
    play.moves(written(EACH))
    here = [n for n in play.project.needs.values() if n.ref == "board/view"]
    assert {n.origin: n.status for n in here if n.status is not NeedStatus.OPEN} == {
        "G1#1": NeedStatus.DONE
    }
    assert {n.key for n in here if n.status is NeedStatus.OPEN} == {
        "G2.board/view#1@bo", "G2.board/view#1@bea",
    }  # fmt: skip


# ---------------------------------------------------------------- days


def test_a_day_that_is_another_is_told_whatever_has_moved_it(written: Written) -> None:
    play = at_work(written())
    play.on(BEGINNING + timedelta(days=10))
    later = written(("due: 60 days after entry", "due: 70 days after entry"))
    [told] = [x for x in play.moves(later, "remaining") if isinstance(x, DatesFixed)]
    key, was = "idea/report#1", BEGINNING + timedelta(days=60)
    assert (told.were, told.moved) == ({key: was}, {key: was + timedelta(days=10)})
    assert key not in play.project.dates  # the version says so itself


def test_a_day_that_there_is_no_more_is_told(written: Written) -> None:
    play = at_work(written())
    later = written(
        ("report: {do: {en: Report}, due: 60 days after entry}", "report: {do: {en: Report}}")
    )
    [told] = [x for x in play.moves(later, "remaining") if isinstance(x, DatesFixed)]
    assert (dict(told.were), dict(told.moved)) == (
        {"idea/report#1": BEGINNING + timedelta(days=60)},
        {},
    )


# ---------------------------------------------------------------- and back, after an erasure


def test_no_way_back_to_a_version_that_computes_with_what_was_erased(written: Written) -> None:
    first = written()
    play = at_work(first)
    play.do("lena", k.AnswerFact("quiet", "true"))
    before = play.project
    erased = replace(before, facts={"quiet": replace(before.facts["quiet"], value="[erased]")})
    play.moves(written(("{en: Report}", "{en: Told}")))
    command = k.UndoMigration("Too soon", k.Annulled("c", 1, erased))
    assert refused(play, first, command) == {"rests_on_erased quiet"}
