from __future__ import annotations

import email
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.policy import default

import pytest
from sqlalchemy import event

from innocities_engine.domain import commands as k
from innocities_engine.domain.commands import Substitution
from innocities_engine.domain.project import Proposal
from innocities_engine.engine import Engine
from innocities_engine.store import incidents, people, tables
from innocities_engine.store.transactions import write
from notifications.delivery import Persistence, Post, deliver
from notifications.mail import Mail
from notifications.mailers import Fate, Handover, MemoryMailer
from tests.notifications.conftest import BASE, SENDER, Morning
from tests.store import given

NEVER = Handover(Fate.NEVER, "550 no such person")
LATER = Handover(Fate.LATER, "451 not now")
LOST = Handover(Fate.UNKNOWN, "connection lost")
AWAY = Handover(Fate.AWAY, "nobody answers")
STOPPED = Handover(Fate.STOPPED, "535 wrong password")
SENT = Handover(Fate.SENT)
DAYS_TO_REMINDER = 27


def remind(morning: Morning) -> str:
    """Start a project and let its first reminder become a letter that waits for the morning."""
    project = morning.world.started()
    morning.sweep(days=DAYS_TO_REMINDER)
    assert morning.states() == ["due"]
    return project


def subjects(mails: list[Mail]) -> list[str]:
    return [str(email.message_from_bytes(m.content, policy=default)["Subject"]) for m in mails]


def text_of(mail: Mail) -> str:
    part = email.message_from_bytes(mail.content, policy=default).get_body(("plain",))
    assert part is not None
    return " ".join(part.get_content().split())


def put(morning: Morning, who: str, **details: object) -> None:
    person = morning.world.office.person("oslo", who)
    morning.world.office.put_person("oslo", replace(person, **details), "dag")


# ---------------------------------------------------------------- when


def test_a_reminder_waits_for_the_morning_of_a_working_day(morning: Morning) -> None:
    remind(morning)  # raised on a Sunday
    [letter] = morning.letters()

    assert letter["next_try"] == datetime(2026, 3, 30, 6, tzinfo=UTC)


def test_a_reminder_is_told_at_the_hour_of_its_reader(morning: Morning) -> None:
    put(morning, "astrid", hour=10, zone="Europe/London")
    remind(morning)

    assert morning.letters()[0]["next_try"] == datetime(2026, 3, 30, 9, tzinfo=UTC)


def test_an_escalation_is_told_at_once(morning: Morning) -> None:
    morning.world.started()
    report = morning.sweep(days=31)

    assert report.sent == 2
    assert {m.recipient for m in morning.mailer.sent} == {"astrid@example.org", "bjorn@example.org"}


def test_nothing_is_told_twice(morning: Morning) -> None:
    remind(morning)
    for _ in range(5):
        morning.sweep(hours=20)
        morning.deliver()

    assert subjects(morning.mailer.sent).count("Frist 1. april: Plan til Choice – Sykkelbyen") == 1


# ---------------------------------------------------------------- whether still


def test_what_was_done_meanwhile_is_not_told(morning: Morning) -> None:
    project = remind(morning)
    morning.hand_in(project)
    report = morning.sweep(days=1)

    assert report.cancelled == 1
    assert morning.mailer.sent == []
    assert morning.states() == ["cancelled"]


def test_a_cancelled_letter_says_why(morning: Morning) -> None:
    morning.hand_in(remind(morning))
    morning.sweep(days=1)

    assert morning.letters()[0]["error"] == "it is done"


def test_a_moved_date_takes_back_what_was_not_told_yet(morning: Morning) -> None:
    project = remind(morning)
    extend = k.Extend("G1/plan", date(2026, 5, 1), "The council meets later.")
    morning.world.engine.execute("oslo", project, extend, "bjorn")
    morning.sweep(days=1)

    assert morning.mailer.sent == []
    assert [row["error"] for row in morning.letters()] == ["its date has moved"]


