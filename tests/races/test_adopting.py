"""What another organisation shares is taken over once for each key, and wholly or not at all while
it is taken back: by processes that begin at the same moment.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable

import pytest

from innocities_engine.domain import events as e
from tests.crash.runs import Forks
from tests.races.world import HOME, LEAD, METHOD, Town

FULL = bool(os.environ.get("INNOCITIES_FULL"))
TRIES = 100
TAKEN_BACK_ROUNDS = 100 if FULL else 12
CHANGED_ROUNDS = 60 if FULL else 8
THERE = "--organisation skjaer --as sol"
ADOPT = "--member lead=astrid --member board=bjorn --as astrid"


@pytest.fixture
def beside(town: Town) -> Town:
    town.run('organisation add skjaer "Skjær havn" --admin sol="Sol Vik"')
    town.run("methodology", "publish", str(METHOD), *THERE.split())
    (town.folder / "plan.md").write_text("# A plan\n", encoding="utf-8")
    return town


def shared(town: Town, name: str) -> str:
    """A project of the neighbour with a file, shared; the id under which it is."""
    town.run(
        f"project start rivals Ladder --id {name} --member lead=sol --member board=sol {THERE}"
    )
    town.run(f"project submit {name} plan plan.md {THERE}")
    said = town.run.json(f"project share {name} plan {THERE}")
    found: str = said["events"][0]["shared"]["id"]
    return found


def adoptions(town: Town, name: str) -> list[str]:
    """The names of those who have taken it over, as the neighbour's record says."""
    entries = town.engine.history("skjaer", name, "sol")
    happened = [entry.event for entry in entries]
    return [x.adoption.id for x in happened if isinstance(x, e.ProjectAdopted)]


def begun(town: Town, title: str) -> list[str]:
    """The projects at home that were taken over under a title, each with the paper it began with."""
    found = town.engine.projects(HOME, LEAD, limit=1000)
    ids = [each.id for each in found if each.title == title]
    for project in ids:
        state = town.engine.view(HOME, project, LEAD).project
        assert state.adopted is not None
        assert [v.source.n for v in state.versions["plan"] if v.source] == [1]
    return ids


def test_a_hundred_who_take_over_under_one_key_begin_one_project(
    beside: Town, racing: Forks, told: Callable[[str], None]
) -> None:
    wanted = shared(beside, "ladder")
    command = f"project adopt {wanted} rivals Ours {ADOPT} --idempotency-key once"

    ended = beside.race(racing, 0, *[command] * TRIES)
    late = beside.run.json(command)

    codes = Counter(each.code for each in ended)
    assert codes.keys() <= {0, 5}, codes  # 5: who waited too long is asked to try again
    answers = [each.answer for each in ended if each.code == 0]
    assert len(answers) > 1
    assert sum(not answer["repeated"] for answer in answers) == 1
    assert [answer | {"repeated": True} for answer in answers] == [late] * len(answers)
    assert begun(beside, "Ours") == [late["project"]]
    assert len(adoptions(beside, "ladder")) == 1
    assert beside.is_sound()
    told(f"taking over under one key: {TRIES} tries, 1 project, {codes[0]} equal answers,"
         f" {codes[5]} waited too long")  # fmt: skip


def test_what_is_taken_back_at_the_same_moment_is_taken_over_wholly_or_not_at_all(
    beside: Town, racing: Forks, told: Callable[[str], None]
) -> None:
    won: Counter[int] = Counter()
    for n in range(TAKEN_BACK_ROUNDS):
        name, title = f"ladder-{n}", f"Ours {n}"
        wanted = shared(beside, name)
        adopt = ("project", "adopt", wanted, "rivals", title, *ADOPT.split())
        commands: list[str | tuple[str, ...]] = [adopt, adopt]
        commands.insert(n % 3, f"project unshare {name} {THERE}")

        ended = beside.race(racing, n, *commands)

        codes = [each.code for each in ended]
        assert codes.pop(n % 3) == 0, ended
        assert set(codes) <= {0, 3}, ended
        assert all(x.answer["error"]["code"] == "not-found" for x in ended if x.code == 3)
        done = codes.count(0)
        assert len(begun(beside, title)) == len(adoptions(beside, name)) == done
        assert beside.run.json("project shared")["shared"] == []
        won[done] += 1

    assert beside.is_sound()
    told(f"two take over ∥ one takes back: {TAKEN_BACK_ROUNDS} rounds, taken over"
         f" {dict(sorted(won.items()))}, never by halves")  # fmt: skip


def test_what_is_shared_anew_at_the_same_moment_is_taken_over_as_it_was_or_as_it_is(
    beside: Town, racing: Forks, told: Callable[[str], None]
) -> None:
    wanted = shared(beside, "ladder")
    came_of: Counter[str] = Counter()
    for n in range(CHANGED_ROUNDS):
        adopt = ("project", "adopt", wanted, "rivals", f"Ours {n}", *ADOPT.split())
        anew = ("project", "share", "ladder", "plan", "--lesson", f"Lesson {n}", *THERE.split())

        both = (adopt, anew) if n % 2 else (anew, adopt)
        taken = dict(zip(both, beside.race(racing, n, *both), strict=True))[adopt]

        if taken.code == 0:
            [project] = begun(beside, f"Ours {n}")
            adopted = beside.engine.view(HOME, project, LEAD).project.adopted
            assert adopted is not None
            new, old = (f"Lesson {n}",), (f"Lesson {n - 1}",) if n else ()
            assert adopted.lessons in (new, old)
            came_of["as it is" if adopted.lessons == new else "as it was"] += 1
        else:
            assert (taken.code, taken.answer["error"]["code"]) == (4, "conflict")
            assert begun(beside, f"Ours {n}") == []
            came_of["told that it changed"] += 1

    assert len(adoptions(beside, "ladder")) == CHANGED_ROUNDS - came_of["told that it changed"]
    assert beside.is_sound()
    told(f"take over ∥ share anew: {CHANGED_ROUNDS} rounds, {dict(came_of)}")
