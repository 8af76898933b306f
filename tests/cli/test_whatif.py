"""What is told of a draft that the projects of the municipality never followed."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime

import pytest

from innocities_engine import library
from innocities_engine.cli import supposed
from tests.cli.shell import Shell
from tests.cli.world import METHODS

FOLLOWED = "smartby-prosjekt"
LEFT = ("identical", "compatible", "needs_decision", "impossible")


@pytest.fixture
def draft(run: Shell) -> str:
    """A file with a paper more at the first gate, and one duty that is due a week later."""
    said = deepcopy(library.resolved(library.SHIPPED / FOLLOWED / "1.0.0.yaml"))
    said["version"] = "1.9.0"
    said["artefacts"]["klimaregnskap"] = {
        "title": {"nb": "Klimaregnskap", "en": "Climate account"},
        "by": "prosjektleder",
    }
    said["gates"]["G1"]["needs"]["klimaregnskap"] = {}
    path = run.folder / FOLLOWED / "1.9.0.yaml"
    path.parent.mkdir()
    path.write_text(library.dump(said), encoding="utf-8")
    return str(path.relative_to(run.folder))


def test_decisions_that_lacked_a_paper_are_named_with_their_projects(
    run: Shell, draft: str
) -> None:
    told = run.json(f"methodology whatif {draft}", expect=1)
    passed = {
        project["number"]
        for project in run.json("project list")["projects"]
        if project["method"] == FOLLOWED and _passed(run, project["id"])
    }
    refused = {each["number"]: each["refused"] for each in told["projects"] if each["refused"]}
    assert refused.keys() == passed
    assert len(passed) > 2
    for [one] in refused.values():
        assert one["gate"] == "G1"
        assert [(why["code"], why["params"]["of"]) for why in one["why"]] == [
            ("need_open", "klimaregnskap")
        ]
    assert told["counts"]["refused"] == len(passed)
    assert told["counts"]["moved_days"] == 0
    # Nobody is reminded to decide while a paper is missing.
    assert told["counts"]["reminders"]["draft"] < told["counts"]["reminders"]["followed"]
    assert told["counts"]["projects"] == len(told["projects"])


def _passed(run: Shell, project: str) -> bool:
    outcomes = library.load(library.SHIPPED / FOLLOWED / "1.0.0.yaml").gates["G1"].outcomes
    told = [entry["event"] for entry in run.json(f"project history {project}")["entries"]]
    taken = [event["decision"] for event in told if event["type"] == "GateDecided"]
    return any(
        decision["passage"] == "G1#1" and outcomes[decision["proposal"]["outcome"]].passing
        for decision in taken
    )


def test_what_it_comes_to_is_read_in_the_readers_words(run: Shell, draft: str) -> None:
    said = run(f"methodology whatif {draft} --lang en", expect=1).out
    assert "Still open: Climate account" in said
    assert "Every project had its place under the draft at all times." in said
    assert max(map(len, said.splitlines())) <= 80
    assert "Sto fortsatt åpent: Klimaregnskap" in run(f"methodology whatif {draft}", expect=1).out


def test_the_version_that_is_followed_changes_nothing_and_nothing_is_written(run: Shell) -> None:
    before = run("audit checkpoint --json").data
    told = run.json(f"methodology whatif {FOLLOWED}")
    counts = told["counts"]
    assert (counts["refused"], counts["moved_days"]) == (0, 0)
    assert counts["reminders"]["followed"] == counts["reminders"]["draft"]
    running = [each["move"] for each in told["projects"] if each["move"]]
    assert running
    assert all(move == {"class": "same", "why": [], "events": []} for move in running)
    assert counts["running"] == {"same": len(running)} | dict.fromkeys(LEFT, 0)
    said = run(f"methodology whatif {FOLLOWED} --lang en").out
    assert "Follow it already: " in said
    assert "Only texts change" not in said
    assert run("audit checkpoint --json").data == before


def test_what_a_move_would_be_is_told_as_the_plan_of_the_move_tells_it(
    run: Shell, draft: str
) -> None:
    before = run(f"methodology whatif {draft} --lang en", expect=1).out
    supposed = run.json(f"methodology whatif {draft}", expect=1)["projects"]
    run(f"methodology publish {draft} --although 'Så ingen teller for lavt'")
    plan = f"project migrate plan {FOLLOWED} 1.9.0"
    planned = {each["id"]: each for each in run.json(plan)["projects"]}
    moves = {each["id"]: each["move"] for each in supposed if each["move"]}
    assert moves
    for project, move in moves.items():
        assert (move["class"], move["why"]) == (planned[project]["class"], planned[project]["why"])
        texts = [event["text"] for event in planned[project]["events"]]
        assert [event["text"] for event in move["events"]] == texts
    for said in (before, run(f"{plan} --lang en").out):
        assert f"Can move · {len(moves)}\n" in said
        assert said.count("Needed from now on: Climate account") == 1


def overlay(run: Shell, method: str, extends: str, title: str) -> str:
    """A file that calls the owners otherwise, and nothing else."""
    path = run.folder / method / "1.0.0.yaml"
    path.parent.mkdir()
    path.write_text(
        f'schema: innocities/overlay/1\nid: {method}\nversion: "1.0.0"\nlanguages: [nb, en]\n'
        f'extends: {{id: {extends}, version: "1.0.0"}}\nchanges:\n'
        "  - {id: T-02, reason: {nb: Slik, en: So}, operations: ["
        f"{{replace: roles/eier/title, value: {{nb: Eier, en: {title}}}}}]}}\n",
        encoding="utf-8",
    )  # fmt: skip
    base = run.folder / "liten" / "1.0.0.yaml"
    base.parent.mkdir(exist_ok=True)
    base.write_bytes((METHODS / "liten" / "1.0.0.yaml").read_bytes())
    return f"{method}/1.0.0.yaml"


def test_an_overlay_is_held_against_the_projects_of_the_method_that_it_extends(run: Shell) -> None:
    file = overlay(run, "tillegg", "liten", "Sponsors")
    told = run.json(f"methodology whatif {file}", expect=None)
    assert [each["id"] for each in told["projects"]] == ["avvik"]
    own = run.json(f"methodology whatif {file} --method liten", expect=None)
    assert told == own
    none = run.json(f"methodology whatif {file} --method smartby-havn")
    assert none["projects"] == []
    assert "liten" in run(f"methodology whatif {file} --method litten", expect=3).err


def test_an_overlay_on_an_overlay_is_held_against_those_that_are_followed(run: Shell) -> None:
    first = overlay(run, "tillegg", "liten", "Sponsors")
    second = overlay(run, "mer", "tillegg", "Patrons")
    told = run.json(f"methodology whatif {second}", expect=None)
    assert [each["id"] for each in told["projects"]] == ["avvik"]
    run(f"methodology publish {first}")
    run("project start tillegg Bro --id bro --member leder=astrid --member eier=eva")
    told = run.json(f"methodology whatif {second}", expect=None)
    assert [each["id"] for each in told["projects"]] == ["bro"]


def test_a_published_overlay_remembers_what_it_was_laid_on(run: Shell) -> None:
    """Its file may be gone."""
    file = overlay(run, "tillegg", "liten", "Sponsors")
    told = run.json(f"methodology whatif {file}", expect=None)
    run(f"methodology publish {file}")
    (run.folder / file).unlink()
    again = run.json("methodology whatif tillegg", expect=None)
    assert [each["id"] for each in again["projects"]] == ["avvik"]
    assert again["counts"] == told["counts"]


def test_time_in_which_nobody_can_say_where_a_project_stood_is_named_with_its_days(
    run: Shell,
) -> None:
    path = run.folder / "liten" / "2.0.0.yaml"
    path.parent.mkdir()
    said = (METHODS / "liten" / "1.0.0.yaml").read_text(encoding="utf-8")
    path.write_text(said.replace("arbeid", "verk").replace("1.0.0", "2.0.0"), encoding="utf-8")
    told = run.json("methodology whatif liten/2.0.0.yaml", expect=1)
    assert told["counts"]["unplaced"] == 1
    assert told["counts"]["reminders"] == {"followed": 0, "draft": 0}
    said = run("methodology whatif liten/2.0.0.yaml --lang en", expect=1).out
    assert "Left out of all this" in said
    assert "– Stood in Work (arbeid), which the draft does not have" in said
    assert "(8 Sep 2026 – " in said
    assert said.count("--choose") == 1  # of the move alone, not of the past


def test_everybody_sees_their_own_projects_and_who_sees_all_sees_all(
    run: Shell, draft: str
) -> None:
    run("person add karl Karl --right auditor")
    listed = run.json("project list")["projects"]
    seen = run.json(f"methodology whatif {draft} --as karl", expect=1)["counts"]["projects"]
    assert seen == len([each for each in listed if each["method"] == FOLLOWED])
    mine = run.json(f"methodology whatif {draft} --as vel", expect=None)["counts"]["projects"]
    listed = run.json("project list --as vel")["projects"]
    assert mine == len([each for each in listed if each["method"] == FOLLOWED])


def test_where_nobody_follows_the_method_there_is_nothing_to_look_at(run: Shell) -> None:
    said = run("methodology whatif smartby-program --lang en").out
    assert "No project here follows" in said


def test_stretches_that_follow_on_each_other_are_told_as_one() -> None:
    days = [datetime(2027, 3, day, tzinfo=UTC) for day in (1, 5, 9, 20, 25)]
    stretches = [
        supposed.Stretch(days[0], days[1], ("phase",), {}),
        supposed.Stretch(days[1], days[2], ("phase", "wait"), {}),
        supposed.Stretch(days[3], days[4], ("phase",), {}),
    ]

    assert supposed.spans(stretches) == {
        "phase": [(days[0], days[2]), (days[3], days[4])],
        "wait": [(days[1], days[2])],
    }
