"""The demonstration shows what it says it shows, and says only what can be asked for."""

from __future__ import annotations

import email.policy
import json
import re
from collections.abc import Mapping
from contextlib import chdir
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import cli
from innocities_engine.demo.acts import ACTS
from innocities_engine.demo.stories import STORIES
from innocities_engine.domain import events as e
from innocities_engine.domain.project import Project, TrackStatus
from innocities_engine.engine import Engine
from innocities_engine.store.transactions import open_store
from innocities_engine.wording import LANGUAGES, knows, say


def run(*words: str) -> Result:
    return CliRunner(env={"COLUMNS": "80", "LANG": "en"}).invoke(
        cli.app, words, obj=cli.Composition(), prog_name="innocities", catch_exceptions=False
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, Any]]:
    """One performance, for all tests of this module."""
    folder = tmp_path_factory.mktemp("demo") / "workspace"
    with chdir(folder.parent):
        done = run("demo", "--workspace", folder.name, "--json")
    assert done.exit_code == 0, done.output
    return folder, json.loads(done.stdout)


@pytest.fixture(scope="module")
def happened(played: tuple[Path, Mapping[str, Any]]) -> Mapping[str, tuple[Project, list[Any]]]:
    """By story: the project at the end, and all its events."""
    folder, told = played
    store = open_store(folder)
    try:
        found = {}
        for story, project in zip(STORIES, told["projects"], strict=True):
            engine = Engine(store, lambda: datetime.now(UTC))
            org, manager = story.world.organisation.id, story.world.manager
            entries = engine.history(org, project["id"], manager)
            state = engine.view(org, project["id"], manager).project
            found[story.id] = (state, [entry.event for entry in entries])
    finally:
        store.close()
    return found


def mails(folder: Path) -> list[Any]:
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in (folder / "mailbox").rglob("*.eml")
    ]


def test_the_clock_it_tells_is_the_one_that_the_workspace_shows(
    played: tuple[Path, Mapping[str, Any]],
) -> None:
    folder, told = played
    shown = (folder / "clock").read_text(encoding="ascii")

    assert shown.startswith(told["until"])


def test_the_end_of_a_side_track_is_not_told_as_the_end_of_the_project(
    played: tuple[Path, Mapping[str, Any]],
) -> None:
    found = [mail for mail in mails(played[0]) if "Mandatskifte: Bekräftat" in mail["Subject"]]
    told = [mail.get_body(("plain",)).get_content() for mail in found]

    assert told
    assert all("avslutas." in text for text in told)
    assert not any("Projektet är avslutat" in text for text in told)


