"""A meeting is written down once, however many secretaries do it at the same moment; each project
follows one of their tables and none is a mixture: by processes that begin at the same moment.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable

import pytest

from innocities_engine.cli import spreadsheet
from innocities_engine.domain.commands import Submit
from tests.cli.world import METHODS
from tests.crash.runs import Forks
from tests.races.world import HOME, LEAD, Town
from tests.store.given import LINK

ROUNDS = 60 if os.environ.get("INNOCITIES_FULL") else 4
SECRETARIES = ("petter", "siv")
BOARD = ("bjorn", "cecilia", "dag")
PROJECTS = 3
TABLES = {
    "yes": {"RAMME": ("ja", "", "belop=400"), "B1": ("go", "all=met", "")},
    "no": {"RAMME": ("nei", "", ""), "B1": ("stop", "", "")},
}


@pytest.fixture
def port(town: Town) -> Town:
    for person in ("dag", *SECRETARIES):
        town.run(f"person add {person} {person.capitalize()} --right member")
    town.run("methodology", "publish", str(METHODS / "hall" / "1.0.0.yaml"))
    return town


def waiting(town: Town, mark: int) -> list[str]:
    names = [f"p{mark}-{n}" for n in range(PROJECTS)]
    members = {"leder": (LEAD,), "styre": BOARD, "sekretaer": SECRETARIES}
    for name in names:
        town.engine.start(HOME, "hall", "1.0.0", LEAD, title=name, project=name, members=members)
        town.engine.execute(HOME, name, Submit("plan", LINK), LEAD)
    return names


def table(town: Town, names: list[str], said: str, mark: int) -> str:
    """The decisions of both gates of each project, as a secretary filled them in."""
    cells = [["Project", "Gate", "Outcome", "Judged", "Answers", "Appoints"]]
    for name in names:
        for gate, (outcome, judged, answers) in TABLES[said].items():
            owner = "eier=dag" if outcome == "go" else ""
            cells.append([name, gate, outcome, judged, answers, owner])
    path = town.folder / f"{said}-{mark}.csv"
    path.write_text(spreadsheet.written(cells), encoding="utf-8", newline="")
    return str(path)


def recording(path: str, secretary: str) -> tuple[str, ...]:
    return (
        "meeting", "record", "styre", path, "--day", "today", "--minutes", "9/26",
        "--present", ",".join(BOARD), "--yes", "--as", secretary,
    )  # fmt: skip


def decided(town: Town, project: str) -> dict[str, str]:
    found = town.decisions(project)
    assert len(found) == len({x.decision.passage for x in found})
    return {x.decision.passage[:-2]: x.decision.proposal.outcome for x in found}


def test_of_two_tables_of_one_meeting_each_project_follows_one_wholly(
    port: Town, racing: Forks, told: Callable[[str], None]
) -> None:
    followed: Counter[str] = Counter()
    for n in range(ROUNDS):
        names = waiting(port, n)
        tables = {said: table(port, names, said, n) for said in TABLES}
        commands = [recording(tables[said], who) for who in SECRETARIES for said in TABLES]

        ended = port.race(racing, n, *commands)

        for name in names:
            came = decided(port, name)
            (said,) = (
                said
                for said, rows in TABLES.items()
                if came == {g: o for g, (o, *_) in rows.items()}
            )
            followed[said] += 1
        assert {each.code for each in ended} <= {0, 1, 5}, ended
    assert port.is_sound()
    told(f"two tables, two secretaries: {ROUNDS} rounds × 4 processes, followed {dict(followed)}")


def test_the_same_table_from_two_secretaries_at_once_is_written_down_once(
    port: Town, racing: Forks
) -> None:
    names = waiting(port, 0)
    path = table(port, names, "yes", 0)

    ended = port.race(racing, 0, *(recording(path, who) for who in SECRETARIES * 2))

    assert [each.code for each in ended] == [0] * 4, ended
    answers = [one for each in ended for one in each.answer["projects"]]
    for name in names:
        told = [one["result"] for one in answers if one["id"] == name]
        assert sorted(told) == ["before", "before", "before", "done"]
    assert [decided(port, name) for name in names] == [{"RAMME": "ja", "B1": "go"}] * PROJECTS
