"""Commands that the program prints can be pasted as they stand, where one stands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.shell import Shell


def printed(text: str) -> list[list[str]]:
    """The commands that stand on lines of their own, or in quotation marks."""
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("innocities ")]
    return [shlex.split(each) for each in lines + re.findall("[“”«](innocities [^”»]+)[”»]", text)]


@pytest.mark.parametrize(
    "asked",
    [
        "project why klar G1",
        "project why program PG1",
        "remind forecast klar",
        "project comment havn Hei",
        "project show finnes-ikke",
    ],
)
def test_a_command_that_is_printed_names_the_workspace_it_was_asked_of(
    run: Shell, tmp_path: Path, asked: str
) -> None:
    elsewhere = Shell(tmp_path)
    said = elsewhere(f"{asked} --workspace halden --organisation halden", expect=None)
    commands = printed(said.out + said.err)

    assert commands
    for command in commands:
        assert command[command.index("--workspace") + 1] == "halden"
        assert command[command.index("--organisation") + 1] == "halden"


def test_where_the_folder_implies_it_nothing_is_added(run: Shell) -> None:
    for command in printed(run("project why klar G1", expect=1).out):
        assert "--workspace" not in command
        assert "--organisation" not in command
