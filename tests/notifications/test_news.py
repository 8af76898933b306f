"""Every kind of notice, caused by a command and read by the one it is for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from innocities_engine import library
from innocities_engine.domain import commands as k
from innocities_engine.domain import notices
from innocities_engine.domain.commands import Command, Substitution
from innocities_engine.domain.notices import Notice
from innocities_engine.domain.project import Condition, Proposal
from innocities_engine.store import incidents, outbox
from innocities_engine.store.transactions import write
from notifications.mail import Mail
from tests.notifications.conftest import Morning
from tests.notifications.test_delivery import subjects, text_of
from tests.store import given
from tests.test_adopting import adopt, neighbour

METHOD = Path(__file__).parent / "methods" / "prat" / "1.0.0.yaml"
CAST = {
    "lead": ("astrid",),
    "board": ("bjorn",),
    "adviser": ("eva",),
    "judge": ("fia",),
    "boss": ("geir",),
}
LANGUAGES = {"eva": "sv", "fia": "en", "geir": "nb"}


@dataclass
class Bridge:
    """A project whose people are told of everything."""

    morning: Morning
    project: str
    read: list[Mail] = field(default_factory=list)

    def does(self, person: str, command: Command) -> list[str]:
        """Issue a command; tell who reads what because of it."""
        self.morning.world.engine.execute("oslo", self.project, command, person)
        return self.delivered()

    def hears(self, *told: Notice) -> list[str]:
        """Let notices be caused by something that happened."""
        world = self.morning.world
        with write(world.store) as connection:
            outbox.add(connection, "oslo", self.project, told, sequence=1, now=world.clock.now)
        return self.delivered()

    def waits(self, **time: float) -> list[str]:
        self.morning.sweep(**time)
        return self._told()

    def delivered(self) -> list[str]:
        self.morning.deliver()
        return self._told()

    def _told(self) -> list[str]:
        sent = self.morning.mailer.sent
        self.read, news = sent.copy(), sent[len(self.read) :]
        return sorted(
            f"{mail.recipient.partition('@')[0]}: {subject}"
            for mail, subject in zip(news, subjects(news), strict=True)
        )

    @property
    def last(self) -> str:
        return text_of(self.read[-1])

    def with_papers(self) -> Bridge:
        self.does("astrid", k.Submit("plan", given.LINK))
        self.does("geir", k.Approve("plan"))
        return self

    def presented(self) -> Bridge:
        self.with_papers().does("astrid", k.Present("G1"))
        return self

    def judged(self) -> Bridge:
        self.presented().does("fia", k.Rate("G1", {"nytta": "met"}))
        self.does("eva", k.Advise("G1", "rad", "go"))
        return self


@pytest.fixture
def bridge(morning: Morning) -> Iterator[Bridge]:
    world = morning.world
    world.office.publish("oslo", library.resolved(METHOD), "dag")
    for person, language in LANGUAGES.items():
        added = given.a_person(person, "member", language=language)
        world.office.put_person("oslo", added, "dag")
    receipt = world.engine.start("oslo", "prat", "1.0.0", "astrid", title="Bryggan", members=CAST)
    yield Bridge(morning, receipt.project)
    # Whatever happened, nothing was told to nobody and nothing could not be written.
    waiting = incidents.waiting(world.store, "oslo")
    assert [trouble for trouble in waiting if trouble.kind != "role empty"] == []


def has(told: list[str], beginning: str) -> bool:
    return any(line.startswith(beginning) for line in told)


def test_whoever_approves_is_asked_when_something_is_handed_in(bridge: Bridge) -> None:
    assert bridge.does("astrid", k.Submit("plan", given.LINK)) == ["geir: Godkjenn Plan – Bryggan"]
    assert "Plan er levert av Astrid" in bridge.last


def test_whoever_handed_in_is_told_what_came_back_and_why(bridge: Bridge) -> None:
    bridge.does("astrid", k.Submit("plan", given.LINK))
    told = bridge.does("geir", k.Return("plan", "Tallene mangler."))

    assert told == ["astrid: Plan må bearbeides – Bryggan"]
    assert "Begrunnelse: Tallene mangler." in bridge.last


def test_whoever_confirms_is_asked_when_something_is_said_to_be_done(bridge: Bridge) -> None:
    told = bridge.does("astrid", k.TickOff("prata"))
    assert told == ["geir: Bekreft at det er gjort: Snakk med naboene – Bryggan"]


def test_papers_that_are_presented_ask_for_decision_advice_and_rating(bridge: Bridge) -> None:
    assert bridge.with_papers().does("astrid", k.Present("G1")) == [
        "bjorn: Beslutning om Konseptvalg – Bryggan",
        "eva: Råd om vägen inför Konceptval – Bryggan",
        "fia: Rating for Concept choice – Bryggan",
    ]


def test_papers_presented_again_after_they_were_taken_back_ask_again(bridge: Bridge) -> None:
    bridge.presented().does("astrid", k.TakeBack("G1"))
    told = bridge.does("astrid", k.Present("G1"))

    assert "bjorn: Beslutning om Konseptvalg – Bryggan" in told


def test_papers_taken_back_before_the_letter_ask_nobody(bridge: Bridge) -> None:
    bridge.with_papers()
    engine = bridge.morning.world.engine
    engine.execute("oslo", bridge.project, k.Present("G1"), "astrid")

    assert bridge.does("astrid", k.TakeBack("G1")) == []


def test_what_was_given_before_the_letter_is_not_asked_for(bridge: Bridge) -> None:
    bridge.with_papers()
    engine = bridge.morning.world.engine
    engine.execute("oslo", bridge.project, k.Present("G1"), "astrid")
    engine.execute("oslo", bridge.project, k.Rate("G1", {"nytta": "met"}), "fia")
    engine.execute("oslo", bridge.project, k.Advise("G1", "rad", "go"), "eva")

    assert bridge.delivered() == ["bjorn: Beslutning om Konseptvalg – Bryggan"]


def test_those_to_be_told_hear_what_was_decided_and_why(bridge: Bridge) -> None:
    told = bridge.judged().does("bjorn", k.Decide("G1", Proposal("rework"), reason="Ikke ennå."))

    assert told == [
        "astrid: Konseptvalg: Bearbeid – Bryggan",
        "eva: Konceptval: Komplettera – Bryggan",
    ]
    assert "Ikke ennå." in bridge.last


def test_whoever_owes_a_condition_is_told_its_text_and_date(bridge: Bridge) -> None:
    condition = Condition("Spør naboene igjen.", "astrid", date(2026, 4, 20))
    proposal = Proposal("go_with_conditions", written={"vilkar": (condition,)})
    told = bridge.judged().does("bjorn", k.Decide("G1", proposal))

    assert has(told, "astrid: Frist 20. april: Vilkår: Spør naboene igjen – Bryggan")


def test_who_hears_of_a_decision_hears_its_conditions_and_what_follows(bridge: Bridge) -> None:
    condition = Condition("Spør naboene igjen.", "lead", date(2026, 4, 20))
    proposal = Proposal("go_with_conditions", written={"vilkar": (condition,)})
    bridge.judged().does("bjorn", k.Decide("G1", proposal))

    [told] = [text_of(mail) for mail in bridge.read if mail.recipient.startswith("eva")][-1:]
    assert "Villkor: Spør naboene igjen (" in told
    assert "senast 20 april)" in told
    assert "Det här följer: Projektet går vidare till" in told


def test_a_gate_that_is_raised_is_told_to_all_but_the_one_who_raised_it(bridge: Bridge) -> None:
    told = bridge.does("astrid", k.Raise("V1", "Kostnadene steg."))

    assert told == ["bjorn: Endring er reist – Bryggan"]


def test_a_new_member_is_told(bridge: Bridge) -> None:
    assert bridge.does("astrid", k.Assign("adviser", ("fia",))) == [
        "fia: Your new role: adviser – Bryggan"
    ]


def test_a_hold_is_told_to_whoever_leads(bridge: Bridge) -> None:
    proposal = Proposal("hold", review_on=date(2026, 4, 20))
    told = bridge.presented().does("bjorn", k.Decide("G1", proposal, reason="Vent."))

    assert has(told, "astrid: Prosjektet er satt på vent til 20. april – Bryggan")


def test_the_end_of_a_hold_reminds_whoever_decides(bridge: Bridge) -> None:
    proposal = Proposal("hold", review_on=date(2026, 4, 20))
    bridge.presented().does("bjorn", k.Decide("G1", proposal, reason="Vent."))
    bridge.waits(days=45, hours=20)  # the early morning three days before
    told = bridge.waits(hours=2)

    assert told == [
        "bjorn: Frist 20. april: Vurder på nytt prosjektet som er satt på vent – Bryggan"
    ]


def test_an_override_is_told_with_its_reason(bridge: Bridge) -> None:
    data = {"gate": "G1", "by": "bjorn", "reason": "Det haster."}
    told = bridge.hears(
        Notice("overridden", "overridden|G1#1|board", role="board", immediate=True, data=data),
        Notice("overridden", "overridden|G1#1|lead", role="lead", immediate=True, data=data),
    )

    assert told == ["astrid: Konseptvalg ble passert tross hindringer – Bryggan"]
    assert "Det haster." in bridge.last


def test_a_reminder_of_a_voice_asks_for_that_voice(bridge: Bridge) -> None:
    bridge.presented()
    bridge.waits(days=4)
    told = [line for days in range(12) for line in bridge.waits(days=1) if days >= 0]

    assert has(told, "eva: Försenat sedan 7 mars: Råd om vägen inför Konceptval – Bryggan")
    assert has(told, "bjorn: Løftet opp til deg, forfalt 7. mars: Råd om veien til Konseptvalg")
    assert has(told, "fia: Overdue since 7 March: Rating for Concept choice – Bryggan")


def test_whoever_has_spoken_is_not_reminded(bridge: Bridge) -> None:
    bridge.judged()
    told = [line for _ in range(8) for line in bridge.waits(days=1)]

    assert [line for line in told if "Råd" in line or "Rating" in line] == []


def test_what_is_recommended_holds_nothing_shut(bridge: Bridge) -> None:
    bridge.with_papers()
    bridge.waits(days=27)
    told = bridge.waits(days=1)

    assert told == ["astrid: Frist 1. april: Snakk med naboene til Konseptvalg – Bryggan"]
    assert "kan ikke avgjøres" not in bridge.last


def test_a_conflict_hands_the_question_to_the_substitute(bridge: Bridge) -> None:
    world = bridge.morning.world
    away = Substitution("bjorn", "geir", date(2026, 3, 1), date(2026, 12, 31))
    world.office.substitute("oslo", away, "dag")
    told = bridge.with_papers().does("astrid", k.Present("G1"))

    assert "geir: Beslutning om Konseptvalg – Bryggan" in told


def test_a_role_that_goes_empty_is_told_to_whoever_leads(bridge: Bridge) -> None:
    world = bridge.morning.world
    bjorn = world.office.person("oslo", "bjorn")
    world.office.put_person("oslo", replace(bjorn, active=False), "dag")

    assert [line for line in bridge.waits(hours=1) if "utpek" in line.lower()] == [
        "astrid: Utpek noen: styringsgruppe – Bryggan"
    ]


def test_whoever_leads_hears_a_comment_and_all_hear_the_leaders(bridge: Bridge) -> None:
    bridge.does("bjorn", k.Comment("Ring havnefogden"))
    told = bridge.waits(days=1)
    assert [line.partition(":")[0] for line in told if "Bjorn" in line] == ["astrid"]

    bridge.does("astrid", k.Comment("Han kommer"))
    told = bridge.waits(days=1)
    assert {line.partition(":")[0] for line in told if "Astrid" in line} == {
        "bjorn",
        "eva",
        "fia",
        "geir",
    }


def test_whoever_leads_hears_who_has_taken_it_over_and_nothing_more_of_them(
    bridge: Bridge,
) -> None:
    world = bridge.morning.world
    neighbour(world)
    bridge.does("astrid", k.Share("Bike town", lessons=("Ask the shops first",)))
    adopt(world, reason="Maja saw it at a fair")

    assert bridge.delivered() == []
    told = bridge.waits(days=1)

    assert [line.partition(":")[0] for line in told if "Malmö stad" in line] == ["astrid"]
    assert "Malmö stad begynte " in bridge.last
    for theirs in ("maja", "Cykelstaden", "fair", "liten"):
        assert theirs.casefold() not in bridge.last.casefold()


def test_every_kind_of_notice_is_shown_here() -> None:
    """This module is the list; a kind that is new must be added to it."""
    assert set(notices.KINDS) == {
        "reminder", "escalation", "decide_asked", "round_opened", "advise_asked", "rate_asked", "approve_asked",
        "accept_asked", "decided", "returned", "condition_opened", "gate_raised", "appointed",
        "held", "overridden", "role_empty", "commented",
        "corrected", "adopted", "migrated", "voice_fell", "voice_stands",
    }  # fmt: skip
