from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as hooks

from innocities_engine import errors
from innocities_engine.doctor import examine
from innocities_engine.domain import codec
from innocities_engine.domain import commands as k
from innocities_engine.domain.project import Content, Proposal
from innocities_engine.store import answers, outbox, projects, record
from innocities_engine.store.transactions import read, write
from tests.store.given import LINK, OSLO, World, a_method, a_person, a_world


@pytest.fixture
def world(tmp_path: Path) -> Any:
    made = a_world(tmp_path)
    yield made
    made.store.close()


def decided(world: World, project: str, outcome: str = "go", **options: Any) -> Any:
    return world.engine.execute(
        "oslo", project, k.Decide("G1", Proposal(outcome)), "bjorn", **options
    )


def rows(world: World, table: str) -> int:
    with read(world.store) as connection:
        count = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()
    return int(count or 0)


# ---------------------------------------------------------------- commands


def test_a_project_walks_from_its_start_to_its_end(world: World) -> None:
    project = world.started()
    world.engine.execute("oslo", project, k.Submit("plan", LINK), "astrid")
    decided(world, project)
    world.engine.execute("oslo", project, k.Decide("G2", Proposal("done")), "bjorn")

    [glance] = world.engine.projects("oslo", "astrid")
    assert (glance.status, glance.phase, glance.number) == ("completed", "work", 1)
    assert examine(world.engine) == []


def test_the_state_that_is_kept_is_the_one_its_events_lead_to(world: World) -> None:
    project = world.started(title="Sjøfront «æøå»")
    world.engine.execute("oslo", project, k.AnswerFact("budget", "havna"), "astrid")
    decided(world, project, "rework")
    world.engine.execute("oslo", project, k.Submit("plan", LINK), "astrid")

    with read(world.store) as connection:
        kept = projects.kept(connection, "oslo", project)
        entries = record.entries(connection, "oslo", project)
    assert codec.dump(record.replay(entries)) == kept["snapshot"]
    assert [entry.sequence for entry in entries] == list(range(1, kept["sequence"] + 1))


def test_a_project_can_be_seen_as_it_was(world: World) -> None:
    project = world.started()
    world.clock.forward(days=1)
    yesterday = world.clock.now - timedelta(hours=1)
    world.engine.execute("oslo", project, k.AnswerFact("budget", "havna"), "astrid")

    assert not world.engine.as_of("oslo", project, "astrid", yesterday).facts
    assert world.engine.as_of("oslo", project, "astrid", world.clock.now).facts


def test_a_refused_command_changes_nothing_and_is_remembered(world: World) -> None:
    project = world.started()
    before = world.engine.view("oslo", project, "astrid").sequence

    with pytest.raises(errors.Refused):
        decided(world, project)

    assert world.engine.view("oslo", project, "astrid").sequence == before
    [attempt] = world.office.attempts("oslo", "dag")
    assert (attempt.actor, attempt.command, attempt.code) == ("bjorn", "Decide", "refused")
    assert "plan" in attempt.details


def test_attempts_in_vain_do_not_fill_the_database(world: World) -> None:
    project = world.started()
    for _ in range(answers.REFUSALS_A_MINUTE + 5):
        with pytest.raises(errors.Refused):
            decided(world, project)

    assert rows(world, "refusal") == answers.REFUSALS_A_MINUTE
    world.clock.forward(minutes=2)
    with pytest.raises(errors.Refused):
        decided(world, project)
    assert rows(world, "refusal") == answers.REFUSALS_A_MINUTE + 1


def test_a_dry_run_tells_what_would_happen_and_writes_nothing(world: World) -> None:
    project = world.started()
    submitted = k.Submit("plan", LINK)
    before = world.office.checkpoint("oslo")

    receipt = world.engine.execute(
        "oslo", project, submitted, "astrid", dry_run=True, idempotency_key="once"
    )

    assert [type(event).__name__ for event in receipt.events] == ["VersionSubmitted", "NeedDone"]
    assert world.office.checkpoint("oslo") == before
    assert rows(world, "idempotency") == 0


