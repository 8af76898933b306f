"""A project that goes through a method by chance: through the real engine, the same way each time."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from innocities_engine import library, wording
from innocities_engine.authoring.wandering import Wandered, wander
from innocities_engine.cli import simulated
from innocities_engine.domain import events as e
from innocities_engine.domain.definition import FactType
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.project import Project
from tests.cli.shell import Shell
from tests.features.driver import DEFINITIONS

ROOT = Path(__file__).parents[2]
METHODS = sorted({name for name, _, _ in library.Library().ids()})
SEEDS = range(8) if os.environ.get("INNOCITIES_FULL") else range(1)


def walks(name: str) -> list[Wandered]:
    method = library.Library().methodology(name)
    return [wander(method, seed) for seed in SEEDS]


@pytest.mark.parametrize("name", METHODS)
def test_every_method_that_ships_can_be_gone_through_by_chance(name: str) -> None:
    for walked in walks(name):
        stage = walked.stage
        assert walked.ended == "over"
        assert all(track.end is not None for track in stage.project.tracks.values())
        happened = [event for done in stage.log for event in done.events]
        assert fold(Project(), happened) == stage.project
        ats = [done.at for done in stage.log]
        assert all(before <= after for before, after in itertools.pairwise(ats))
        assert any(isinstance(event, e.GateDecided) for event in happened)


def test_days_that_are_answered_are_days_that_people_would_answer() -> None:
    """Also where a rule has to be met: the day a judgment gained legal force, in the third walk."""
    method = library.Library().methodology("innocities-bolag")
    away = [
        abs(date.fromisoformat(event.value) - event.at.date()).days
        for seed in (1, 3)
        for done in wander(method, seed, 200).stage.log
        for event in done.events
        if isinstance(event, e.FactAnswered) and method.facts[event.fact].type is FactType.DATE
    ]
    assert len(away) >= 5
    assert max(away) <= 60


FEATURES = sorted(p for p in DEFINITIONS.glob("F*.yaml") if "methodology/1" in p.read_text("utf-8"))


@pytest.mark.parametrize("path", FEATURES, ids=lambda path: path.stem)
def test_whatever_the_language_can_say_can_be_gone_through(path: Path) -> None:
    walked = wander(library.load(path), 0, 80)

    assert walked.ended in ("over", "steps", "stuck")
    assert walked.steps > 0
    assert simulated.days(walked.stage, "nb")


def test_nobody_does_what_the_engine_would_not_let_them_do() -> None:
    stage = wander(library.Library().methodology("smartby-havn"), 3, 60).stage
    for before, done in itertools.pairwise(stage.log):
        assert done.before == before.after
        assert done.person in {"system", "manager", *held(done.before)} | held(done.after)


def held(project: Project) -> set[str]:
    return {person for members in project.members.values() for person in members}


def run(seed: int, hashing: str) -> dict[str, object]:
    """In a process of its own, in which sets are in another order."""
    words = ["methodology", "simulate", "smartby-prosjekt", "--random", str(seed), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words, "--steps", "60"], cwd=ROOT, text=True, check=True,
        capture_output=True, env={**os.environ, "PYTHONHASHSEED": hashing},
    )  # fmt: skip
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_the_same_number_goes_the_same_way_and_another_one_another() -> None:
    first = run(11, "1")

    assert first == run(11, "2")
    other = wander(library.Library().methodology("smartby-prosjekt"), 12, 60).stage
    assert first["days"] != simulated.days(other, "en")
    assert (first["seed"], first["method"], first["ended"]) == (11, "smartby-prosjekt", "steps")


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_it_is_told_like_a_scenario(bare: Shell, language: str) -> None:
    words = f"methodology simulate smartby-prosjekt --random 5 --steps 25 --lang {language}"
    shown = bare(f"{words} --picture t.svg").out
    told = bare.json(words)

    assert max(map(len, shown.splitlines())) <= 80
    assert wording.say(language, "simulate.ended_steps", n=25, day="x").split()[0] in shown
    assert told["steps"] == 25
    assert any(day["letters"] for day in told["days"])
    assert all(date["why"] or date["day"] for day in told["days"] for date in day["dates"])
    assert (bare.folder / "t.svg").read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("language", ["sv", "nb"])
def test_what_made_up_people_say_is_in_the_language_of_the_reader(
    bare: Shell, language: str
) -> None:
    told = bare(f"methodology simulate smartby-prosjekt --random 5 --lang {language}").out

    assert wording.say(language, "simulate.reason") in " ".join(told.split())
    assert "tried out" not in told
    assert "paper.md" not in told
    assert "Term 1" not in told


def test_a_draft_of_ones_own_can_be_gone_through(bare: Shell) -> None:
    (bare.folder / "mine").mkdir()
    text = (Path(__file__).parents[1] / "features" / "definitions" / "board.yaml").read_text(
        "utf-8"
    )
    (bare.folder / "mine" / "1.0.0.yaml").write_text(text, encoding="utf-8")

    assert bare.json("methodology simulate mine/1.0.0.yaml --random 1")["ended"] == "over"


@pytest.mark.parametrize("words", [
    "base-stans --steps 3", "smartby-prosjekt --random -1", "smartby-prosjekt --random x",
    "smartby-prosjekt --random 1 --steps 0",
])  # fmt: skip
def test_what_makes_no_walk_is_told(bare: Shell, words: str) -> None:
    bare(f"methodology simulate {words}", expect=2)


def test_a_method_that_is_not_there_is_told(bare: Shell) -> None:
    said = bare("methodology simulate smartby --random 1 --lang en", expect=3).err
    assert "There is no method “smartby” here." in said


def test_the_picture_shows_each_decision_of_the_walk() -> None:
    stage = wander(library.Library().methodology("smartby-havn"), 2, 120).stage
    drawn = simulated.picture(stage, "nb")
    assert drawn.count("<title>") >= len(stage.project.decisions) > 0