def test_where_there_are_several_organisations_the_command_in_a_letter_names_its_own(
    morning: Morning,
) -> None:
    morning.post.base_url = ""  # no pages, so the letter gives the words for the command line
    first = remind(morning)
    morning.sweep(days=1)
    bergen = replace(given.OSLO, id="bergen", name="Bergen kommune")
    morning.world.office.found(bergen, given.a_person("eva", "administrator"))
    second = morning.world.started()
    morning.sweep(days=DAYS_TO_REMINDER)
    morning.sweep(days=3)

    told = [text_of(mail) for mail in morning.mailer.sent]
    assert f"innocities project why {first} G1 Hvis" in told[0]
    named = f"innocities project why {second} G1 --organisation oslo Hvis"
    assert any(named in text for text in told)


def test_a_letter_around_new_year_says_the_years_that_are_others_where_its_reader_is(
    morning: Morning,
) -> None:
    morning.world.clock.now = datetime(2026, 11, 30, 11, 30, tzinfo=UTC)
    put(morning, "astrid", zone="Pacific/Auckland", hour=8)
    morning.world.started()  # the plan is due on 30 December
    morning.sweep(days=31)  # the last day of the year in Oslo, the first of the next in Auckland

    told = {m.recipient: text_of(m) for m in morning.mailer.sent}
    assert "30. desember 2026" in told["astrid@example.org"]
    assert "30. desember" in told["bjorn@example.org"]
    assert "2026" not in told["bjorn@example.org"]


def test_of_several_reminders_only_the_latest_is_told(morning: Morning) -> None:
    remind(morning)
    morning.mailer.fates["astrid@example.org"] = [AWAY]
    morning.sweep(days=1)
    morning.sweep(days=3)  # by now the escalation is raised as well
    morning.mailer.fates.clear()
    morning.sweep(hours=1)

    to_astrid = [m for m in morning.mailer.sent if m.recipient == "astrid@example.org"]
    assert subjects(to_astrid) == ["Forfalt 1. april: Plan til Choice – Sykkelbyen"]


def test_a_stopped_project_reminds_nobody(morning: Morning) -> None:
    project = remind(morning)
    decide = k.Decide("G1", Proposal("stop"), reason="No money.")
    morning.world.engine.execute("oslo", project, decide, "bjorn")
    morning.sweep(days=1)

    assert [s for s in subjects(morning.mailer.sent) if "Plan" in s] == []


def test_who_has_opted_out_gets_no_optional_mail(morning: Morning) -> None:
    put(morning, "astrid", optional_mail=False)
    project = morning.world.started()
    decide = k.Decide("G1", Proposal("rework"), reason="Not yet.")
    morning.world.engine.execute("oslo", project, decide, "bjorn")

    assert morning.deliver().cancelled == 1
    assert morning.mailer.sent == []


def test_optional_mail_offers_to_opt_out_and_duties_do_not(morning: Morning) -> None:
    project = morning.world.started()
    decide = k.Decide("G1", Proposal("rework"), reason="Not yet.")
    morning.world.engine.execute("oslo", project, decide, "bjorn")
    morning.deliver()
    morning.sweep(days=31)

    offers = [b"List-Unsubscribe-Post" in m.content for m in morning.mailer.sent]
    assert offers[0]
    assert not any(offers[1:])


# ---------------------------------------------------------------- to whom


def test_a_substitute_gets_the_letter_and_is_told_for_whom(morning: Morning) -> None:
    remind(morning)
    away = Substitution("astrid", "cecilia", date(2026, 3, 30), date(2026, 4, 10))
    morning.world.office.substitute("oslo", away, "dag")
    morning.sweep(days=1)

    [mail] = morning.mailer.sent
    assert mail.recipient == "cecilia@example.org"
    assert "Du er stedfortreder for Astrid til og med 10. april." in text_of(mail)


def test_the_reader_is_fixed_once_the_letter_is_written(morning: Morning) -> None:
    remind(morning)
    morning.mailer.fates["astrid@example.org"] = [LATER, SENT]
    morning.sweep(days=1)
    away = Substitution("astrid", "cecilia", date(2026, 3, 30), date(2026, 4, 10))
    morning.world.office.substitute("oslo", away, "dag")
    morning.sweep(minutes=2)

    assert [m.recipient for m in morning.mailer.sent] == ["astrid@example.org"]


def test_somebody_who_has_left_is_not_written_to(morning: Morning) -> None:
    remind(morning)
    put(morning, "astrid", active=False)
    organisation = replace(given.OSLO, fallback="dag")
    morning.world.office.change_organisation(organisation, "dag")
    morning.sweep(days=1)

    [mail] = morning.mailer.sent
    assert mail.recipient == "dag@example.org"
    assert "Ingen andre kunne nås" in text_of(mail)


