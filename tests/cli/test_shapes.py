"""What --json answers keeps its shape: names and kinds of values, held against a stored copy.

Run `python -m tests.cli.test_shapes` to store them anew, after a change that is meant.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.cli.shell import Shell
from tests.cli.world import build, neighbour

STORED = Path(__file__).parent / "shapes.json"
# Maps whose keys are names of a method or a person, and not of the shape.
OPEN = {"members", "meetings", "params", "versions", "answers", "letters", "anchors", "title",
        "ratings", "outcomes", "weeks"}  # fmt: skip

QUESTIONS = {
    "project list": 0,
    "project show vilkar": 0,
    "project show forprosjekt": 0,
    "project why klar G1": 1,
    "project why forprosjekt G2": 1,
    "project history ferdig": 0,
    "project answer forprosjekt": 0,
    "project shared": 0,
    "project paper klar heliks_kart kopi.md --force": 0,
    "round list": 0,
    "round show valg": 0,
    "round rank valg": 0,
    "meeting agenda styringsgruppe": 0,
    "remind forecast klar": 0,
    "remind list": 0,
    "remind run --dry-run": 0,
    "remind preview reminder": 0,
    "calendar explain '10 working days from 2026-04-30'": 0,
    "calendar meetings list": 0,
    "calendar closures list": 0,
    "person list": 0,
    "person links ingrid": 0,
    "substitute list": 0,
    "organisation list": 0,
    "organisation show": 0,
    "methodology list": 0,
    "methodology list --shipped": 0,
    "methodology show smartby-prosjekt --gate G3": 0,
    "methodology check smartby-prosjekt": 0,
    "methodology verify smartby-program": 0,
    "methodology diagram smartby-prosjekt": 0,
    "methodology scenario base-stans": 0,
    "methodology export liten --format scxml": 0,
    "methodology export --format json-schema --out s.json --force": 0,
    "audit verify": 0,
    "audit checkpoint": 0,
    "audit export copy.jsonl": 0,
    "db doctor": 0,
    "methodology whatif smartby-prosjekt": 0,
}
CHANGES = {
    "project comment havn Hei": 0,
    "project submit havn idebeskrivelse idé.md --as ingrid": 0,
    "project submit havn idebeskrivelse idé.md --as dag": 1,
    "project show finnes-ikke": 3,
    "person rights dag manager": 0,
    "person links ingrid --revoke": 0,
    "person leave dag --to lars --dry-run": 0,
    "project reassign havn dag lars": 0,
    "project share forprosjekt --all": 0,
    "project unshare forprosjekt": 0,
    "project adopt Badestige liten --member leder=astrid --member eier=eva": 0,
    "calendar closures add 2026-12-24": 0,
    "substitute add eva dag 2026-10-01 2026-10-31": 0,
    "organisation add hamnen Hamnen --country SE --admin eva=Eva": 0,
    "methodology publish innocities-sverige": 0,
    "round open stipend --dry-run": 0,
    "round take valg lyskasse --as bjorn": 1,
    "round take valg --as bjorn": 0,
    (
        "meeting record styringsgruppe vedtak.csv --day today --minutes 6/26"
        " --present bjorn,cecilia --yes --as petter"
    ): 0,
    "tick": 0,
    "db backup ../kopi": 0,
    "db collect": 0,
    "db upgrade": 0,
}


def shape(value: Any, key: str = "") -> Any:
    """The names and kinds of values in an answer; of a list, what its items have together."""
    if isinstance(value, dict):
        if key in OPEN:
            return {"…": shape(next(iter(value.values()), None))}
        return {name: shape(each, name) for name, each in value.items()}
    if isinstance(value, list):
        merged: Any = None
        for item in value:
            merged = _merged(merged, shape(item))
        return [merged]
    return type(value).__name__


def _merged(one: Any, other: Any) -> Any:
    if one is None or one == other:
        return other
    if isinstance(one, dict) and isinstance(other, dict):
        return {n: _merged(one.get(n), other.get(n, one.get(n))) for n in (*one, *other)}
    if isinstance(one, list) and isinstance(other, list):
        return [_merged(one[0], other[0])] if other[0] is not None else one
    if isinstance(one, str) and isinstance(other, str):
        return "|".join(sorted({*one.split("|"), *other.split("|")}))
    return one if other in (None, "NoneType") else other


def shapes(run: Shell) -> dict[str, Any]:
    neighbour(run)
    commands = QUESTIONS | CHANGES
    return {c: shape(run.json(c, expect=code)) for c, code in commands.items()}


@pytest.fixture(scope="module")
def stored() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))
    return found


def test_the_shape_of_every_answer_is_the_stored_one(run: Shell, stored: dict[str, Any]) -> None:
    found = shapes(run)

    for command, wanted in stored.items():
        assert found[command] == wanted, command
    assert set(found) == set(stored)


def test_data_stands_alone_on_its_way_out(run: Shell) -> None:
    for command, code in QUESTIONS.items():
        json.loads(run(f"{command} --json", expect=code).out)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        answers = shapes(build(Path(folder) / "halden"))
    STORED.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