def test_a_half_written_command_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = world.started()
    before = {table: rows(world, table) for table in ("event", "text", "notice", "idempotency")}

    def broken(*_: object) -> None:
        raise RuntimeError("the power is gone")

    monkeypatch.setattr(record, "append", broken)
    with pytest.raises(RuntimeError):
        world.engine.execute(
            "oslo", project, k.Submit("plan", LINK), "astrid", idempotency_key="once"
        )
    monkeypatch.undo()

    assert before == {table: rows(world, table) for table in before}
    assert examine(world.engine) == []


def test_text_that_cannot_be_written_is_refused(world: World) -> None:
    project = world.started()

    with pytest.raises(errors.EngineError, match="half a character"):
        world.engine.execute("oslo", project, k.Comment("\ud800"), "astrid")


# ---------------------------------------------------------------- the same twice


def test_the_same_key_and_content_get_the_first_answer(world: World) -> None:
    project = world.started()
    first = world.engine.execute(
        "oslo", project, k.Submit("plan", LINK), "astrid", idempotency_key="once"
    )
    again = world.engine.execute(
        "oslo", project, k.Submit("plan", LINK), "astrid", idempotency_key="once"
    )

    assert again.repeated
    assert (again.sequence, again.events) == (first.sequence, first.events)
    assert len(world.engine.view("oslo", project, "astrid").project.versions["plan"]) == 1


def test_starting_twice_under_one_key_starts_one_project(world: World) -> None:
    first = world.started(idempotency_key="once")

    assert world.started(idempotency_key="once") == first
    assert rows(world, "project") == 1


def test_the_same_key_with_other_content_is_refused(world: World) -> None:
    project = world.started()
    world.engine.execute("oslo", project, k.Comment("a"), "astrid", idempotency_key="once")

    with pytest.raises(answers.KeyReused):
        world.engine.execute("oslo", project, k.Comment("b"), "astrid", idempotency_key="once")
    with pytest.raises(answers.KeyReused):
        world.engine.execute("oslo", project, k.Comment("a"), "bjorn", idempotency_key="once")


def test_a_refused_command_may_be_tried_again_under_its_key(world: World) -> None:
    project = world.started()
    with pytest.raises(errors.Refused):
        decided(world, project, idempotency_key="once")
    world.engine.execute("oslo", project, k.Submit("plan", LINK), "astrid")

    assert not decided(world, project, idempotency_key="once").repeated


# ---------------------------------------------------------------- quiet periods


@pytest.mark.parametrize(
    ("own", "due"),
    [((), date(2026, 4, 13)), (("1 April..20 April",), date(2026, 4, 21))],
)
def test_the_methods_quiet_periods_hold_where_the_organisation_has_none_of_its_own(
    world: World, own: tuple[str, ...], due: date
) -> None:
    calm = a_method() | {
        "id": "lugn",
        "calendar": {"country": "NO", "quiet": ["1 April..12 April"]},
    }
    world.office.publish("oslo", calm, "dag")
    world.office.change_organisation(replace(OSLO, quiet=own), "dag")
    project = world.started(title="Sykkelbyen", method="lugn")

    [need] = world.engine.projects("oslo", "astrid")
    assert (need.id, need.next_due) == (project, due)


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("person", ["cecilia", "nobody"])
def test_what_is_foreign_and_what_is_missing_are_the_same_answer(world: World, person: str) -> None:
    project = world.started()

    assert not_found(world, "oslo", project, person) == not_found(world, "oslo", "missing", person)


def test_an_organisation_one_does_not_belong_to_and_none_at_all_are_the_same_answer(
    world: World,
) -> None:
    project = world.started()

    assert not_found(world, "oslo", project, "nobody") == not_found(
        world, "bergen", project, "nobody"
    )