def test_where_nobody_can_be_reached_an_administrator_hears_of_it(morning: Morning) -> None:
    remind(morning)
    put(morning, "astrid", address="")
    report = morning.sweep(days=1)

    [trouble] = incidents.waiting(morning.world.store, "oslo")
    assert report.failed == 1
    assert "cannot be reached" in trouble.message


# ---------------------------------------------------------------- one mail a morning


def test_what_can_wait_is_one_mail_for_each_reader(morning: Morning) -> None:
    for title in ("Sykkelbyen", "Laddning", "Bryggor"):
        morning.world.started(title=title)
    morning.sweep(days=DAYS_TO_REMINDER)
    report = morning.sweep(days=1)

    assert report.sent == 1
    assert subjects(morning.mailer.sent)[0].endswith("– og 2 til")
    assert all(title in text_of(morning.mailer.sent[0]) for title in ("Laddning", "Bryggor"))
    assert morning.states() == ["sent"] * 3


def test_what_cannot_wait_is_one_mail_for_each_reader_too(morning: Morning) -> None:
    for title in ("Sykkelbyen", "Laddning", "Bryggor"):
        morning.world.started(title=title)
    morning.sweep(days=31)

    assert sorted(m.recipient for m in morning.mailer.sent) == [
        "astrid@example.org",
        "bjorn@example.org",
    ]


def test_who_holds_several_roles_is_told_once(morning: Morning) -> None:
    morning.world.started(members={"lead": ("astrid",), "board": ("astrid", "bjorn")})
    report = morning.sweep(days=31)

    assert (report.sent, report.cancelled) == (2, 1)
    [mail] = [m for m in morning.mailer.sent if m.recipient == "astrid@example.org"]
    assert subjects([mail]) == ["Forfalt 1. april: Plan til Choice – Sykkelbyen"]


def test_a_mail_for_many_things_is_repeated_as_it_was(morning: Morning) -> None:
    for _ in range(3):
        morning.world.started()
    morning.mailer.fates["astrid@example.org"] = [LOST, SENT]
    morning.sweep(days=DAYS_TO_REMINDER)
    morning.sweep(days=1)
    morning.world.started()
    morning.sweep(minutes=2)

    first, second = morning.mailer.sent
    assert first == second
    assert morning.states() == ["sent"] * 3


def test_many_things_go_in_one_mail_even_beyond_a_batch(morning: Morning) -> None:
    for _ in range(25):
        morning.world.started()
    morning.sweep(days=DAYS_TO_REMINDER)
    morning.sweep(days=1)

    assert len(morning.mailer.sent) == 1
    assert morning.states() == ["sent"] * 25


def test_of_many_things_those_done_are_left_out(morning: Morning) -> None:
    done, _ = morning.world.started(title="Sykkelbyen"), morning.world.started(title="Bryggor")
    morning.sweep(days=DAYS_TO_REMINDER)
    morning.hand_in(done)
    morning.sweep(days=1)

    assert subjects(morning.mailer.sent) == ["Frist 1. april: Plan til Choice – Bryggor"]


# ---------------------------------------------------------------- what went wrong


def test_a_refusal_for_good_is_not_tried_again(morning: Morning) -> None:
    remind(morning)
    morning.mailer.fates["astrid@example.org"] = [NEVER]
    morning.sweep(days=1)
    for _ in range(3):
        morning.sweep(hours=2)

    assert morning.letters()[0]["state"] == "failed"
    assert morning.letters()[0]["attempts"] == 1


def test_a_refusal_for_good_is_work_for_an_administrator(morning: Morning) -> None:
    remind(morning)
    morning.world.office.change_organisation(replace(given.OSLO, fallback="dag"), "dag")
    morning.mailer.fates["astrid@example.org"] = [NEVER]
    morning.sweep(days=1)
    morning.deliver()

    [trouble] = incidents.waiting(morning.world.store, "oslo")
    assert "550 no such person" in trouble.message
    assert [m.recipient for m in morning.mailer.sent] == ["dag@example.org"]
    assert "550 no such person" in text_of(morning.mailer.sent[0])


