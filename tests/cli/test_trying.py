"""A draft is tried in a sandbox: everybody in it is made up, the engine is the real one."""

from __future__ import annotations

from pathlib import Path

import pytest

from innocities_engine.library import Library
from tests.cli.shell import Shell
from tests.cli.world import METHODS

SHIPPED = sorted({name for name, _, kind in Library().ids() if kind != "fragment"})
MORNING = "--now 2026-09-01"


def tried(folder: Path, method: str) -> tuple[dict[str, str], Shell]:
    """Who plays, and the shell in the sandbox that was made."""
    made = Shell(folder).json(f"methodology try {method} --in draft {MORNING} --lang en")
    return made["people"], Shell(folder / "draft")


@pytest.mark.parametrize("method", SHIPPED)
def test_any_method_can_be_tried_with_nothing_but_itself(tmp_path: Path, method: str) -> None:
    people, run = tried(tmp_path, method)

    stands = run.json("project show 1")
    assert stands["gates"]
    assert all(meeting["day"] for g in stands["gates"] if (meeting := g["meeting"]))
    assert set().union(*stands["members"].values()) <= set(people)
    assert run.json("audit verify")["sound"]


def test_a_draft_of_ones_own_goes_through_its_gate_and_its_letters_stay(tmp_path: Path) -> None:
    people, run = tried(tmp_path, str(METHODS / "liten" / "1.0.0.yaml"))

    assert set(people.values()) == {"leder", "eier"}
    run("project submit 1 plan --link https://example.org/plan --as leder")
    run("project approve 1 plan --as eier")
    run("project decide 1 K1 go --as eier")
    assert run.json("project show 1")["tracks"][0]["phase"] == "drift"
    run("tick --now 2026-09-02T12:00")
    letters = run.json("remind list")["letters"]
    assert "sent" in {letter["state"] for letter in letters}
    assert any(path.suffix == ".eml" for path in (run.folder / "mailbox").rglob("*"))


def test_a_role_without_seats_has_as_many_people_as_its_quorum_takes(tmp_path: Path) -> None:
    draft = tmp_path / "metod" / "1.0.0.yaml"
    draft.parent.mkdir()
    text = (METHODS / "liten" / "1.0.0.yaml").read_text(encoding="utf-8")
    asked = text.replace("decides: {by: eier}", "decides: {by: {role: eier, quorum: 2}}")
    draft.write_text(asked, encoding="utf-8")
    people, run = tried(tmp_path, str(draft))

    assert [person for person, role in people.items() if role == "eier"] == ["eier1", "eier2"]
    run("project submit 1 plan --link https://example.org/plan --as leder")
    run("project approve 1 plan --as eier1")
    run("project decide 1 K1 go --as eier1")
    run("project decide 1 K1 go --as eier2")
    assert run.json("project show 1")["tracks"][0]["phase"] == "drift"


def test_a_sandbox_is_made_in_a_folder_of_its_own(tmp_path: Path) -> None:
    tried(tmp_path, "smartby-prosjekt")

    refused = Shell(tmp_path)("methodology try smartby-prosjekt --in draft --lang en", expect=4)
    assert "--in" in refused.err


def test_a_rehearsal_makes_nothing(tmp_path: Path) -> None:
    Shell(tmp_path)("methodology try smartby-prosjekt --dry-run")

    assert list(tmp_path.iterdir()) == []


def test_a_draft_with_faults_is_told_all_of_them_and_makes_nothing(tmp_path: Path) -> None:
    draft = tmp_path / "metod" / "1.0.0.yaml"
    draft.parent.mkdir()
    draft.write_text("schema: innocities/methodology/1\nid: metod\n", encoding="utf-8")

    Shell(tmp_path)(f"methodology try {draft}", expect=1)
    assert [p.name for p in tmp_path.iterdir()] == ["metod"]