def not_found(world: World, organisation: str, project: str, person: str) -> str:
    """What is told, whether one acts or looks, with the names that were asked for left out."""
    with pytest.raises(errors.NotFound) as acting:
        world.engine.execute(organisation, project, k.Comment("x"), person)
    with pytest.raises(errors.NotFound) as looking:
        world.engine.view(organisation, project, person)
    assert str(acting.value) == str(looking.value)
    return str(acting.value).replace(project, "PROJECT").replace(organisation, "ORGANISATION")


def test_a_partner_sees_only_projects_with_a_role_for_them(world: World) -> None:
    world.started()
    theirs = world.started(members={"lead": ("cecilia",), "board": ("bjorn",)})

    assert [each.id for each in world.engine.projects("oslo", "cecilia")] == [theirs]
    assert world.engine.view("oslo", theirs, "cecilia").project.id == theirs


def test_every_command_needs_a_right_of_its_own(world: World) -> None:
    from innocities_engine.store import rights

    assert set(rights.REQUIRED) == set(codec.COMMANDS.values())
    project = world.started()
    with pytest.raises(errors.NotPermitted):
        world.engine.execute("oslo", project, k.Assign("board", ("astrid",)), "bjorn")
    with pytest.raises(errors.NotPermitted):
        override = k.Decide("G1", Proposal("go"), override="because")
        world.engine.execute("oslo", project, override, "astrid")
    with pytest.raises(errors.NotPermitted):
        world.engine.execute("oslo", project, k.Tick(), "astrid")


def test_whoever_leads_a_project_manages_it_and_no_other(world: World) -> None:
    own = world.started(members={"lead": ("bjorn",), "board": ("astrid",)})
    other = world.started()

    world.engine.execute("oslo", own, k.Assign("lead", ("astrid", "bjorn")), "bjorn")
    with pytest.raises(errors.NotPermitted):
        world.engine.execute("oslo", other, k.Assign("lead", ("bjorn",)), "bjorn")


def test_whoever_leads_a_project_does_not_choose_who_judges_it(world: World) -> None:
    own = world.started(members={"lead": ("bjorn",), "board": ("astrid",)})

    for choosing in (k.Assign("board", ("bjorn",)), k.Reassign("astrid", "bjorn")):
        with pytest.raises(errors.NotPermitted):
            world.engine.execute("oslo", own, choosing, "bjorn")
    world.engine.execute("oslo", own, k.Assign("board", ("astrid", "bjorn")), "astrid")


def test_a_right_that_was_taken_away_is_gone_at_the_next_command(world: World) -> None:
    project = world.started()
    world.office.put_person("oslo", a_person("astrid"), "dag")

    with pytest.raises(errors.NotFound):
        world.engine.execute("oslo", project, k.Comment("x"), "astrid")


def test_a_deactivated_person_is_let_in_no_more(world: World) -> None:
    project = world.started()
    world.office.put_person("oslo", a_person("astrid", "member", active=False), "dag")

    with pytest.raises(errors.NotFound):
        world.engine.view("oslo", project, "astrid")


def test_a_stranger_cannot_be_given_a_role(world: World) -> None:
    project = world.started()

    with pytest.raises(errors.NotFound, match="nobody-knows"):
        world.engine.execute("oslo", project, k.Assign("board", ("nobody-knows",)), "astrid")


# ---------------------------------------------------------------- lists


def test_lists_go_page_by_page_from_the_newest(world: World) -> None:
    started = [world.started() for _ in range(5)]

    first = world.engine.projects("oslo", "astrid", limit=2)
    rest = world.engine.projects("oslo", "astrid", before_number=first[-1].number)

    assert [each.id for each in (*first, *rest)] == started[::-1]


def test_lists_show_ones_own_a_status_or_a_phase(world: World) -> None:
    stopped, running = (
        world.started(),
        world.started(members={"lead": ("dag",), "board": ("bjorn",)}),
    )
    decided(world, stopped, "stop")

    def listed(**which: Any) -> list[str]:
        return [each.id for each in world.engine.projects("oslo", "astrid", **which)]

    assert listed(status="stopped") == [stopped]
    assert listed(status="running") == [running]
    assert listed(phase="work") == []
    assert listed(mine=True) == [stopped]