def test_a_failed_letter_can_be_sent_again_by_hand(morning: Morning) -> None:
    remind(morning)
    morning.mailer.fates["astrid@example.org"] = [NEVER, SENT]
    morning.sweep(days=1)
    [letter] = morning.letters()
    morning.world.office.resend("oslo", "dag", str(letter["id"]))
    morning.deliver()

    assert morning.states() == ["sent"]
    assert morning.world.office.incidents("oslo") == []


def test_a_letter_sent_again_goes_to_the_address_that_holds_now(morning: Morning) -> None:
    remind(morning)
    morning.mailer.fates["astrid@example.org"] = [NEVER]
    morning.sweep(days=1)
    put(morning, "astrid", address="astrid@example.com")
    morning.world.office.resend("oslo", "dag")
    morning.deliver()

    assert [m.recipient for m in morning.mailer.sent] == ["astrid@example.com"]


def test_what_is_no_longer_wanted_is_not_sent_again_and_troubles_nobody(morning: Morning) -> None:
    project = remind(morning)
    morning.mailer.fates["astrid@example.org"] = [NEVER]
    morning.sweep(days=1)
    morning.hand_in(project)
    morning.world.office.resend("oslo", "dag")
    morning.deliver()

    assert morning.states() == ["cancelled"]
    assert morning.world.office.incidents("oslo") == []


def test_without_a_way_out_letters_wait_and_go_once_there_is_one(morning: Morning) -> None:
    remind(morning)
    morning.post.mailer = None
    morning.sweep(days=1)
    assert morning.states() == ["due"]
    morning.post.mailer = morning.mailer
    morning.deliver()

    assert morning.states() == ["sent"]


def test_a_refusal_for_now_is_tried_again_after_1_5_15_30_minutes_then_hourly(
    morning: Morning,
) -> None:
    remind(morning)
    morning.mailer.fates["astrid@example.org"] = [LATER]
    morning.world.clock.forward(days=1)
    waits = []
    for _ in range(6):
        morning.deliver()
        again = morning.letters()[0]["next_try"]
        assert isinstance(again, datetime)
        waits.append(round((again - morning.world.clock.now) / timedelta(minutes=1)))
        morning.world.clock.now = again

    assert waits[:4] == [1, 5, 15, 30]
    assert all(54 <= wait <= 66 for wait in waits[4:])


def test_after_five_days_a_letter_is_given_up(morning: Morning) -> None:
    remind(morning)
    morning.post.persistence = Persistence(at_most=3)
    morning.mailer.fates["astrid@example.org"] = [LATER]
    morning.sweep(days=1)
    morning.sweep(minutes=2)
    report = morning.sweep(minutes=6)

    assert report.failed == 1
    assert "given up after 3 attempts" in incidents.waiting(morning.world.store, "oslo")[0].message


def test_persistence_lasts_five_days() -> None:
    persistence = Persistence()
    waited = sum((persistence.wait(n) for n in range(1, persistence.at_most)), timedelta())
    assert timedelta(days=4.5) < waited < timedelta(days=5.5)


def test_a_lost_reply_leads_to_the_same_mail_again(morning: Morning) -> None:
    remind(morning)
    morning.mailer.fates["astrid@example.org"] = [LOST, SENT]
    assert morning.sweep(days=1).unknown == 1
    assert morning.states() == ["unknown"]
    morning.sweep(minutes=2)

    first, second = morning.mailer.sent
    assert first == second
    assert morning.states() == ["sent"]


def test_where_nobody_answers_no_other_letter_is_blamed(morning: Morning) -> None:
    morning.world.started()
    morning.mailer.fates = {f"{who}@example.org": [AWAY] for who in ("astrid", "bjorn")}
    morning.sweep(days=31)

    assert sorted(row["attempts"] for row in morning.letters()) == [0, 1]


def test_a_refused_password_stops_all_mail_and_blames_no_letter(morning: Morning) -> None:
    morning.world.started()
    morning.mailer.fates = {f"{who}@example.org": [STOPPED] for who in ("astrid", "bjorn")}
    report = morning.sweep(days=31)

    [trouble] = incidents.waiting(morning.world.store, "oslo")
    assert report.stopped == "535 wrong password"
    assert trouble.kind == "mail stopped"
    assert [row["attempts"] for row in morning.letters()] == [0, 0]


