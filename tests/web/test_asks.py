"""What a page asks is what the rules say is owed, and what the engine lets this person do: held
against every person and project of a municipality on a shipped method.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from innocities_engine import settings
from innocities_engine.cli import serving
from innocities_engine.domain import people, reminders
from innocities_engine.domain.reminders import Obligation
from innocities_engine.engine import View
from innocities_engine.store.transactions import open_store
from innocities_engine.web import asks, deciding, forms
from innocities_engine.web.ask import Ask, Field, Teller
from innocities_engine.web.desk import Services
from innocities_engine.web.forms import Form
from tests.cli import world

LATER = "2026-09-30"
SAMPLES = {"date": "2026-09-01", "prose": "Told", "address": "https://example.org/1", "file": "",
           "line": "3"}  # fmt: skip


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder: Path = tmp_path_factory.mktemp("asked") / "halden"
    world.build(folder)
    store = open_store(folder)
    yield serving.services(settings.load(folder), store)
    store.close()


def everybody(services: Services) -> Iterator[tuple[View, Teller, str]]:
    for glance in services.engine.projects("halden", "astrid"):
        view = services.engine.view("halden", glance.id, "astrid")
        for person in sorted({p for held in view.project.members.values() for p in held}):
            yield view, services.speak(view, "en"), person


def filled(ask: Ask) -> Form:
    """The form as somebody might send it."""
    said = {field.name: (sample(field),) for field in ask.fields if sample(field)}
    carried = {name: (value,) for name, value in ask.hidden}
    return Form(ask.act, ask.subject, ask.need, "", {**said, **carried})


def sample(field: Field) -> str:
    if field.name.startswith(("review_on", "due:")):
        return LATER
    return field.options[0][0] if field.options else SAMPLES[field.kind]


def test_what_is_asked_may_be_done(services: Services) -> None:
    tried = set()
    for view, t, person in everybody(services):
        for ask in [*asks.of(t, person), asks.comment(t)]:
            for form in forms_of(t, ask, person):
                command = forms.command(form, view.method)
                services.engine.execute("halden", view.project.id, command, person, dry_run=True)
                tried.add(form.act)
    assert tried == set(forms.ACTS)


def forms_of(t: Teller, ask: Ask, person: str) -> Iterator[Form]:
    """The forms that do something: of a choice, that for each of its options."""
    if ask.act != forms.CHOOSE:
        yield filled(ask)
        return
    for option, _ in ask.fields[0].options:
        chosen = Form(ask.act, ask.subject, fields={"outcome": (option,)})
        confirm = deciding.confirming(t, person, chosen)
        assert confirm is not None
        yield filled(confirm)


def owed(services: Services) -> Iterator[tuple[Obligation, Teller, str]]:
    for _, t, person in everybody(services):
        for each in reminders.obligations(t.s):
            if person in each.owners or person in people.acting(t.s, _roles(t, each.owners)):
                yield each, t, person


def _roles(t: Teller, owners: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(owner for owner in owners if owner in t.s.method.roles)


def test_whoever_is_reminded_finds_what_of(services: Services) -> None:
    found = 0
    for each, t, person in owed(services):
        asked = asks.of(t, person)
        if each.key.partition(":")[0] in ("decide", "review", "rate", "advise"):
            continue
        need = t.s.project.needs[each.key]
        definition = reminders.need_of(t.s.method, need)
        if definition.kind.value in ("act", "written"):
            found += 1
            assert each.key in {ask.subject for ask in asked}, (t.s.project.id, person, each.key)
        if definition.kind.value == "artefact":
            found += 1
            assert definition.of in {ask.subject for ask in asked}, (person, each.key)
    assert found > 50