def test_what_is_due_first_comes_first(world: World) -> None:
    early = world.started()
    world.clock.forward(days=3)
    late = world.started(members={"lead": ("cecilia",), "board": ("bjorn",)})
    done = world.started()
    world.engine.execute("oslo", done, k.Submit("plan", LINK), "astrid")

    assert [each.id for each in world.engine.soonest("oslo", "astrid")] == [early, late]
    assert [each.id for each in world.engine.soonest("oslo", "cecilia")] == [late]


def test_a_project_is_found_by_its_number(world: World) -> None:
    project = world.started()

    assert world.engine.project_id("oslo", "bjorn", "1") == project
    assert world.engine.project_id("oslo", "bjorn", project) == project
    for name, person in (("2", "bjorn"), ("1", "cecilia")):
        with pytest.raises(errors.NotFound):
            world.engine.project_id("oslo", person, name)


@pytest.mark.parametrize(
    "rest", ["ORDER BY number DESC", "AND next_due IS NOT NULL ORDER BY next_due"]
)
def test_lists_are_read_along_an_index(world: World, rest: str) -> None:
    query = f"SELECT id FROM project WHERE organisation_id='oslo' {rest} LIMIT 50"
    with read(world.store) as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()

    assert len(plan) == 1
    assert "INDEX" in plan[0][3]


# ---------------------------------------------------------------- time


def test_a_sweep_raises_what_is_due_once_and_leaves_nothing_due(world: World) -> None:
    project = world.started()
    world.clock.forward(days=28)

    first, second = world.engine.sweep(), world.engine.sweep()

    assert (first.projects, first.events, first.failed) == (1, 1, 0)
    assert (second.projects, second.events) == (0, 0)
    assert world.engine.due() == []
    with read(world.store) as connection:
        kept = projects.kept(connection, "oslo", project)
    assert kept["wake_at"] > world.clock.now
    assert rows(world, "notice") >= 1
    assert examine(world.engine) == []


def test_one_project_that_cannot_be_ticked_stops_no_other(world: World) -> None:
    broken, sound = world.started(), world.started()
    with write(world.store) as connection:
        connection.exec_driver_sql(
            "UPDATE project SET snapshot = ? WHERE id = ?", (b'{"nonsense":1}', broken)
        )
    world.clock.forward(days=28)

    swept = world.engine.sweep()

    assert (swept.projects, swept.failed) == (1, 1)
    assert world.engine.due() == []
    [trouble] = world.office.incidents("oslo")
    assert (trouble.kind, trouble.subject) == ("tick failed", broken)
    world.clock.forward(hours=2)
    assert world.engine.sweep().failed == 1
    assert len(world.office.incidents("oslo")) == 1
    assert [d.subject for d in examine(world.engine)] == [f"project {broken}"]
    assert world.engine.view("oslo", sound, "astrid").sequence > 6


@pytest.mark.parametrize(
    "change",
    [
        lambda w: w.office.fix_meetings("oslo", "council", [date(2026, 5, 5)], "dag"),
        lambda w: w.office.fix_closures("oslo", [date(2026, 5, 4)], "dag"),
        lambda w: w.office.put_person("oslo", a_person("bjorn", "member", active=False), "dag"),
        lambda w: w.office.substitute(
            "oslo",
            k.Substitution("bjorn", "astrid", date(2026, 3, 1), date(2026, 4, 1)),
            "bjorn",
        ),
    ],
    ids=["meetings", "closures", "person", "substitute"],
)
def test_what_rules_read_wakes_the_projects_it_touches(world: World, change: Any) -> None:
    touched = world.started()
    apart = world.started(members={"lead": ("astrid",), "board": ("dag",)})
    world.clock.forward(minutes=1)
    before = world.engine.view("oslo", touched, "astrid").inputs

    change(world)

    due = {project for _, project in world.engine.due()}
    assert touched in due
    assert (apart in due) == (len(due) == 2)
    assert world.engine.view("oslo", touched, "astrid").inputs != before
    world.engine.sweep()
    assert world.engine.due() == []