def test_stopped_mail_goes_on_by_itself_once_it_can(morning: Morning) -> None:
    morning.world.started()
    morning.mailer.fates = {f"{who}@example.org": [STOPPED] for who in ("astrid", "bjorn")}
    morning.sweep(days=31)
    morning.mailer.fates.clear()

    assert morning.sweep(minutes=5).sent == 0  # a wrong password is not tried all the time
    assert morning.sweep(minutes=11).sent == 2
    assert incidents.waiting(morning.world.store, "oslo") == []


POISON: tuple[dict[str, object], ...] = (
    {"address": "a@@b"},
    {"address": "a b@example.org"},
    {"address": "a@example.org\r\nBcc: cecilia@example.org"},
    {"address": f"{'a' * 300}@example.org"},
    {"zone": "Mars/Olympus"},
    {"hour": 99},
    {},  # the server refuses for good
)
READERS = 100


def test_poison_of_seven_kinds_stops_no_other_letter(morning: Morning) -> None:
    for n in range(READERS):
        person = given.a_person(f"p{n}", "member")
        morning.world.office.put_person("oslo", person, "dag")
        morning.world.started(members={"lead": (person.id,), "board": ("bjorn",)})
    poisoned = {f"p{7 * n}": kind for n, kind in enumerate(POISON * 2)}
    for who, kind in poisoned.items():
        if kind:
            spoil(morning, who, **kind)
        else:
            morning.mailer.fates[f"{who}@example.org"] = [NEVER]
    morning.sweep(days=DAYS_TO_REMINDER)
    morning.world.clock.forward(days=1)
    for _ in range(3):
        morning.deliver()
        morning.world.clock.forward(minutes=1)

    reached = {m.recipient for m in morning.mailer.sent}
    assert reached == {f"p{n}@example.org" for n in range(READERS) if f"p{n}" not in poisoned}
    assert max(int(str(row["attempts"])) for row in morning.letters()) == 1
    troubles = incidents.waiting(morning.world.store, "oslo")
    assert Counter(t.kind for t in troubles) == {
        "mail not delivered": 10,
        "notice without a reader": 4,
        "nobody to tell": 4,
    }


def spoil(morning: Morning, person: str, **details: object) -> None:
    """Put what no front door would let in straight into the database."""
    with write(morning.world.store) as connection:
        c = tables.person.c
        connection.execute(tables.person.update().where(c.id == person).values(**details))
        people.touch(connection, "oslo", morning.world.clock.now)


def test_a_letter_that_breaks_the_way_out_stops_no_other(morning: Morning) -> None:
    morning.world.started()
    inner = morning.mailer

    class Brittle(MemoryMailer):
        def send(self, mail: Mail) -> Handover:
            if mail.recipient == "astrid@example.org":
                raise RuntimeError("nobody expected this")
            return inner.send(mail)

    morning.post.mailer = Brittle()
    report = morning.sweep(days=31)

    assert (report.sent, report.unknown) == (1, 1)
    assert [m.recipient for m in inner.sent] == ["bjorn@example.org"]


def test_a_letter_that_cannot_be_written_is_work_for_an_administrator(morning: Morning) -> None:
    remind(morning)
    spoil(morning, "astrid", address="astrid@@example.org")
    report = morning.sweep(days=1)

    [trouble] = incidents.waiting(morning.world.store, "oslo")
    assert report.failed == 1
    assert "not one plain mail address" in trouble.message


# ---------------------------------------------------------------- how many


def test_no_organisation_gets_more_than_its_share_of_a_minute(morning: Morning) -> None:
    shared = replace(given.OSLO, letters_a_minute=5)
    morning.world.office.change_organisation(shared, "dag")
    for n in range(12):
        person = given.a_person(f"p{n}", "member")
        morning.world.office.put_person("oslo", person, "dag")
        morning.world.started(members={"lead": (person.id,), "board": ("bjorn",)})
    morning.sweep(days=DAYS_TO_REMINDER)
    morning.world.clock.forward(days=1)
    rates = []
    for _ in range(4):
        rates.append(
            deliver(morning.post).sent + deliver(morning.another_worker(morning.mailer)).sent
        )
        morning.world.clock.forward(seconds=61)

    assert rates == [5, 5, 2, 0]


