"""Canonical form and digests: when two definitions are the same, and when they behave the same."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innocities_engine import errors, library
from innocities_engine.language.authored import METHODOLOGY
from innocities_engine.language.conform import conform
from innocities_engine.language.faults import Faults
from innocities_engine.language.names import RESERVED
from innocities_engine.language.reading import read
from tests.language.support import BASE, EXAMPLES, changed, check, overlay, resolved

RICH = BASE.replace(
    "    in: only\n",
    "    in: only\n    help: {en: Help}\n    needs: {paper: {title: {en: Paper}}, ask: {do: "
    "{en: Ask}}}\n"
    '    criteria: {clear: {question: {en: "Clear?"}, must: met, basis: {kind: sourced, '
    "source: R1}}}\n",
)


def digests(text: str) -> tuple[str, str]:
    found = resolved(text)
    return library.digest(found), library.rules_digest(found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{en: Boss}", "{en: Chief}"),
        ("{en: Boss}", "{en: Boss, nb: Sjef}"),
        ("{en: Help}", "{en: Other help}"),
        ("{en: Ask}", "{en: Ask them}"),
        ('"Clear?"', '"Plain?"'),
        ("source: R1", "source: R2"),
        (", basis: {kind: sourced, source: R1}", ""),
        ("version: 1.0.0", "version: 1.0.1"),
        ("id: m", "id: mm"),
        ("title: {en: Boss}", "title: {en: Boss}, was: old_boss"),
        ("languages: [en]", "languages: [en, nb]\nhelp: {en: x, nb: y}"),
    ],
)
def test_texts_change_the_digest_and_not_the_rules(old, new):
    assert old in RICH
    before = library.rules_digest(resolved(RICH))
    text = RICH.replace(old, new)
    if "nb]" in new:
        text = text.replace("en:", "nb: x, en:").replace("nb: x, en: x", "en: x")
    after = digests(text)

    assert after[1] == before
    assert after[0] != library.digest(resolved(RICH))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("must: met", "must: partly"),
        ("in: only", "in: any"),
        ("value: 100", "value: 101"),
        ("by: boss}", "by: clerk}"),
        ("country: NO", "country: SE"),
        ("ask: {do: {en: Ask}}", "asked: {do: {en: Ask}}"),
        ("ask: {do: {en: Ask}}", "ask: {title: {en: A}, done: {fact: big, is: true}}"),
        ("3 days before due", "4 days before due"),
        ("done: {end: completed}", "done: {end: completed, tells: [clerk]}"),
        ("opens: start", "opens: start, expected: 3 weeks"),
    ],
)
def test_rules_change_both(old, new):
    assert RICH.count(old) == 1
    before, after = digests(RICH), digests(RICH.replace(old, new))

    assert before[0] != after[0]
    assert before[1] != after[1]


def test_how_it_is_written_does_not_matter():
    loose = BASE.replace("version: 1.0.0", 'version:   "1.0.0"   # the first').replace(
        "calendar: {country: NO}", 'calendar:\n  country: "NO"'
    )

    assert digests(loose) == digests(BASE)


def test_a_comment_a_quote_and_a_flow_style_leave_the_digest_alone():
    assert resolved(BASE.replace("in: only", "in: 'only'  # a word")) == resolved(BASE)


def test_the_order_in_which_people_read_is_kept_and_the_rules_do_not_depend_on_it():
    boss, clerk = "  boss: {title: {en: Boss}}\n", "  clerk: {title: {en: Clerk}}\n"
    turned = BASE.replace(boss + clerk, clerk + boss)

    assert list(check(turned).good.roles) == ["clerk", "boss", "board"]
    assert digests(turned)[1] == digests(BASE)[1]


def test_the_canonical_form_is_json_in_utf8_and_reads_back():
    found = resolved(changed("{en: Boss}", '{en: "Bøss \\U0001F600"}'))

    assert json.loads(library.canonical(found)) == found


def test_the_method_carries_the_digests_of_its_resolved_form():
    found = resolved(BASE)
    method = check(BASE).good

    assert (method.digest, method.rules_digest) == (
        library.digest(found),
        library.rules_digest(found),
    )


def test_what_was_stored_gives_the_same_method():
    found = resolved(RICH)
    compiled = library.compile_resolved(json.loads(library.canonical(found)))

    assert compiled.digest == library.digest(found)
    assert compiled.gates == check(RICH).good.gates
    assert library.compile_stored(library.canonical(found)) is compiled


def test_changing_what_was_handed_over_does_not_change_the_method():
    found = resolved(RICH)
    compiled = library.compile_resolved(found)
    found["roles"]["boss"]["title"]["en"] = "Changed"

    assert compiled.roles["boss"].title["en"] == "Boss"


def test_what_cannot_be_a_method_is_refused_without_a_file_too():
    found = resolved(BASE)
    found["gates"]["G1"]["decides"]["by"] = "nobody"

    with pytest.raises(errors.DefinitionInvalid) as raised:
        library.compile_resolved(found)

    assert [f.path for f in raised.value.faults] == ["gates.G1.decides.by"]


@pytest.mark.parametrize("name", ["kaimetode", "kaimetode-sverige", "kaimetode-lokal"])
def test_writing_and_reading_an_example_gives_it_back(name):
    found = library.Library((EXAMPLES,)).resolved(name)
    written = read(library.dump(found).encode(), "m.yaml", Faults())

    assert conform(written, METHODOLOGY, Faults()) == found


TAKEN = RESERVED | {
    "boss",
    "clerk",
    "board",
    "paper",
    "cost",
    "limit",
    "big",
    "target",
    "pace",
    "only",
    "papers",
}
NAMES = st.from_regex(r"[a-z][a-z0-9_]{3,8}", fullmatch=True).filter(lambda name: name not in TAKEN)
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn", "Zl", "Zp")),
    min_size=1,
    max_size=40,
).filter(
    lambda text: (
        any(map(str.isalnum, text))  # what shows nothing is no title
        and not set(text)
        & set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
    )
)


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(NAMES, TEXT, max_size=5), st.lists(NAMES, unique=True, min_size=2, max_size=4)
)
def test_load_after_dump_is_identity(roles, choices):
    found = resolved(BASE)
    for name, title in roles.items():
        found["roles"][name] = {"title": {"en": title}}
    found["facts"]["kind_of"] = {"type": "choice", "choices": choices, "question": {"en": "true"}}

    again = resolved(library.dump(found))

    assert again.keys() == found.keys()
    assert library.digest(resolved(library.dump(again))) == library.digest(again)
    assert [r["title"]["en"] for r in again["roles"].values()] == [
        unicodedata.normalize("NFC", r["title"]["en"]) for r in found["roles"].values()
    ]


def test_an_overlay_has_a_digest_of_its_own_and_the_rules_of_its_base():
    base, over = resolved(BASE), resolved(BASE, overlay())

    assert library.digest(base) != library.digest(over)
    assert library.rules_digest(base) == library.rules_digest(over)


def test_plain_data_from_elsewhere_is_judged_like_a_file():
    found = resolved(BASE)
    method, faults = library.check_resolved(found)
    assert faults == ()
    assert method is not None
    assert method.digest == library.digest(found)

    found["gates"]["G1"] = {"in": ["nowhere"], "decides": 7, "outcomes": {"a": {"to": None}}}
    method, faults = library.check_resolved(found)
    assert method is None
    assert {fault.code for fault in faults} >= {"unknown-name", "wrong-type"}
    assert {(fault.file, fault.line) for fault in faults} == {("", 0)}
