from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from innocities_engine.errors import DeliveryFailed
from notifications import mail
from notifications.mail import Letter, Sender
from tests.harness import mailcheck

AT = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)
SENDER = Sender("InnoCities", "engine@example.org", "example.org", b"a key of sixteen bytes")
LETTER = Letter(
    subject="Sista dag 12 maj: Beslutsunderlag till Konceptval – Smart parkering",
    text="Beslutsunderlag behövs senast tisdag 12 maj.\n",
    html="<!doctype html><title>Beslutsunderlag</title><p>Beslutsunderlag behövs.</p>",
    language="sv",
    name="Astrid Öberg",
    address="astrid@example.org",
)
LINK = "https://innocities.example.org/unsubscribe/" + "abc123" * 30
INJECTIONS = (
    "x\r\nBcc: cecilia@example.org",
    "x\nBcc: cecilia@example.org\n\nbody",
    "=?utf-8?B?SGVqDQpCY2M6IGNlY2lsaWFAZXhhbXBsZS5vcmc=?=",
    '"Astrid" <cecilia@example.org>, ',
    "å,cecilia@example.org",
    "\u2028Bcc: cecilia@example.org",
    "\x00\x1b[31m\x85",
    "\udc80",
    "\u202egpj.exe",
    "x" * 3000,
    "å" * 3000,
)


def parsed(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=default)


def built(letter: Letter = LETTER, key: str = "p1/reminder/1/astrid") -> mail.Mail:
    return mail.build(letter, SENDER, key, AT)


def hostile_text(test):  # type: ignore[no-untyped-def]  # a decorator over decorators
    for text in INJECTIONS:
        test = example(text)(test)
    return given(st.text())(test)


def test_a_mail_says_what_the_letter_says_in_text_and_in_html() -> None:
    message = parsed(built().content)
    text, page = message.get_body(("plain",)), message.get_body(("html",))

    assert message["Subject"] == LETTER.subject
    assert text is not None and text.get_content().splitlines() == LETTER.text.splitlines()
    assert page is not None and page.get_content().strip() == LETTER.html
    assert message["Content-Language"] == "sv"
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_mail_is_well_formed_on_the_wire() -> None:
    assert list(mailcheck.malformed(built(replace(LETTER, unsubscribe=LINK)).content)) == []


def test_the_same_news_is_the_same_mail_byte_for_byte() -> None:
    assert built() == built()


def test_other_news_has_another_identity() -> None:
    assert built(key="p1/reminder/2/astrid").message_id != built().message_id


def test_the_identity_cannot_be_made_without_the_key() -> None:
    other = replace(SENDER, key=b"another key of many bytes")
    assert mail.message_id(other, "p1/reminder/1/astrid") != built().message_id


def test_the_date_is_that_of_the_first_attempt() -> None:
    message = parsed(built().content)
    assert message["Date"].datetime == AT
    assert mail.build(LETTER, SENDER, "k", AT + timedelta(1)).content != built(key="k").content


def test_a_long_link_to_unsubscribe_stays_whole() -> None:
    content = built(replace(LETTER, unsubscribe=LINK)).content

    assert f"List-Unsubscribe: <{LINK}>\r\n".encode() in content
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content


def test_only_mail_one_may_do_without_offers_to_unsubscribe() -> None:
    assert b"List-Unsubscribe" not in built().content


def test_encoded_words_are_no_longer_than_mail_systems_must_accept() -> None:
    head = built(replace(LETTER, subject="å" * 190)).content.partition(b"\r\n\r\n")[0]
    assert all(len(word) <= 75 for word in head.split() if word.startswith(b"=?"))


def test_a_subject_keeps_its_beginning_when_it_is_too_long() -> None:
    long = replace(LETTER, subject="Sista dag " + "å" * 400)
    subject = str(parsed(built(long).content)["Subject"])
    assert subject.startswith("Sista dag å")
    assert len(subject) == mail.LONGEST_HEADER


@hostile_text
def test_no_subject_adds_a_header_or_a_recipient(text: str) -> None:
    assert_unchanged(built(replace(LETTER, subject=text)))


@hostile_text
def test_a_subject_arrives_as_it_was_written(text: str) -> None:
    subject = parsed(built(replace(LETTER, subject=text)).content)["Subject"]
    assert str(subject) == mail.header_text(text)


@given(st.text(alphabet="abcåäö –-.", min_size=40, max_size=190))
def test_no_space_is_lost_or_added_where_a_long_subject_is_folded(text: str) -> None:
    subject = parsed(built(replace(LETTER, subject=text)).content)["Subject"]
    assert str(subject) == mail.header_text(text)


@hostile_text
def test_no_name_adds_a_header_or_a_recipient(text: str) -> None:
    assert_unchanged(built(replace(LETTER, name=text)))


@hostile_text
def test_no_name_of_an_organisation_adds_a_header_or_a_recipient(text: str) -> None:
    assert_unchanged(mail.build(LETTER, replace(SENDER, name=text), "k", AT))


@hostile_text
def test_an_address_is_one_plain_address_or_refused(text: str) -> None:
    address = f"{text}@example.org"
    try:
        found = built(replace(LETTER, address=address))
    except DeliveryFailed as refusal:
        assert refusal.permanent
    else:
        assert_unchanged(found, address)


@hostile_text
def test_a_link_is_a_link_or_refused(text: str) -> None:
    try:
        found = built(replace(LETTER, unsubscribe=f"https://example.org/{text}"))
    except DeliveryFailed as refusal:
        assert refusal.permanent
    else:
        assert_unchanged(found)


@hostile_text
def test_no_text_breaks_out_of_its_part(text: str) -> None:
    try:
        found = built(replace(LETTER, text=text))
    except DeliveryFailed as refusal:
        assert refusal.permanent
    else:
        assert_unchanged(found)
        assert [part.get_content_type() for part in parsed(found.content).iter_parts()] == [
            "text/plain",
            "text/html",
        ]


@pytest.mark.parametrize(
    "address",
    ["", "astrid", "a b@example.org", '"a"@example.org', "a@b@example.org", "<a@example.org>",
     "a@example.org, b@example.org", "a(x)@example.org", "å@example.org", "a@-example.org",
     "a@[127.0.0.1]", "a..b@example.org", "a" * 65 + "@example.org", "a@" + "b." * 130 + "org"],
)  # fmt: skip
def test_anything_but_one_plain_address_is_refused(address: str) -> None:
    with pytest.raises(DeliveryFailed) as refusal:
        built(replace(LETTER, address=address))
    assert refusal.value.permanent


def test_a_mail_tells_to_whom_it_was_written() -> None:
    assert mail.recipient_of(built().content) == "astrid@example.org"


def test_an_installation_without_a_secret_cannot_write() -> None:
    with pytest.raises(ValueError, match="key"):
        replace(SENDER, key=b"short")


def assert_unchanged(found: mail.Mail, address: str = LETTER.address) -> None:
    message = parsed(found.content)
    assert list(mailcheck.malformed(found.content)) == []
    assert [party.addr_spec for party in message["To"].addresses] == [address]
    assert [party.addr_spec for party in message["From"].addresses] == [SENDER.address]
    assert message["Bcc"] is None and message["Cc"] is None