def test_what_is_most_overdue_goes_first(morning: Morning) -> None:
    morning.world.office.change_organisation(replace(given.OSLO, letters_a_minute=1), "dag")
    late = morning.world.started(members={"lead": ("cecilia",), "board": ("bjorn",)}, title="Late")
    morning.world.clock.forward(days=1)
    morning.world.started(members={"lead": ("dag",), "board": ("bjorn",)}, title="Later")
    morning.sweep(days=26)
    morning.sweep(days=3)

    assert late
    assert subjects(morning.mailer.sent)[0].endswith("Late")


def test_a_letter_costs_one_commit_and_a_batch_two(morning: Morning) -> None:
    for n in range(20):
        person = given.a_person(f"p{n}", "member")
        morning.world.office.put_person("oslo", person, "dag")
        morning.world.started(members={"lead": (person.id,), "board": ("bjorn",)})
    morning.sweep(days=DAYS_TO_REMINDER)
    morning.world.clock.forward(days=1)
    commits: list[object] = []
    event.listen(morning.world.store.engine, "commit", commits.append)
    report = morning.deliver()

    written = [c for c in commits if not c.get_execution_options().get("innocities_read")]  # type: ignore[attr-defined]
    assert report.sent == 20
    assert len(written) == 20 + 2 + 2  # two more to find that nothing is left


# ---------------------------------------------------------------- several workers


class DiesAfterTheDot:
    """Hands over one mail, and never comes back to say so."""

    def __init__(self, inner: MemoryMailer) -> None:
        self.inner = inner

    def send(self, mail: Mail) -> Handover:
        self.inner.send(mail)
        raise KeyboardInterrupt

    def close(self) -> None:
        self.inner.close()


class Sleeper:
    """A worker that is paused at the moment of sending; meanwhile others go on."""

    def __init__(self, inner: MemoryMailer, meanwhile: Post, engine: Engine) -> None:
        self.inner, self.meanwhile, self.engine = inner, meanwhile, engine

    def send(self, mail: Mail) -> Handover:
        clock = self.engine.clock
        assert isinstance(clock, given.Clock)
        clock.forward(seconds=360)
        deliver(self.meanwhile)
        self.inner.fates[mail.recipient] = [NEVER]
        self.inner.send(mail)
        return NEVER

    def close(self) -> None:
        self.inner.close()


def test_a_letter_of_a_dead_worker_is_taken_up_when_its_lease_is_over(morning: Morning) -> None:
    remind(morning)
    morning.world.clock.forward(days=1)
    with pytest.raises(KeyboardInterrupt):
        deliver(morning.another_worker(DiesAfterTheDot(morning.mailer)))

    assert morning.sweep(seconds=119).sent == 0
    assert morning.sweep(seconds=2).sent == 1
    first, second = morning.mailer.sent
    assert first == second


def test_a_worker_that_wakes_after_its_lease_changes_nothing(morning: Morning) -> None:
    remind(morning)
    morning.world.clock.forward(days=1)
    sleeper = Sleeper(MemoryMailer(), morning.post, morning.world.engine)
    report = deliver(morning.another_worker(sleeper))

    assert report.failed == 0
    assert morning.states() == ["sent"]
    assert incidents.waiting(morning.world.store, "oslo") == []


def test_a_stop_comes_between_two_letters_and_gives_the_rest_back(morning: Morning) -> None:
    morning.world.started()
    morning.world.clock.forward(days=31)
    morning.world.engine.sweep()
    report = deliver(morning.post, stop=lambda: bool(morning.mailer.sent))

    assert report.sent == 1
    assert morning.states() == ["due", "sent"]
    assert deliver(morning.another_worker(morning.mailer)).sent == 1


def test_a_worker_that_is_slow_gives_back_what_it_cannot_finish(morning: Morning) -> None:
    morning.world.started()

    class Slow(MemoryMailer):
        def send(self, mail: Mail) -> Handover:
            morning.world.clock.forward(seconds=31)
            return super().send(mail)

    morning.world.clock.forward(days=31)
    morning.world.engine.sweep()
    slow = Slow()
    deliver(Post(morning.world.engine, slow, SENDER, BASE))

    assert len(slow.sent) == 2
    assert [row["attempts"] for row in morning.letters()] == [1, 1]