def of(kind: type, events: list[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def test_what_is_kept_after_three_years_agrees_with_the_record(
    played: tuple[Path, Mapping[str, Any]],
) -> None:
    said = run("db", "doctor", "--workspace", str(played[0]))

    assert said.exit_code == 0, said.output


def test_the_mailbox_holds_what_the_outbox_says_was_sent(played):
    folder, told = played

    assert told["mailbox_equals_outbox"] is True
    assert told["mailbox"] == len(mails(folder)) > 100
    assert told["letters"].get("failed", 0) == 0


def test_the_record_of_every_organisation_verifies(played):
    assert set(played[1]["record"].values()) == {True}
    assert len(played[1]["record"]) == 3


def test_one_project_goes_from_idea_to_shared_effects_through_every_gate(happened):
    state, _ = happened["whole_life"]

    assert all(track.end == "completed" for track in state.tracks.values())
    settled = {p.gate: p.n for p in state.passages.values() if p.settled_at}
    assert {g: settled[g] for g in ("G1", "G2", "G3", "G4", "G5", "G6", "G7")} == {
        "G1": 1, "G2": 1, "G3": 1, "G4": 1, "G5": 1, "G6": 3, "G7": 1
    }  # fmt: skip


def test_one_is_stopped_and_says_what_was_learnt(happened):
    state, _ = happened["stopped"]

    assert {track.end for track in state.tracks.values()} == {"stopped"}
    assert state.versions["laerdom"]


def test_one_is_sent_back_then_held_and_resumed(happened):
    _, events = happened["sent_back"]

    assert of(e.GateAskedAgain, events)
    assert len(of(e.TrackHeld, events)) == 1
    assert of(e.TrackResumed, events)[-1].at > of(e.TrackHeld, events)[0].at


def test_one_passes_with_two_conditions_and_one_of_them_is_late(happened):
    state, events = happened["conditions"]
    conditions = [n for n in state.needs.values() if n.text]

    assert len(conditions) == 2
    days = [(n.done_at.date(), n.due) for n in conditions]
    assert sorted(done > due for done, due in days) == [False, True]
    late = next(n.key for n in conditions if n.done_at.date() > n.due)
    chased = [
        r for r in of(e.ReminderRaised, events) if r.obligation == late and r.at.date() > r.due
    ]
    assert chased


def test_one_waits_for_the_end_of_the_time_for_appeals(happened):
    state, _ = happened["appeal"]
    wait = next(n for n in state.needs.values() if n.ref == "kommunfullmaktige/laga_kraft")
    notice = next(n for n in state.needs.values() if n.ref == "kommunfullmaktige/anslag")

    assert wait.status == "done"
    assert (wait.done_at.date() - notice.done_on).days >= 21


def test_one_uses_a_substitute_because_of_a_conflict_of_interest(happened):
    state, events = happened["substitute"]

    assert [c.person for c in of(e.ConflictDeclared, events)] == ["kari"]
    assert "hakon" in state.decision_of("G1#1").by
    assert "kari" not in state.decision_of("G1#1").by


def test_a_programme_is_signed_evaluated_each_year_and_renewed_without_a_party(happened):
    state, events = happened["programme"]

    entered = [x.phase for x in of(e.PhaseEntered, events)]
    assert list(dict.fromkeys(entered[:6])) == [
        "avtale", "forankring", "kickoff", "portefolje", "drift"
    ]  # fmt: skip
    assert entered[-3:] == ["fornyelse", "avtale", "forankring"]
    years = [p.settled_at.year for p in state.passages.values() if p.gate == "PG4"]
    assert years == [2027, 2028, 2029]
    assert state.decision_of("PG5#1").proposal.outcome == "renew_without_a_party"
    assert len(state.members["avtaleparter"]) == 2


def test_a_programme_counts_the_six_pilots_it_started_and_says_so(played, happened):
    folder, told = played
    state, events = happened["programme"]
    [goal] = [x for x in of(e.NeedDone, events) if x.counts]
    assert goal.counts == {"smartby-havn: pilot entered": 6}
    assert not of(e.NeedWaived, events)
    begun = date.fromisoformat(state.facts["programstart"].value)
    assert (goal.at.date() - begun).days < 183

    where = ("--organisation", "skjaervik-havn", "--json", "--workspace", str(folder))
    programme = json.loads(run("project", "show", state.id, *where).stdout)
    assert {child["phase"] for child in programme["children"]} == {"pilot"}
    pilot = json.loads(run("project", "show", programme["children"][0]["project"], *where).stdout)
    assert pilot["project"]["origin"]["project"] == state.id
    assert {paper["artefact"] for paper in pilot["inherited"]} == {"felles_visjon", "ideliste"}

    [said] = [one for one in told["projects"] if one["shows"] == "programme"]
    assert (said["children"], said["counted"]) == (len(programme["children"]), dict(goal.counts))


def test_the_pilots_of_a_programme_end_with_what_was_learnt_and_owe_nothing(played, happened):
    folder, _ = played
    state, _ = happened["programme"]
    store = open_store(folder)
    try:
        engine = Engine(store, lambda: datetime.now(UTC))
        for child in state.children:
            pilot = engine.view("skjaervik-havn", child.project, "astrid").project
            assert {track.end for track in pilot.tracks.values()} == {"stopped"}
            assert pilot.versions["laerdom"]
            assert {key.partition("/")[0] for key in pilot.raised} == {"eierskap"}
    finally:
        store.close()


def test_tracks_that_go_on_can_be_asked_about(played):
    folder, told = played
    for command in told["next"]:
        words = [*command, "--workspace", str(folder)]
        assert run(*words).exit_code in (0, 1), command


def test_what_is_printed_names_the_workspace_so_that_it_is_found_from_anywhere(played):
    folder, told = played
    assert told["workspace"] == str(folder)
    typed = [words for act in told["acts"] for words in act["commands"]]
    places = [word for words in typed for word in words if "tables" in word]
    assert places
    assert all(Path(place).is_absolute() for place in places)


def test_a_command_that_a_letter_names_can_be_typed_where_the_mailbox_says(played):
    folder, _ = played
    texts = "".join(mail.get_body(("plain",)).get_content() for mail in mails(folder))
    found = sorted(set(re.findall(r"innocities (project \w+ \w+.*)", texts)))
    samples = {(words.split()[1], words.rpartition(" ")[2]): words.split() for words in found}
    index = (folder / "mailbox" / "index.html").read_text(encoding="utf-8")
    assert f"cd {folder}" in index
    assert len(samples) > 6
    with chdir(folder):
        for words in samples.values():
            done = run(*words)
            listed = words[1] in ("decide", "advise")  # what can be said, since nothing is yet
            assert done.exit_code in ((0, 1, 2) if listed else (0, 1)), (words, done.output)


def test_every_story_is_told_in_every_language():
    for story in STORIES:
        for language in LANGUAGES:
            assert len(say(language, f"demo.shows_{story.id}")) > 20


def test_every_act_is_told_in_every_language():
    for act in ACTS:
        for language in LANGUAGES:
            assert knows(f"demo.act_{act.id}"), language


def test_twelve_running_projects_are_taken_in_from_a_table(played):
    folder, told = played
    (taken,) = [act["answers"][0]["taken_in"] for act in told["acts"] if act["shows"] == "import"]
    assert len(taken) == 12

    listed = json.loads(
        run("project", "list", "--limit", "100", "--json", "--workspace", str(folder)).stdout
    )
    numbers = [p["id"] for p in listed["projects"] if p["id"] in {t["project"] for t in taken}]
    assert len(numbers) == 12
    for project in numbers:
        told = run("project", "history", project, "--workspace", str(folder), "--lang", "en")
        assert "from paper" in told.stdout


def test_a_manager_leaves_and_nothing_is_theirs_any_more(played):
    folder, told = played
    (left,) = [act["answers"][0] for act in told["acts"] if act["shows"] == "leave"]
    assert len(left["projects"]) > 10
    assert all(one["done"] for one in left["projects"])
    for one in left["projects"]:
        stands = run("project", "show", one["project"], "--json", "--workspace", str(folder))
        assert not any("johan" in held for held in json.loads(stands.stdout)["members"].values())


def test_of_ten_ideas_four_are_taken_together(played):
    folder, _ = played
    where = ("--json", "--workspace", str(folder))
    listed = json.loads(run("project", "list", "--limit", "100", *where).stdout)["projects"]
    ideas = [json.loads(run("project", "show", p["id"], *where).stdout) for p in listed]
    ideas = [idea for idea in ideas if idea["project"]["method"]["id"] == "ideer"]
    reached = sorted(idea["tracks"][0]["phase"] for idea in ideas)
    assert reached == ["forsok"] * 4 + ["ide"] * 6


def test_a_port_s_project_is_taken_over_by_a_municipality_and_both_say_so(played, happened):
    folder, told = played
    (answers,) = [act["answers"] for act in told["acts"] if act["shows"] == "adoption"]
    _, listed, adopted = answers
    assert [offer["title"] for offer in listed["shared"]] == ["Landstrøm ved kai 4"]

    where = ("--json", "--workspace", str(folder))
    new = json.loads(run("project", "show", adopted["project"], *where).stdout)
    assert new["project"]["adopted"]["organisation"].startswith("Skjærvik Havn")
    assert {paper["artefact"] for paper in new["inherited"]} == {
        "innsiktsrapport",
        "prosjektforslag",
    }
    there = ("--organisation", "skjaervik-havn", *where)
    source = json.loads(run("project", "show", happened["conditions"][0].id, *there).stdout)
    (adoption,) = source["project"]["adoptions"]
    assert adoption["organisation"].startswith("Nordviks kommun")


def test_a_political_body_without_accounts_has_its_decision_recorded_by_its_secretary(happened):
    state, _ = happened["appeal"]
    recorded = state.decision_of("G3#1").recorded
    assert recorded is not None
    assert recorded.by not in recorded.present
    assert recorded.minutes


def test_nothing_happens_to_a_project_that_ended(happened):
    state, events = happened["stopped"]
    ended = max(event.at for event in of(e.TrackEnded, events))

    assert all(track.status is TrackStatus.ENDED for track in state.tracks.values())
    assert not [g for g in of(e.GateOpened, events) if g.at > ended]
