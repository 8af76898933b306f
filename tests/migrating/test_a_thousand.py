"""A thousand running projects move to a new version, and back, through the commands of the shell."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

from innocities_engine import settings
from innocities_engine.doctor import examine
from innocities_engine.domain.project import Project
from innocities_engine.settings import Settings
from innocities_engine.store import chain, projects
from innocities_engine.store.transactions import read
from tests.cli.shell import Shell
from tests.histories import stored
from tests.migrating.many import METHOD, recorded, world
from tests.migrating.methods import Plain, renamed_in
from tests.store.given import OSLO, World

FULL = bool(os.environ.get("INNOCITIES_FULL"))
MANY = 1000 if FULL else 60
VERSION = "9.1.0"


def raw() -> Plain:
    found: Plain = json.loads(stored.load(stored.versions()[-1]).methods[recorded()[0].method])
    return found


def newer(first: Plain) -> Plain:
    """Another name for a paper and for a gate, a gate more, a paper more, days that are others."""
    found = deepcopy(first)
    gates = list(found["gates"])
    needed = next(iter(found["gates"][gates[0]]["needs"]))
    found["artefacts"]["ekstra"] = {
        "title": {"nb": "Ekstra", "en": "Extra"}, "by": _leads(found),
    }  # fmt: skip
    for gate in found["gates"].values():
        gate.setdefault("needs", {})["ekstra"] = {"required": False, "due": "6 weeks after entry"}
    found = renamed_in(found, ("gates", gates[1]), f"{gates[1]}_ny")
    found = renamed_in(found, ("artefacts", needed), f"{needed}_ny")
    return {**found, "version": VERSION}


def _leads(found: Plain) -> str:
    return next(str(role) for role, told in found["roles"].items() if told.get("leads"))


def states(there: World) -> dict[str, tuple[Project, Any]]:
    """How each project stands, and when it is looked at again."""
    with read(there.store) as connection:
        kept = {name: projects.kept(connection, OSLO.id, name)
                for name in projects.ids(connection, OSLO.id)}  # fmt: skip
    return {name: (projects.thaw(bytes(row["snapshot"])), row["wake_at"])
            for name, row in kept.items()}  # fmt: skip


def bare(project: Project) -> Project:
    return replace(project, migrations=(), as_of=None)


def test_a_thousand_projects_move_and_back_and_each_behaves_as_before(
    tmp_path: Path, told: Callable[[str], None]
) -> None:
    first = raw()
    there = world(tmp_path, first, MANY)
    run = Shell(tmp_path, {"INNOCITIES_AS": "dag"})
    settings.create(Settings(tmp_path, OSLO.id, "dag", simulated=True, language="en"))
    there.office.publish(OSLO.id, newer(first), "dag")
    now = f"--now {there.clock.now.isoformat()}"
    there.engine.sweep()  # what time has brought about is worked out
    before = states(there)
    asked = f"{METHOD} {VERSION} {now}"

    plan = run.json(f"project migrate plan {asked}", expect=None)
    assert plan["counts"]["compatible"] == sum(plan["counts"].values()) == MANY
    assert states(there) == before

    done = run.json(f"project migrate apply {asked} --reason Enklere --yes")
    assert done["counts"]["done"] == MANY
    moved = states(there)
    assert {p.version for p, _ in moved.values()} == {VERSION}
    sound(there)

    back = run.json(f"project migrate undo {asked} --reason Ventet --yes")
    assert back["counts"]["done"] == MANY
    after = states(there)
    sound(there)
    for name, (project, wake) in before.items():
        assert bare(after[name][0]) == bare(project), name
        assert after[name][1] == wake, name
    stood = Counter(p.tracks[next(iter(p.tracks))].phase for p, _ in before.values())
    told(f"{MANY} projects moved to another version and back: {dict(stood)}")


def sound(there: World) -> None:
    """The record is as it was written, and all that is kept agrees with it."""
    assert chain.verify(there.store, OSLO.id) is None
    found = [each.code for each in examine(there.engine)]
    assert set(found) <= {"file_lost"}  # papers of the histories are nowhere but in the record
