"""What is told when a version is published: what differs from the one before, and the note of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shell import Shell
from tests.cli.world import METHODS

FIRST = (METHODS / "liten" / "1.0.0.yaml").read_text(encoding="utf-8")


@pytest.fixture
def newer(run: Shell) -> Path:
    """A version in which a role has another title."""
    text = FIRST.replace('"1.0.0"', '"2.0.0"', 1).replace("en: Owner}", "en: Sponsor}", 1)
    file = run.folder / "liten" / "2.0.0.yaml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    return file


def test_it_says_how_much_has_changed_since_the_version_before(run: Shell, newer: Path) -> None:
    told = run(f"methodology publish {newer} --lang en").out
    assert "Since 1.0.0: One difference" in told


def test_the_first_version_of_a_method_has_none_before_it(run: Shell) -> None:
    done = run.json("methodology publish innocities-sverige")
    assert done["since"] is None


def test_the_note_tells_what_has_changed_in_the_language_of_the_method(
    run: Shell, newer: Path
) -> None:
    run(f"methodology publish {newer} --note nytt.md --lang sv")
    note = (run.folder / "nytt.md").read_text(encoding="utf-8")
    assert note.startswith("# liten 2.0.0\n\nDette er endret siden 1.0.0:\n\n* ")


def test_the_note_says_where_nothing_has_changed(run: Shell, newer: Path) -> None:
    newer.write_text(FIRST.replace('"1.0.0"', '"1.0.1"', 1), encoding="utf-8")
    run(f"methodology publish {newer} --note nytt.md")
    note = (run.folder / "nytt.md").read_text(encoding="utf-8")
    assert note == "# liten 1.0.1\n\nDet er ingen forskjell.\n"


def test_the_note_is_written_over_no_file_and_not_when_nothing_is_published(
    run: Shell, newer: Path
) -> None:
    run(f"methodology publish {newer} --note nytt.md --dry-run")
    assert not (run.folder / "nytt.md").exists()
    (run.folder / "nytt.md").write_text("mine", encoding="utf-8")
    run(f"methodology publish {newer} --note nytt.md", expect=4)
    assert (run.folder / "nytt.md").read_text(encoding="utf-8") == "mine"
    listed = run.json("methodology list")["methods"]
    assert "2.0.0" not in {each["version"] for each in listed if each["id"] == "liten"}
    run(f"methodology publish {newer} --note nytt.md --force")


def test_no_note_is_written_of_what_nobody_may_publish(run: Shell, newer: Path) -> None:
    run("person add gunnar 'Gunnar Berg'")
    run(f"methodology publish {newer} --note nytt.md --as gunnar", expect=3)
    assert not (run.folder / "nytt.md").exists()


@pytest.mark.parametrize(
    "command",
    [
        "publish {file} --note {file} --force",
        "export {file} --format json --out {file} --force",
        "handbook {file} --out {file} --force",
        "diff liten {file} --page {file} --force",
    ],
)
def test_nothing_is_written_over_the_method_that_was_read_for_it(
    run: Shell, newer: Path, command: str
) -> None:
    before = newer.read_bytes()
    said = run(f"methodology {command.format(file=newer)} --lang en", expect=4)
    assert "is what this was read from" in said.err
    assert newer.read_bytes() == before
