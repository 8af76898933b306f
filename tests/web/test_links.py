"""Whose link holds, and what any other gets: the answer of an address that never was."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from innocities_engine import links, settings
from innocities_engine.links import Holder, Links
from innocities_engine.office import Office
from tests.web.conftest import METHODS, SAME, Browser


def forged(nora: Browser) -> str:
    other = Links(Office(nora.store, nora.run_clock), b"another key")
    return signed(other, nora)


def signed(made: Links, nora: Browser, holder: Holder | None = None) -> str:
    from innocities_engine.store.transactions import read

    with read(nora.store) as connection:
        return made.token(connection, holder or Holder("halden", "nora", "stige"))


def cut(nora: Browser) -> str:
    return nora.token[:-1]


def another_word(nora: Browser) -> str:
    """The same signature under another project."""
    head, dot, signature = nora.token.rpartition(".")
    text = (
        base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))
        if not head.startswith(".")
        else b"[]"
    )
    changed = base64.urlsafe_b64encode(text.replace(b"stige", b"lys")).decode().rstrip("=")
    return f"{changed}{dot}{signature}"


def expired(nora: Browser) -> str:
    nora.run("tick --now 2026-11-08T12:00")
    return nora.token


def taken_back(nora: Browser) -> str:
    nora.run("person links nora --revoke")
    return nora.token


def deactivated(nora: Browser) -> str:
    nora.run("person deactivate nora")
    return nora.token


def without_a_role(nora: Browser) -> str:
    nora.run("project assign stige partner=olav")
    return nora.token


def without_a_role_for_a_while(nora: Browser) -> str:
    nora.run("project assign stige partner=olav")
    nora.run("project assign stige partner=olav,nora")
    return nora.token


def with_an_account_for_a_while(nora: Browser) -> str:
    nora.run("person rights nora member")
    nora.run("person rights nora external")
    return nora.token


def inactive_for_a_while(nora: Browser) -> str:
    nora.run("person deactivate nora")
    nora.run("person change nora --active")
    nora.run("person rights nora external")
    return nora.token


def gone_for_a_while(nora: Browser) -> str:
    nora.run("person leave nora --to olav --reason Moved")
    nora.run("person change nora --active")
    nora.run("person rights nora external")
    nora.run("project assign stige partner=olav,nora")
    return nora.token


def with_an_account(nora: Browser) -> str:
    nora.run("person rights nora member")
    return nora.token


def of_a_project_not_taken_part_in(nora: Browser) -> str:
    return signed_by_hand(nora, "halden", "nora", "lys")


def of_another_organisation(nora: Browser) -> str:
    return signed_by_hand(nora, "skjaer", "nora", "stige")


def of_nobody(nora: Browser) -> str:
    return signed_by_hand(nora, "nowhere", "nora", "stige")


def signed_by_hand(nora: Browser, *named: str) -> str:
    """A word with our own signature, which no way of ours makes."""
    until = int((nora.run_clock() + links.LASTS).timestamp())
    signer = Links(Office(nora.store, nora.run_clock), settings.load(nora.run.folder).link_key)
    return str(signer._signer.dumps([*named, 0, 2, until]))


def nonsense(_nora: Browser) -> str:
    return "x" * 5_000


DEAD: tuple[Callable[[Browser], str], ...] = (
    forged, cut, another_word, expired, taken_back, deactivated, without_a_role, with_an_account,
    without_a_role_for_a_while, with_an_account_for_a_while, inactive_for_a_while,
    gone_for_a_while, of_a_project_not_taken_part_in, of_another_organisation, of_nobody, nonsense,
)  # fmt: skip


@pytest.mark.parametrize("dead", DEAD)
def test_what_does_not_hold_is_answered_like_what_never_was(
    nora: Browser, dead: Callable[[Browser], str]
) -> None:
    form = nora.look().form("comment")
    never = nora.client.get("/l/never-was")
    token = dead(nora)
    before = nora.sequence()

    for answer in (
        nora.client.get(f"/l/{token}"),
        nora.client.post(f"/l/{token}", data={**form, "text": "Hello"}, headers=SAME),
    ):
        assert answer.status_code == never.status_code == 404
        assert answer.text == never.text
        assert answer.headers == never.headers
    assert nora.sequence() == before


def test_a_link_leads_to_its_own_project_alone(nora: Browser) -> None:
    nora.run("project assign lys partner=nora,olav")

    assert "Badestige" in nora.look().words
    assert "Lyskasse" not in nora.look().text
    nora.token = nora.link("nora", "lys")
    assert "Lyskasse" in nora.look().words


def test_the_same_id_elsewhere_is_somebody_else(nora: Browser) -> None:
    nora.token = nora.link("nora", "brygge", "--organisation skjaer --as sol")

    assert "Brygge" in nora.look().words
    assert "Skjær havn" in nora.look().words


def test_a_link_outlives_what_does_not_end_it(nora: Browser) -> None:
    nora.run("project assign stige partner=nora,olav")
    nora.run("project assign stige leder=astrid,bjorn")
    nora.run("project assign stige styre=bjorn,nora")
    nora.run("project assign stige partner=olav")
    nora.run("person change nora --language nb")
    nora.run("project assign lys partner=nora,olav")
    nora.run("project assign lys partner=olav")

    assert nora.client.get(nora.place).status_code == 200
    nora.run("db doctor")


def test_a_decision_that_is_annulled_gives_the_role_back_and_not_the_link(nora: Browser) -> None:
    nora.run("person add rolf 'Rolf Vik' --right external")
    nora.run("methodology", "publish", str(METHODS / "bytte" / "1.0.0.yaml"))
    nora.run(
        "project start bytte Bro --id bro --member leder=astrid --member partner=nora --member styre=bjorn"
    )
    nora.token = nora.link("nora", "bro")

    nora.run("project decide bro K1 go --appoint partner=rolf --as bjorn")
    assert nora.client.get(nora.place).status_code == 404
    nora.run("project correct bro K1 --reason 'The wrong bridge'")
    assert nora.client.get(nora.place).status_code == 404
    nora.token = nora.link("nora", "bro")
    assert "Bro" in nora.look().words


def test_after_taking_back_a_new_link_holds(nora: Browser) -> None:
    nora.run("person links nora --revoke")
    nora.token = nora.link()

    assert "Badestige" in nora.look().words


def test_who_made_a_link_for_whom_and_who_took_them_back_is_recorded(nora: Browser) -> None:
    nora.run("person links nora --revoke")

    nora.run("audit export record.jsonl")
    record = (nora.run.folder / "record.jsonl").read_text(encoding="utf-8")
    assert "LinkMade" in record
    assert "LinksTakenBack" in record
    assert nora.token not in record
    nora.run("audit verify")
    nora.run("db doctor")


def test_links_are_made_by_those_who_manage_for_those_without_an_account(nora: Browser) -> None:
    run = nora.run

    assert "external" in run("person link bjorn stige --lang en", expect=1).err
    assert "external" in run("person link olav stige --lang en", expect=1).err
    run("person link nora stige --as bjorn", expect=3)
    run("person links nora --revoke --as bjorn", expect=3)
    assert run.json("person links nora")["projects"] == [{"project": "stige", "title": "Badestige"}]
    assert run.json("person links bjorn")["projects"] == []


def test_a_rehearsal_makes_no_link_and_takes_none_back(nora: Browser) -> None:
    assert nora.run.json("person link nora stige --dry-run")["link"] is None
    nora.run("person links nora --revoke --dry-run")

    assert nora.look().words


def test_the_secret_is_its_owners_alone_and_made_once(nora: Browser) -> None:
    kept = settings.load(nora.run.folder)
    path = nora.run.folder / settings.LINK_KEY
    key = kept.link_key
    assert path.stat().st_mode & 0o777 == 0o600

    settings.new_link_key(nora.run.folder)
    assert kept.link_key == key
    path.unlink()
    assert kept.link_key != key
    path.chmod(0o640)
    said = nora.run("serve --listen 127.0.0.1:0", expect=3).err
    assert "chmod 600" in " ".join(said.split())