def test_what_is_due_is_found_by_one_range_of_an_index(world: World) -> None:
    seen: list[str] = []
    hooks.listen(world.store.engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
    world.engine.due()

    [query] = [statement for statement in seen if "wake_at" in statement]
    with read(world.store) as connection:
        plan = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {query}",
            ("2026-03-02 09:00:00.000000", 100, 0)[: query.count("?")],
        ).all()
    assert [row[3] for row in plan] == ["SEARCH project USING INDEX ix_project_wake_at (wake_at<?)"]


# ---------------------------------------------------------------- cost


def test_a_decision_is_one_transaction_of_few_statements(world: World) -> None:
    project = world.started()
    world.engine.execute("oslo", project, k.Submit("plan", LINK), "astrid")
    statements: list[str] = []
    commits: list[object] = []
    hooks.listen(
        world.store.engine, "before_cursor_execute", lambda *call: statements.append(call[2])
    )
    hooks.listen(world.store.engine, "commit", commits.append)

    decided(world, project, reason="it is sound")

    assert len(commits) == 1
    assert len(statements) <= 8, statements


def test_a_running_command_reads_no_yaml(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    project = world.started()
    world.store.close()
    program = f"""
import sys
from datetime import UTC, datetime
from pathlib import Path
from innocities_engine.domain.commands import Comment
from innocities_engine.engine import Engine
from innocities_engine.store.transactions import open_store

engine = Engine(open_store(Path({str(tmp_path)!r})), lambda: datetime.now(UTC))
engine.execute("oslo", {project!r}, Comment("x"), "astrid")
unwanted = {{"ruamel", "ruamel.yaml", "yaml", "alembic", "fastapi", "altair", "apscheduler",
            "procrastinate", "jinja2", "notifications"}}
print(sorted(unwanted & sys.modules.keys()))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert done.stdout.strip() == "[]", done.stderr


def test_an_incident_is_solved_by_whoever_looks_after_it(world: World) -> None:
    from innocities_engine.store import incidents

    incidents.make(world.store, "oslo", "letter", "x", "it bounced", now=world.clock.now)
    incidents.make(world.store, "oslo", "letter", "x", "it bounced", now=world.clock.now)
    [trouble] = world.office.incidents("oslo")

    with pytest.raises(errors.NotPermitted):
        world.office.solve("oslo", trouble.id, "bjorn", "not mine")
    world.office.solve("oslo", trouble.id, "dag", "The address was mended")

    assert world.office.incidents("oslo") == []
    assert world.office.record("oslo", "dag")[-1].type == "IncidentSolved"
    with pytest.raises(errors.NotFound):
        world.office.solve("oslo", trouble.id, "dag", "once more")


def test_a_file_that_was_not_taken_in_cannot_be_handed_in(world: World) -> None:
    project = world.started()
    missing = Content("a" * 64, "plan.pdf", "file", size=3)

    with pytest.raises(errors.NotFound):
        world.engine.execute("oslo", project, k.Submit("plan", missing), "astrid")


def test_a_raised_reminder_without_a_notice_is_a_difference(world: World) -> None:
    world.started()
    world.clock.forward(days=28)
    world.engine.sweep()
    with write(world.store) as connection:
        connection.exec_driver_sql("DELETE FROM notice")

    [difference] = examine(world.engine)

    assert "reminder" in difference.problem


def test_notices_are_told_once_for_each_project(world: World) -> None:
    world.started()
    world.started()
    world.clock.forward(days=28)
    world.engine.sweep()
    counted = rows(world, "notice")

    assert counted == 2 * (counted // 2)
    assert outbox.expand(world.store, world.clock.now, lambda *_: ()) == counted
