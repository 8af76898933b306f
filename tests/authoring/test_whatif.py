"""What a look at the past under a draft finds, and what it must not find, over recorded histories."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from random import Random
from typing import Any, cast

import pytest

from innocities_engine.authoring.whatif import Kind, Looked, Side, WhatIf
from innocities_engine.domain import events as e
from innocities_engine.domain import reminders
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.evolve import evolve
from innocities_engine.domain.needs import UNMET
from innocities_engine.domain.project import Decision, Project
from innocities_engine.domain.settle import advance
from innocities_engine.history.story import Story
from innocities_engine.language.nodes import node_of, plain
from innocities_engine.language.references import renamed
from tests.authoring.recounted import method, moved, raw, recorded, story, unswept
from tests.histories.stored import History
from tests.migrating.methods import Plain, changed, otherwise_called, versioned

FULL = bool(os.environ.get("INNOCITIES_FULL"))  # every history, else one of
EVERY = 41
SHIPPED = "smartby-prosjekt"
PLAIN = ("papers", "F29", "meanwhile")  # no quiet period moves their days
BESIDE = "ideeier"  # a role that decides nothing
AFTER_DAYS = re.compile(r"(\d+) (days|weeks) after (\w+)")


def sample(start: int = 0) -> list[History]:
    return list(recorded().histories[start :: 1 if FULL else EVERY])


def shipped(most: int) -> list[History]:
    found = [h for h in recorded().histories if h.name.startswith(SHIPPED)]
    return found if FULL else found[:most]


def looked(history: History, draft: Methodology, **later: float) -> Looked:
    now = history.steps[-1].now + timedelta(**later)
    return WhatIf(draft).look(story(history), now)


def assert_nothing(history: History, found: Looked) -> None:
    assert found.refusals == [], history.name
    assert found.moved == {}, history.name
    assert found.unplaced == [], history.name
    assert found.mail[Side.DRAFT] == found.mail[Side.FOLLOWED], history.name


def states(told: Story) -> Iterator[tuple[datetime, Project]]:
    """The project after each entry."""
    state = Project()
    for entry in told.entries:
        assert entry.event is not None
        state = evolve(state, entry.event)
        yield entry.at, state


def decisions(told: Story) -> Iterator[Decision]:
    return (x.event.decision for x in told.entries if isinstance(x.event, e.GateDecided))


# ---------------------------------------------------------------- what changes nothing


def test_the_very_version_that_was_followed_finds_nothing(told: Callable[[str], None]) -> None:
    counted: Counter[str] = Counter()
    for history in sample():
        found = looked(history, method(history.method), days=60)
        assert_nothing(history, found)
        counted["commands"] += found.commands
        counted["decisions"] += found.decisions.total()
        counted["reminders"] += found.mail[Side.FOLLOWED].total()
        assert found.decisions.total() == len(list(decisions(story(history))))
    told(f"looked at under the version that was followed: {dict(counted)}")
    assert all(counted[what] > 10 for what in ("commands", "decisions", "reminders"))


def test_other_texts_and_other_names_find_nothing() -> None:
    for history in sample(start=5):
        others = otherwise_called(_reworded(raw(history)), "_x")
        assert_nothing(history, looked(history, versioned(others, "9.0.0"), days=60))


def test_a_project_that_moved_meanwhile_is_reminded_as_often_as_it_was() -> None:
    """Under the names of the version it moved to, nothing is raised a second time."""
    for history in shipped(2):
        draft = versioned(otherwise_called(raw(history), "_x"), "9.0.0")
        told = moved(unswept(history), draft)
        assert told.state.digest == draft.digest
        found = WhatIf(draft).look(told, told.entries[-1].at + timedelta(60))
        assert_nothing(history, found)
        stayed = WhatIf(draft).look(unswept(history), found.ended)
        assert found.mail[Side.FOLLOWED] == stayed.mail[Side.FOLLOWED]


def _reworded(said: Any) -> Any:
    """Every title says something else."""
    if not isinstance(said, dict):
        return said
    return {
        key: {language: f"{text} anew" for language, text in value.items()}
        if key == "title" and isinstance(value, dict)
        else _reworded(value)
        for key, value in said.items()
    }


# ---------------------------------------------------------------- what is refused


def test_a_paper_more_is_missed_by_every_decision_that_passed_the_gate(
    told: Callable[[str], None],
) -> None:
    passed = 0
    for history in [*sample(start=11), *shipped(1)]:
        draft = versioned(_with_a_paper(raw(history)), "9.0.0")
        found = looked(history, draft)
        named = [r.decision for r in found.refusals
                 if any(b.params.get("of") == "ekstra" for b in r.blockers)]  # fmt: skip
        expected = [d for d in decisions(story(history)) if _passes(draft, d)]
        assert named == expected, history.name
        assert len(found.refusals) == len(named), history.name
        assert all(len(r.blockers) == 1 and not r.deciders for r in found.refusals), history.name
        passed += len(expected)
    told(f"decisions that would have been refused for one more paper: {passed}")
    assert passed > 10


def _with_a_paper(said: Plain) -> Plain:
    found = deepcopy(said)
    found["artefacts"] = found.get("artefacts", {})
    title = dict.fromkeys(found["languages"], "Ekstra")
    found["artefacts"]["ekstra"] = {"title": title, "by": next(iter(found["roles"]))}
    for gate in found["gates"].values():
        gate.setdefault("needs", {})["ekstra"] = {}
    return found


def _passes(draft: Methodology, decision: Decision) -> bool:
    gate = draft.gates[decision.passage.partition("#")[0]]
    return gate.outcomes[decision.proposal.outcome].passing and not decision.on_paper


def test_those_who_would_have_had_to_agree_are_named() -> None:
    """Where the draft asks somebody else beside those who decided, their word alone is too little."""
    found = 0
    for history in shipped(3):
        said, here = raw(history), story(history)
        changed = {g: x["decides"]["by"] for g, x in said["gates"].items()
                   if isinstance(x["decides"]["by"], str) or "role" in x["decides"]["by"]}  # fmt: skip
        for gate, by in changed.items():
            said["gates"][gate]["decides"]["by"] = {"each": [by, BESIDE]}
        draft = versioned(said, "9.0.0")
        taken = [d for d in decisions(here) if d.passage.partition("#")[0] in changed]
        refused = [r for r in looked(history, draft).refusals if r.deciders]
        assert [r.decision for r in refused] == taken, history.name
        assert all(BESIDE in r.deciders for r in refused)
        found += len(refused)
    assert found


# ---------------------------------------------------------------- which days are others


@pytest.mark.parametrize("days", [-3, 11])
def test_a_day_that_is_moved_is_found_with_exactly_so_many_days(days: int) -> None:
    found, tried = 0, Counter[str]()
    for history in [h for h in recorded().histories if h.name.startswith(PLAIN)]:
        said, changed = _with_other_days(raw(history), days)
        if not changed or (not FULL and tried[history.method] > 1):
            continue
        tried[history.method] += 1
        looks = looked(history, versioned(said, "9.0.0"))
        owed = {need.key for _, state in states(story(history)) for need in state.needs.values()
                if need.status in UNMET and need.ref in changed}  # fmt: skip
        assert looks.moved.keys() <= owed, history.name
        assert {each.days for each in looks.moved.values()} <= {days}, history.name
        kept = {need.key for _, need in story(history).state.needs.items() if need.status in UNMET}
        assert owed & kept <= looks.moved.keys(), history.name
        found += len(looks.moved)
    assert found > 3


def _with_other_days(said: Plain, days: int) -> tuple[Plain, set[str]]:
    """Needs that are due a fixed time after an entry are due so many days later."""
    found, changed = deepcopy(said), set()
    for section in ("phases", "gates"):
        for place, told in found[section].items():
            for name, need in told.get("needs", {}).items():
                due = AFTER_DAYS.fullmatch(str(need.get("due")))
                if due and due[3] == "entry":
                    whole = int(due[1]) * (7 if due[2] == "weeks" else 1) + days
                    need["due"] = f"{whole} days after entry"
                    changed.add(f"{place}/{name}")
    return found, changed


# ---------------------------------------------------------------- how many more reminders


def test_a_rung_more_gives_one_reminder_for_each_obligation_that_reaches_it(
    told: Callable[[str], None],
) -> None:
    more = 0
    for history in shipped(3):
        said = raw(history)
        for ladder in said["ladders"].values():
            ladder["earliest"] = {"at": "30 days before due", "to": ["owner"]}
        draft = versioned(said, "9.0.0")
        found = looked(history, draft, days=30)
        reached = _reached(story(history), draft, found.ended)
        assert found.mail[Side.DRAFT].total() - found.mail[Side.FOLLOWED].total() == reached
        assert found.refusals == []
        more += reached
    told(f"reminders by one more rung: {more}")
    assert more > 10


def _reached(told: Story, draft: Methodology, until: datetime) -> int:
    """Counted anew: day by day and after each command, the new rung of each obligation that is open
    then, unless a later one has come as well.
    """
    known = list(states(told))
    night = known[0][0].replace(hour=23, minute=30)  # the day has begun wherever they are
    nights = [night + timedelta(n) for n in range((until - night).days + 1)]
    seen: set[str] = set()
    count = place = 0
    for instant in sorted({*nights, *(at for at, _ in known)}):
        while place < len(known) and known[place][0] <= instant:
            place += 1
        c = Cursor(draft, known[place - 1][1], told.inputs(known[0][1], place, draft), instant)
        advance(c, instant)
        for obligation in reminders.obligations(c.situation):
            rungs = reminders.lines(c.situation, c.situation, obligation)
            come = [line for line in rungs if line.instant <= instant]
            fresh = {x.key: x for x in come if x.rung == "earliest" and x.key not in seen}
            last = max((line.counted for line in come), default=None)
            count += sum(x.counted == last and bool(x.to) for x in fresh.values())
            seen |= fresh.keys()
    return count


# ---------------------------------------------------------------- what somebody has to decide


def test_a_phase_that_is_gone_needs_a_decision_where_a_project_stands_in_it() -> None:
    """It is there under another name, but the draft does not say so."""
    found = 0
    for history in sample(start=7) + shipped(3):
        here = story(history)
        track = here.state.tracks[here.method.main_root]
        if track.end is not None:
            continue
        draft = versioned(_forgotten(raw(history), track.phase), "9.0.0")
        looks = looked(history, draft)
        question = {f"phase/{track.phase}"}
        assert question <= {b.subject for b in looks.unplaced[-1].why}, history.name
        assert looks.unplaced[-1].until == looks.ended
        plan = WhatIf(draft).move(here, looks.ended)
        assert plan is not None
        why = {b.subject for b in plan.why}
        assert question <= why, history.name
        # A decision that waits to lead into the phase has to be over first.
        assert plan.kind is (Kind.NEEDS_DECISION if why == question else Kind.IMPOSSIBLE)
        found += why == question
    assert found > 2


def _forgotten(said: Plain, phase: str) -> Plain:
    tree = renamed(node_of(said), ("phases", phase), f"{phase}_z")
    assert tree is not None
    found = cast("Plain", plain(tree))
    found["phases"][f"{phase}_z"].pop("was")
    return found


def test_whatever_is_changed_each_project_is_looked_at_as_far_as_can_be_said() -> None:
    refused = 0
    for number, history in enumerate(sample(start=3)):
        draft = changed(raw(history), Random(number), "9.0.0")
        looks = looked(history, draft, days=30)
        assert len(looks.refusals) <= looks.decisions.total(), history.name
        assert all(r.blockers or r.deciders for r in looks.refusals), history.name
        assert all(u.why and u.at <= u.until for u in looks.unplaced), history.name
        assert all(m.was != m.day for m in looks.moved.values()), history.name
        refused += len(looks.refusals) + len(looks.unplaced)
    assert refused
