"""What an organisation shares of a project begins anew in another one: the papers that were named
and what was said for others, with links both ways, and nothing else.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import LargeBinary, select

from innocities_engine import adopting, errors
from innocities_engine.casework import Receipt
from innocities_engine.doctor import examine
from innocities_engine.domain import codec
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain.project import Content, Project, Proposal, Source
from innocities_engine.erasure import erase, search
from innocities_engine.store import files, projects, record, tables
from innocities_engine.store.people import Organisation
from innocities_engine.store.transactions import read
from tests.store.given import LINK, World, a_method, a_person, a_world

MALMO = Organisation("malmo", "Malmö stad", "SE", "Europe/Stockholm", "sv")
LED = {"lead": ("maja",), "board": ("mats",)}
SHARE = k.Share("Bike town", ("plan",), "Bikes for all", "mobility", ("Ask the shops first",))
PLAN = b"# A plan"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = two_towns(tmp_path)
    yield made
    made.store.close()


def two_towns(folder: Path) -> World:
    """Oslo at work, and Malmö beside it, where Maja starts projects."""
    made = a_world(folder)
    neighbour(made)
    return made


def neighbour(world: World) -> None:
    """Found Malmö, which may take over what is shared."""
    world.office.found(MALMO, a_person("maja", "administrator", "manager"))
    world.office.put_person("malmo", a_person("mats", "member"), "maja")
    world.office.publish("malmo", a_method(), "maja")


def shared(world: World, command: k.Share = SHARE, content: bytes = PLAN) -> str:
    """A project of Oslo with a plan, shared; its id there."""
    project = world.started()
    kept = files.keep(world.store, "oslo", io.BytesIO(content))
    plan = Content(kept.sha256, "plan by Astrid.md", "file", kept.size)
    world.engine.execute("oslo", project, k.Submit("plan", plan), "astrid")
    world.engine.execute("oslo", project, command, "astrid")
    return project


def state(world: World, organisation: str, project: str) -> Project:
    person = {"oslo": "astrid", "malmo": "maja"}[organisation]
    return world.engine.view(organisation, project, person).project


def offered(world: World) -> list[str]:
    return [offer.id for offer in adopting.offers(world.engine, "malmo", "maja")]


def adopt(
    world: World, wanted: str = "", person: str = "maja", home: str = "malmo", **options: Any
) -> Receipt:
    command = k.Adopt("", home, wanted or offered(world)[0], "Cykelstaden", LED)
    command = replace(command, **options.pop("as_", {}))
    return adopting.adopt(world.engine, command, "liten", "1.0.0", person, **options)


def read_back(world: World, organisation: str, sha256: str) -> bytes:
    with files.opened(world.store, organisation, sha256) as file:
        return file.read()


# ---------------------------------------------------------------- links


def test_a_shared_project_begins_elsewhere_with_links_both_ways(world: World) -> None:
    source = shared(world)

    new = state(world, "malmo", adopt(world).project)

    [adoption] = state(world, "oslo", source).adoptions
    assert adoption.organisation == "Malmö stad"
    assert new.adopted is not None
    assert new.adopted.id == adoption.id
    assert (new.adopted.organisation, new.adopted.title) == ("Oslo kommune", "Bike town")
    assert (new.adopted.about, new.adopted.lessons) == ("Bikes for all", ("Ask the shops first",))
    assert (new.organisation, new.title) == ("malmo", "Cykelstaden")
    assert examine(world.engine) == []


def test_the_source_says_it_by_itself_and_nobody_of_the_other_is_named(world: World) -> None:
    source = shared(world)
    adopt(world, reason="Maja saw it at a fair")

    last = world.engine.history("oslo", source, "astrid")[-1]

    assert (last.type, last.actor, last.capacity, last.reason) == (
        "ProjectAdopted", "system", "system", ""
    )  # fmt: skip


def test_without_a_title_of_its_own_it_keeps_the_shared_one(world: World) -> None:
    shared(world)

    assert state(world, "malmo", adopt(world, as_={"title": ""}).project).title == "Bike town"


def test_whoever_leads_is_to_hear_of_it_with_the_name_and_the_day(world: World) -> None:
    source = shared(world)
    adopt(world)
    c = tables.notice.c
    with read(world.store) as connection:
        query = select(c.role, c.data).where(c.kind == "adopted")
        [notice] = connection.execute(query).all()

    assert notice.role == "lead"
    assert json.loads(notice.data) == {
        "project": source,
        "title": state(world, "oslo", source).title,
        "organisation": "Malmö stad",
        "day": world.clock().date().isoformat(),
    }
    assert examine(world.engine) == []


# ---------------------------------------------------------------- papers


def test_the_exact_version_comes_along_handed_in_by_nobody_and_approved_by_nobody(
    world: World,
) -> None:
    source = shared(world)
    later = replace(LINK, sha256="1" * 64)
    world.engine.execute("oslo", source, k.Submit("plan", later), "astrid")  # after it was shared
    [wanted] = offered(world)

    [version] = state(world, "malmo", adopt(world).project).versions["plan"]

    assert read_back(world, "malmo", version.content.sha256) == PLAN
    assert version.source == Source("Oslo kommune", wanted, 1)
    assert (version.n, version.by, version.status, version.content.name) == (
        1, "", "submitted", "plan.md"
    )  # fmt: skip


def test_it_counts_as_handed_in_in_the_new_project(world: World) -> None:
    shared(world)
    project = adopt(world).project

    world.engine.execute("malmo", project, k.Decide("G1", Proposal("go")), "mats")

    assert state(world, "malmo", project).tracks["idea"].phase == "work"


@pytest.mark.parametrize("gone", ["oslo", "malmo"])
def test_each_keeps_its_own_copy_of_a_file(world: World, gone: str) -> None:
    shared(world)
    [version] = state(world, "malmo", adopt(world).project).versions["plan"]

    shutil.rmtree(world.store.artefacts / gone)

    [kept] = {"oslo", "malmo"} - {gone}
    assert read_back(world, kept, version.content.sha256) == PLAN


def test_a_file_that_is_damaged_is_not_taken_over(world: World) -> None:
    source = shared(world)
    [plan] = state(world, "oslo", source).versions["plan"]
    files.path(world.store, "oslo", plan.content.sha256).write_bytes(b"x" * len(PLAN))

    with pytest.raises(errors.Integrity):
        adopt(world)

    assert world.engine.projects("malmo", "maja") == []


def test_what_holds_nothing_but_answers_is_not_shared(world: World) -> None:
    project = world.started()
    form = Content("2" * 64, kind="form")
    world.engine.execute("oslo", project, k.Submit("plan", form), "astrid")

    with pytest.raises(errors.Refused) as refusal:
        world.engine.execute("oslo", project, SHARE, "astrid")

    assert [b.code for b in refusal.value.blockers] == ["not_shareable"]  # type: ignore[attr-defined]


# ---------------------------------------------------------------- sharing


def test_only_who_manages_the_organisation_shares_and_adopts(world: World) -> None:
    world.office.put_person("oslo", a_person("erik", "member"), "dag")
    project = world.started(members={"lead": ("erik",), "board": ("bjorn",)})

    for command in (SHARE, k.Unshare()):  # whoever leads a project manages it, and nothing beyond
        with pytest.raises(errors.NotPermitted):
            world.engine.execute("oslo", project, command, "erik")
    source = shared(world)
    with pytest.raises(errors.NotPermitted):
        adopt(world, person="mats")
    assert state(world, "oslo", source).adoptions == ()
    assert not (world.store.artefacts / "malmo").exists()


def test_shared_anew_it_has_the_same_id_and_says_the_new(world: World) -> None:
    project = shared(world)
    before = offered(world)

    again = replace(SHARE, title="Bike city", lessons=("Ask them twice",))
    world.engine.execute("oslo", project, again, "astrid")

    assert offered(world) == before
    new = state(world, "malmo", adopt(world).project)
    assert new.adopted is not None
    assert (new.adopted.title, new.adopted.lessons) == ("Bike city", ("Ask them twice",))
    assert examine(world.engine) == []


def test_what_was_taken_back_what_is_ones_own_and_what_never_was_are_one_answer(
    world: World,
) -> None:
    project = shared(world)
    [wanted] = offered(world)
    said = []
    with pytest.raises(errors.NotFound) as own:
        adopt(world, wanted, "astrid", "oslo", as_={"members": {"lead": ("astrid",)}})
    said.append(str(own.value))
    world.engine.execute("oslo", project, k.Unshare(), "astrid")
    for name in (wanted, "f" * 32, project):
        with pytest.raises(errors.NotFound) as foreign:
            adopt(world, name)
        said.append(str(foreign.value).replace(name, wanted))

    assert len(set(said)) == 1
    assert offered(world) == []
    assert world.engine.projects("malmo", "maja") == []
    assert examine(world.engine) == []


def test_shared_after_it_was_taken_back_it_has_another_id(world: World) -> None:
    project = shared(world)
    before = offered(world)
    world.engine.execute("oslo", project, k.Unshare(), "astrid")
    world.engine.execute("oslo", project, SHARE, "astrid")

    assert len(offered(world)) == 1
    assert offered(world) != before


def test_who_has_adopted_keeps_it_when_it_is_taken_back(world: World) -> None:
    source = shared(world)
    project = adopt(world).project

    world.engine.execute("oslo", source, k.Unshare(), "astrid")

    [version] = state(world, "malmo", project).versions["plan"]
    assert read_back(world, "malmo", version.content.sha256) == PLAN
    assert len(state(world, "oslo", source).adoptions) == 1


def test_words_find_it_in_any_case_and_no_character_stands_for_others(world: World) -> None:
    shared(world, replace(SHARE, lessons=("Spør ÅSEN først, 100 %",)))

    def found(*words: str) -> int:
        return len(adopting.offers(world.engine, "malmo", "maja", words))

    assert [found(*words.split()) for words in ("åsen", "BIKE Først", "oslo", "plan", "100 %")] == [
        1, 1, 1, 1, 1
    ]  # fmt: skip
    assert [found(word) for word in ("elsewhere", "b_ke", "%x")] == [0, 0, 0]


def test_nobody_reads_what_others_share_for_an_organisation_they_do_not_belong_to(
    world: World,
) -> None:
    shared(world)
    for home in ("malmo", "nowhere"):
        with pytest.raises(errors.NoOrganisation):
            adopting.offers(world.engine, home, "astrid")
        with pytest.raises(errors.NoOrganisation):
            adopt(world, "f" * 32, "astrid", home)


# ---------------------------------------------------------------- all or nothing


def test_what_cannot_begin_leaves_nothing_where_it_comes_from(world: World) -> None:
    source = shared(world)
    world.office.put_person("malmo", a_person("mats", "member", active=False), "maja")
    before = [world.office.checkpoint(home) for home in ("oslo", "malmo")]

    with pytest.raises(errors.Refused):
        adopt(world)

    assert [world.office.checkpoint(home) for home in ("oslo", "malmo")] == before
    assert state(world, "oslo", source).adoptions == ()
    [attempt] = world.office.attempts("malmo", "maja")
    assert (attempt.project, attempt.command) == ("liten 1.0.0", "Adopt")
    assert world.office.attempts("oslo", "dag") == []


def test_a_rehearsal_says_what_would_come_along_and_leaves_nothing(world: World) -> None:
    shared(world)
    before = [world.office.checkpoint(home) for home in ("oslo", "malmo")]

    receipt = adopt(world, dry_run=True)

    assert [x.version.artefact for x in receipt.events if isinstance(x, e.VersionSubmitted)] == [
        "plan"
    ]
    assert [world.office.checkpoint(home) for home in ("oslo", "malmo")] == before
    assert not (world.store.artefacts / "malmo").exists()


def test_the_same_key_gives_the_same_answer_even_when_it_is_shared_no_more(world: World) -> None:
    source = shared(world)
    [wanted] = offered(world)
    first = adopt(world, wanted, idempotency_key="once")
    world.engine.execute("oslo", source, k.Unshare(), "astrid")

    again = adopt(world, wanted, idempotency_key="once")

    assert replace(again, repeated=False) == first
    assert len(world.engine.projects("malmo", "maja")) == 1
    assert len(state(world, "oslo", source).adoptions) == 1


def test_two_towns_that_take_over_from_each_other_do_not_wait_for_each_other(world: World) -> None:
    """Both are written in the order of their organisations, whichever way it crosses."""
    shared(world)
    project = adopt(world).project
    world.engine.execute("malmo", project, k.Share("Cykelstaden", ("plan",)), "maja")
    [offer] = adopting.offers(world.engine, "oslo", "astrid")

    back = adopt(
        world, offer.id, "astrid", "oslo", as_={"members": {"lead": ("astrid",)}, "title": ""}
    )

    assert state(world, "oslo", back.project).title == "Cykelstaden"
    assert [x.organisation for x in state(world, "malmo", project).adoptions] == ["Oslo kommune"]
    assert examine(world.engine) == []


# ---------------------------------------------------------------- the records


def test_each_record_leads_to_its_own_state_and_verifies_alone(world: World) -> None:
    source = shared(world)
    project = adopt(world).project

    for home, name in (("oslo", source), ("malmo", project)):
        with read(world.store) as connection:
            entries = record.entries(connection, home, name)
            kept = projects.kept(connection, home, name)
        assert codec.dump(record.replay(entries)) == kept["snapshot"]
        assert world.office.verify(home) is None


def test_a_correction_takes_back_no_sharing_and_no_adoption(world: World) -> None:
    source = shared(world)
    world.engine.execute("oslo", source, k.Decide("G1", Proposal("go")), "bjorn")
    adopt(world)

    world.engine.execute("oslo", source, k.Correct("G1", "Another project"), "dag")

    after = state(world, "oslo", source)
    assert after.tracks["idea"].phase == "idea"
    assert after.shared is not None
    assert len(after.adoptions) == 1
    assert examine(world.engine) == []


def test_what_is_erased_at_home_is_no_longer_offered_and_stays_where_it_was_adopted(
    world: World,
) -> None:
    source = shared(world, replace(SHARE, lessons=("Ask Astrid first",)))
    project = adopt(world).project
    found = search(world.engine, "oslo", "Ask Astrid", "dag")

    erase(world.engine, "oslo", source, [each.seal for each in found], "dag", reason="asked to")

    [offer] = adopting.offers(world.engine, "malmo", "maja")
    assert offer.told.lessons == (record.BLANK,)
    adopted = state(world, "malmo", project).adopted
    assert adopted is not None
    assert adopted.lessons == ("Ask Astrid first",)
    assert examine(world.engine) == []


# ---------------------------------------------------------------- nothing else crosses


def everything(world: World, organisation: str) -> str:
    """All that is kept for an organisation, in every table."""
    found = []
    with read(world.store) as connection:
        for table in tables.metadata.sorted_tables:
            if "organisation_id" not in table.c:
                continue
            query = select(table).where(table.c.organisation_id == organisation)
            for row in connection.execute(query):
                found += [
                    bytes(value).decode() if isinstance(column.type, LargeBinary) and value
                    and column.name != "salt" else str(value)
                    for column, value in zip(table.c, row, strict=True)
                ]  # fmt: skip
    return "\n".join(found)


SECRETS = st.lists(
    st.text("abcdefghijklnopqrstuvwxyzåäöæø", min_size=9, max_size=14), min_size=7, max_size=7,
)  # fmt: skip


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = two_towns(tmp_path_factory.mktemp("towns"))
    yield made
    made.store.close()


@settings(max_examples=12, deadline=None, database=None,
          suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
@given(SECRETS)
def test_no_text_of_people_answers_or_notes_is_anywhere_in_the_other_organisation(
    towns: World, secrets: list[str]
) -> None:
    name, answer, comment, reason, file, title, shown = (
        f"§{n}§{text}" for n, text in enumerate(secrets)
    )
    world, person = towns, "x" + secrets[0].encode().hex()
    world.office.put_person("oslo", replace(a_person(person, "manager"), name=name), "dag")
    members = {"lead": (person,), "board": ("bjorn",)}
    project = world.started(title=title, members=members, answers={"budget": answer})
    kept = files.keep(world.store, "oslo", io.BytesIO(shown.encode()))
    plan = Content(kept.sha256, f"{file}.md", "file", kept.size)
    world.engine.execute("oslo", project, k.Submit("plan", plan), person)
    world.engine.execute("oslo", project, k.Comment(comment), person)
    world.engine.execute("oslo", project, k.Decide("G1", Proposal("go"), reason), "bjorn")
    world.engine.execute("oslo", project, k.Share(shown, ("plan",), lessons=(shown,)), person)

    offers = adopting.offers(world.engine, "malmo", "maja", [shown])
    adopted = adopt(world, offers[0].id, as_={"title": "Egen"}, reason="Verkar bra")

    there = everything(world, "malmo") + "".join(world.office.export("malmo", "maja"))
    for secret in (person, name, answer, comment, reason, file, title, project, "oslo"):
        assert secret not in there, secret
    assert shown in there
    here = everything(world, "oslo") + "".join(world.office.export("oslo", "dag"))
    for secret in ("maja", "mats", "Egen", "Verkar bra", adopted.project, "malmo"):
        assert secret not in here, secret
    assert "Malmö stad" in here


def test_an_offer_says_nothing_that_was_not_said_for_others(world: World) -> None:
    project = shared(world)

    [offer] = adopting.offers(world.engine, "malmo", "maja")

    said = codec.dump(offer).decode()
    for secret in ("astrid", "Astrid", "bjorn", "Sykkelbyen", project, '"oslo"'):
        assert secret not in said


def test_whoever_shares_can_take_nothing_back_from_a_project_that_is_not_shared(
    world: World,
) -> None:
    with pytest.raises(errors.Refused) as refusal:
        world.engine.execute("oslo", world.started(), k.Unshare(), "astrid")

    assert [b.code for b in refusal.value.blockers] == ["not_shared"]  # type: ignore[attr-defined]
