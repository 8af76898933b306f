"""Mail that has not reached somebody who left goes to whoever took over, and none goes to them."""

from __future__ import annotations

from innocities_engine.domain import commands as k
from innocities_engine.domain.project import Proposal
from innocities_engine.leaving import Leaving
from tests.notifications.conftest import Morning
from tests.store.given import a_person


def leaves(morning: Morning, person: str, to: str, **roles: str) -> None:
    world = morning.world
    handing = k.Reassign(person, to, roles)
    leaving = Leaving(world.engine, world.office, "oslo", handing, "dag")
    assert [each.refusal for each in leaving.hand_over(leaving.estate(), dry_run=False)] == [
        None for _ in leaving.estate().projects or [1]
    ]
    leaving.close()


def waiting(morning: Morning) -> set[str]:
    return {str(row["person_id"]) for row in morning.letters() if row["settled_at"] is None}


def test_a_letter_that_waits_for_its_hour_is_the_heirs(morning: Morning) -> None:
    morning.world.started()
    morning.world.office.put_person("oslo", a_person("eva", "member"), "dag")
    morning.sweep(days=28)  # the papers are near their day, and Astrid is told in the morning
    assert waiting(morning) == {"astrid"}

    leaves(morning, "astrid", "eva")
    assert waiting(morning) == {"eva"}
    morning.mailer.sent.clear()
    morning.sweep(hours=24)

    assert {mail.recipient for mail in morning.mailer.sent} == {"eva@example.org"}


def test_a_letter_that_could_not_be_sent_yet_is_written_anew_to_the_heir(morning: Morning) -> None:
    project = morning.world.started()
    morning.world.office.put_person("oslo", a_person("eva", "member"), "dag")
    morning.hand_in(project)
    morning.world.engine.execute("oslo", project, k.Present("G1"), "astrid")
    leaves(morning, "bjorn", "eva")
    morning.deliver()

    assert {mail.recipient for mail in morning.mailer.sent} == {"eva@example.org"}
    morning.world.engine.execute("oslo", project, k.Decide("G1", Proposal("rework"), "More"), "eva")


def test_what_is_sent_back_reaches_whoever_owes_it_now(morning: Morning) -> None:
    project = morning.world.started()
    morning.world.office.put_person("oslo", a_person("eva", "member"), "dag")
    morning.hand_in(project)
    leaves(morning, "astrid", "eva")
    morning.world.engine.execute("oslo", project, k.Return("plan", "Too thin"), "bjorn")
    morning.deliver()

    assert "eva@example.org" in {mail.recipient for mail in morning.mailer.sent}
    assert "astrid@example.org" not in {mail.recipient for mail in morning.mailer.sent}
