"""Texts: what people see is said in every language that the definition declares."""

from __future__ import annotations

import pytest

from tests.language.support import BASE, changed, check, overlay


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: {en: Boss}", "title: {nb: Sjef}"),
        ('{en: "Is it big?"}', '{nb: "Er det stort?"}'),
        ("title: {en: M}", 'title: {en: ""}'),
    ],
)
def test_a_title_or_question_in_a_missing_language_is_a_fault(old, new):
    assert check(changed(old, new)).codes == ["missing-language"]


def test_an_act_is_said_in_every_language():
    text = changed("in: only", "in: only\n    needs: {ask: {do: {nb: Spør}}}")

    assert (check(text).fault.code, check(text).fault.path) == (
        "missing-language",
        "gates.G1.needs.ask.do",
    )


def test_a_help_in_a_missing_language_is_a_warning():
    found = check(changed("title: {en: Boss}", "title: {en: Boss}, help: {nb: Hjelp}"))

    assert (found.codes, found.warned) == ([], ["missing-language"])


def test_texts_in_more_languages_than_declared_are_welcome():
    assert check(changed("title: {en: Boss}", "title: {en: Boss, nb: Sjef, sv: Chef}")).faults == ()


@pytest.mark.parametrize("thing", ["boss: {}", "boss: {kind: person}"])
def test_what_people_see_has_a_title(thing):
    assert check(changed("boss: {title: {en: Boss}}", thing)).codes == ["no-title"]


def test_a_fact_that_is_asked_asks_something():
    found = check(
        changed(
            '  pace: {type: duration, question: {en: "How often?"}}', "  pace: {type: duration}"
        )
    )

    assert found.warned == ["no-question"]


def test_texts_from_below_that_lack_the_languages_of_an_overlay_are_only_warned_of():
    found = check(BASE, overlay(languages="sv, en"))

    assert found.codes == []
    assert set(found.warned) == {"missing-language"}
    assert "is missing in: sv" in found.faults[0].message


def test_texts_of_the_overlay_itself_are_said_in_its_languages():
    found = check(BASE, overlay("{add: roles/x, value: {title: {en: X}}}", languages="sv, en"))

    assert found.codes == ["missing-language"]
    assert found.fault.file.endswith("o/1.0.0.yaml")


@pytest.mark.parametrize("language", ["NB", "english", "e", "en_GB", "nn-no", "1"])
def test_a_language_is_two_or_three_small_letters_and_perhaps_a_country(language):
    assert check(BASE.replace("languages: [en]", f"languages: [en, {language}]")).errors
    assert check(changed("title: {en: Boss}", f"title: {{en: Boss, {language}: Boss}}")).codes == [
        "bad-id"
    ]


def test_norwegian_may_be_written_no():
    text = BASE.replace("{en:", "{no:").replace("languages: [en]", "languages: [no]")

    assert check(text).good.roles["boss"].title == {"no": "Boss"}


def test_a_text_has_an_end():
    assert (
        check(changed("title: {en: Boss}", f"title: {{en: {'x' * 5000}}}")).codes[0] == "too-long"
    )


@pytest.mark.parametrize("blank", ["\u200b", "\u00a0", "\u3164", "\u2800\u200d", " \u00ad\ufe0f"])
def test_a_text_that_nobody_can_see_is_a_fault_where_it_stands(blank):
    found = check(changed("title: {en: Boss}", f'title: {{en: "{blank}"}}'))

    assert (found.fault.code, found.fault.path) == ("unseen-text", "roles.boss.title.en")
    assert found.pointed.startswith(f'"{blank}"')
    assert "letter or digit" in found.fault.hint


@pytest.mark.parametrize("seen", ["7", "?", "Å", "\u2603", "\u0939\u093f", "\u200bB"])
def test_a_text_of_one_visible_sign_is_a_text(seen):
    assert check(changed("title: {en: Boss}", f'title: {{en: "{seen}"}}')).codes == []
