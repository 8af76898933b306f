"""Letters as whoever runs an installation meets them: waiting, refused, mended, sent again."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from innocities_engine.settings import SETTINGS
from innocities_engine.store import tables
from innocities_engine.store.transactions import open_store, write
from tests.cli.shell import Shell
from tests.harness.smtp import FlakyServer

WAITS = "No mail server is set"


@pytest.fixture(scope="module")
def in_earnest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that is no simulation, with a letter that is due."""
    bare = Shell(tmp_path_factory.mktemp("in-earnest"), {"LANG": "en"})
    bare(
        'init halden "Halden kommune" --admin astrid="Astrid Berg" --language en'
        " --address astrid@example.org"
    )
    bare('person add bjorn "Bjørn Dahl" --address bjorn@example.org')
    method = Path(__file__).parent / "methods" / "liten" / "1.0.0.yaml"
    bare("methodology", "publish", str(method))
    bare("project start liten Avvik --id avvik --member leder=bjorn --member eier=astrid")
    bare("project submit avvik plan --link https://example.org/plan --as bjorn")
    bare("tick")
    at_once(bare)
    return bare.folder


@pytest.fixture
def live(in_earnest: Path, tmp_path: Path) -> Shell:
    return Shell(Path(shutil.copytree(in_earnest, tmp_path / "live")), {"LANG": "en"})


def at_once(run: Shell) -> None:
    """Let the letters be due now, whatever hour and day it is."""
    store = open_store(run.folder)
    with write(store) as connection:
        yesterday = datetime.now(UTC) - timedelta(days=1)
        connection.execute(update(tables.letter).values(next_try=yesterday))
    store.close()


def set_mail(run: Shell, **settings: object) -> None:
    path = run.folder / SETTINGS
    head = path.read_text().partition("[mail]")[0]
    lines = [f"{k} = {v!r}".replace("'", '"') for k, v in settings.items()]
    path.write_text("\n".join([head, "[mail]", *lines, ""]))


def states(run: Shell) -> set[str]:
    return {each["state"] for each in run.json("remind list")["letters"]}


def test_without_a_mail_server_letters_wait_and_everybody_who_could_set_one_is_told(
    live: Shell,
) -> None:
    for command in ("tick", "db doctor"):
        said = live(command)
        assert WAITS in said.err
        assert "mail.host" in " ".join(said.err.split())
    assert states(live) == {"due"}
    assert not (live.folder / "mailbox").exists()


def test_making_a_workspace_says_that_no_mail_server_is_set(bare: Shell) -> None:
    assert WAITS in bare("init oslo Oslo --admin a=A --language en").err


def test_a_simulation_needs_no_mail_server(run: Shell) -> None:
    assert "mail.host" not in run("tick").err


def test_letters_that_waited_go_out_once_a_server_is_set(live: Shell) -> None:
    with FlakyServer() as server:
        set_mail(live, host="localhost", port=server.port, security="plain")
        said = live("tick")

    assert WAITS not in said.err
    assert states(live) == {"sent"}


def test_a_word_for_the_way_to_the_server_that_is_not_known_is_no_fault_of_the_program(
    live: Shell,
) -> None:
    set_mail(live, host="localhost", security="plan")
    said = live("tick", expect=1)

    for told in (SETTINGS, "mail.security", "starttls, tls, plain"):
        assert told in said.err


def test_what_a_server_says_against_a_letter_is_told(live: Shell) -> None:
    with FlakyServer("rcpt=550") as server:
        set_mail(live, host="localhost", port=server.port, security="plain")
        assert "550" in live("tick").out


def test_a_server_that_cannot_be_trusted_stops_all_mail_and_tick_says_why(live: Shell) -> None:
    with FlakyServer() as server:
        set_mail(live, host="localhost", port=server.port)
        said = live("tick")

    assert "No letter can go" in said.out
    assert "no safe way to localhost" in said.out
    assert "could go" in live("organisation show").out


def test_a_letter_that_failed_is_sent_again_and_its_incident_closes(live: Shell) -> None:
    with FlakyServer("rcpt=550") as server:
        set_mail(live, host="localhost", port=server.port, security="plain")
        live("tick")
        assert states(live) == {"failed"}
        server.behave("")
        shown = live("remind list").out
        assert "innocities remind resend" in shown
        live("remind resend --all")
        live("tick")

    assert states(live) == {"sent"}
    assert live.json("organisation show")["incidents"] == []


def test_one_letter_is_sent_again_by_the_beginning_of_its_id(live: Shell) -> None:
    with FlakyServer("rcpt=550") as server:
        set_mail(live, host="localhost", port=server.port, security="plain")
        live("tick")
    one, *_ = live.json("remind list --state failed")["letters"]
    live("remind", "resend", one["id"][:8])

    waiting = live.json("remind list --state due")["letters"]
    assert [each["id"] for each in waiting] == [one["id"]]


def test_an_incident_is_closed_by_hand_with_a_reason(live: Shell) -> None:
    with FlakyServer("rcpt=550") as server:
        set_mail(live, host="localhost", port=server.port, security="plain")
        live("tick")
    waiting = live.json("organisation show")["incidents"]
    live("organisation", "solve", waiting[0]["id"][:8], "--reason", "He has left us")

    assert len(live.json("organisation show")["incidents"]) == len(waiting) - 1
    live("organisation solve 00000000 --reason x", expect=3)


@pytest.mark.parametrize("command", ["remind resend", "remind resend abc --all"])
def test_which_letter_is_sent_again_has_to_be_said(live: Shell, command: str) -> None:
    live(command, expect=2)


def test_the_day_of_a_letter_that_is_only_shown_is_that_of_the_organisation(run: Shell) -> None:
    said = run("remind preview reminder --lang en --now 2027-01-01T00:30").out

    assert "1 January" in said
    assert "2026" not in said
