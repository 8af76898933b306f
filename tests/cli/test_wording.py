"""The program says everything in three languages: every text, every reason, every event."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

import innocities_engine
from innocities_engine import wording
from innocities_engine.cli import happenings, reasons, refusals, remind
from innocities_engine.domain import codec, project
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.remedies import Action
from innocities_engine.domain.situation import Situation
from innocities_engine.store import incidents, tables
from notifications import messages

ROOT = Path(innocities_engine.__file__).parent
DOMAIN = ROOT / "domain"


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_exists_in_each_language_and_puts_in_the_same() -> None:
    english = wording.catalogue("en")
    for language in ("sv", "nb"):
        other = wording.catalogue(language)
        assert set(other) == set(english)
        for name, text in english.items():
            assert placeholders(other[name]) == placeholders(text), (language, name)
            assert not name.endswith("_one") or name.removesuffix("_one") in english
            assert other[name].strip()


def test_a_sentence_is_not_left_in_english() -> None:
    english = wording.catalogue("en")
    for language in ("sv", "nb"):
        for name, text in wording.catalogue(language).items():
            words = re.sub(r"\{\w+\}|[^\w]", "", text)
            one_word = " " not in text.strip()
            assert text != english[name] or len(words) < 12 or one_word, (language, name)


def said_in(path: Path) -> Iterator[str]:
    """The names of texts that a module says, as far as they stand there whole."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            if called in ("say", "talk", "end"):
                for argument in node.args[:3]:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        if re.fullmatch(r"[a-z_]+\.\w+", argument.value):
                            yield argument.value


def test_every_text_that_is_said_exists() -> None:
    for path in (ROOT / "cli").glob("*.py"):
        for name in said_in(path):
            assert wording.knows(name), f"{path.name}: {name}"


# ---------------------------------------------------------------- reasons

CODE = re.compile(r"(?:refuse\(|Blocker\()\s*\"([a-z_]+)\"")


def codes() -> set[str]:
    """Every code a refusal can have: as the core lists them, and as it uses them."""
    listed = re.search(r"Codes: ([a-z_,\s]+)\.", Blocker.__doc__ or "")
    assert listed is not None
    used = {c for path in DOMAIN.glob("*.py") for c in CODE.findall(path.read_text("utf-8"))}
    return used | set(re.findall(r"[a-z_]+", listed[1]))


def test_every_code_of_a_reason_is_told() -> None:
    assert codes() == set(reasons.TOLD)


def a_teller(language: str, s: Situation) -> reasons.Teller:
    return reasons.Teller(language, s, {"astrid": "Astrid Berg"}, "astrid")


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize("code", sorted(reasons.TOLD))
def test_every_reason_says_with_which_thing_in_each_language(
    language: str, code: str, situation: Situation
) -> None:
    subjects = {"need_open": "K1/plan#1", "criterion_below": "klart", "criterion_unrated": "klart",
                "advice_missing": "raad", "gate_blocks": "AVVIK", "answer_first": "farge",
                "role_empty": "eier", "no_meeting": "eier", "stale": "plan",
                "not_offered": "K1.go"}  # fmt: skip
    blocker = Blocker(code, subjects.get(code, "plan"), {}, ("eier",), date(2026, 10, 5))
    passage = situation.project.open_passage("K1")

    told = reasons.reason(a_teller(language, situation), blocker, passage)

    assert told.text.endswith((".", "?"))
    assert "{" not in told.text
    assert len(told.text.split()) > 3


STATES = re.compile(r"refuse\([^)]*state=\"([^\"]+)\"")
EXPECTED = re.compile(r"expected=\"([^\"]+)\"|\"expected\": \"([^\"]+)\"")


def test_every_wrong_state_and_expectation_of_the_core_has_its_own_words(
    situation: Situation,
) -> None:
    text = "".join(path.read_text("utf-8") for path in DOMAIN.glob("*.py"))
    t = a_teller("en", situation)
    words = wording.catalogue("en")
    for state in set(STATES.findall(text)):
        slug = re.sub(r"\W+", "_", state)
        assert f"blocker.wrong_state_{slug}" in words or f"status.{slug}" in words, state
    for one, other in set(EXPECTED.findall(text)):
        slug = re.sub(r"\W+", "_", one or other).strip("_")
        if not slug:
            continue  # what joins a list of names
        assert f"blocker.bad_value_{slug}" in words, one or other
        told = reasons.reason(t, Blocker("bad_value", "plan", {"expected": one or other}))
        assert told.text


@pytest.mark.parametrize(
    "params",
    [{"kind": k} for k in ("role", "fact", "artefact", "written", "text and owner", "due", "date")]
    + [{"at_most": "3"}, {"at_most": "2026-10-05"}, {"owner": "x"}, {"due": "2026-01-01"}],
)
def test_what_a_decision_lacks_is_told_in_each_language(
    params: dict[str, str], situation: Situation
) -> None:
    code = "carry_missing" if "kind" in params else "bad_value"
    for language in wording.LANGUAGES:
        told = reasons.reason(a_teller(language, situation), Blocker(code, "plan", params))
        assert "{" not in told.text


# ---------------------------------------------------------------- states, events, actions


def test_every_type_of_event_is_told_in_each_language() -> None:
    assert set(happenings.TOLD) == set(codec.EVENTS)
    words = wording.catalogue("en")
    for name in codec.EVENTS:
        kinds = [f"{name}_{kind.value}" for kind in project.VoiceKind]
        wanted = kinds if name == "VoiceGiven" else [name]
        for each in wanted:
            assert f"event.{each}" in words, each


def test_every_state_has_a_word() -> None:
    states = [
        *project.TrackStatus, *project.PassageStatus, *project.NeedStatus, *project.VersionStatus
    ]  # fmt: skip
    for state in states:
        assert wording.knows(f"status.{state.value.replace(' ', '_')}"), state


REASONS = re.compile(r"return \"([a-z][^\"]+)\"|else \"([a-z][^\"]+)\"|Error\(\"([^\"]+)\"\)")


def test_every_letter_and_its_fate_is_told() -> None:
    for kind in messages.KINDS:
        assert wording.knows(f"letter.{kind}"), kind
    for state in remind.STATES:
        assert wording.knows(f"fated.{state}"), state
    for kind in incidents.KINDS:
        assert wording.knows(f"incident.{kind.replace(' ', '_')}"), kind


def test_every_reason_why_a_letter_did_not_go_is_told() -> None:
    folder = ROOT.parent / "notifications"
    text = "".join((folder / f"{n}.py").read_text("utf-8") for n in ("wanted", "compose"))
    reasons = {next(filter(None, found)) for found in REASONS.findall(text)}
    assert len(reasons) > 10
    for reason in reasons:
        assert wording.because("sv", reason) != reason, reason


def test_every_kind_of_action_is_told() -> None:
    listed = re.search(r"kinds: ([a-z_,\s]+)\.", Action.__doc__ or "")
    assert listed is not None
    kinds = re.findall(r"[a-z_]+", listed[1])
    assert kinds
    for kind in kinds:
        assert wording.knows(f"action.{kind}"), kind


NAMED = re.compile(r"\.named\(\s*\"(\w+)\"([^()]*(?:\([^()]*\)[^()]*)*)\)")


def test_every_sentence_that_an_error_names_is_told_with_what_it_puts_in() -> None:
    english = wording.catalogue("en")
    found = 0
    for path in ROOT.rglob("*.py"):
        for name, values in NAMED.findall(path.read_text("utf-8")):
            found += 1
            given = set(re.findall(r"(\w+)=", values))
            assert "**" in values or placeholders(english[f"fault.{name}"]) <= given, name
    assert found > 20


def test_what_a_name_or_an_id_may_be_is_told_for_each_kind_of_it() -> None:
    for kind in ("name", "title"):
        assert wording.knows(f"fault.{kind}_length")
        assert wording.knows(f"fault.{kind}_control")
    for kind in ("person", "organisation"):
        assert wording.knows(f"fault.id_{kind}")
    assert all(wording.knows(f"right.{right}") for right in tables.RIGHTS)


def test_every_kind_of_error_is_told() -> None:
    from innocities_engine.cli import exits

    for code in set(exits.BY_CODE) - {"error"}:
        assert wording.knows(f"error.{code}"), code
    assert set(refusals.LEADING) <= set(exits.BY_CODE)


def test_days_are_written_as_in_the_language() -> None:
    day = date(2026, 10, 5)

    assert wording.day("sv", day) == "mån 5 okt 2026"
    assert wording.day("nb", day) == "man. 5. okt. 2026"
    assert wording.day("en", day) == "Mon 5 Oct 2026"


def test_the_closest_language_is_spoken() -> None:
    spoken = {"nn": "nb", "nb_NO.UTF-8": "nb", "sv-FI": "sv", "da": "nb", "de_DE": "en", "": "en"}
    assert {asked: wording.spoken(asked) for asked in spoken} == spoken


def test_the_effects_of_outcomes_have_words() -> None:
    from innocities_engine.domain.definition import Effect

    for effect in Effect:
        keys = [f"effect.{effect.value}"] if effect is not Effect.END else [
            "effect.end_completed", "effect.end_stopped"]  # fmt: skip
        assert all(map(wording.knows, keys)), effect
    assert get_args(codec.events.Event)


PROBLEM = re.compile(r"problem\(\s*\"(\w+)\"([^()]*(?:\([^()]*\)[^()]*)*)\)")
FINDING = re.compile(r"\"((?:is|has|was|does|cannot) [^\"]+)\"")


def test_every_difference_the_doctor_finds_is_told_with_what_it_puts_in() -> None:
    english = wording.catalogue("en")
    told = {}
    for path in (ROOT / "doctor").glob("*.py"):
        for name, values in PROBLEM.findall(path.read_text("utf-8")):
            told[name] = set(re.findall(r"(\w+)=", values))
    assert len(told) > 10
    for name, given in told.items():
        assert placeholders(english[f"difference.{name}"]) <= given, name
    for table in tables.metadata.tables:
        if table not in ("refusal", "heartbeat"):  # of which no row can be wrong by the record
            assert wording.knows(f"kept.{table}"), table


def test_everything_that_may_be_wrong_with_an_entry_is_told_in_each_language() -> None:
    text = "".join((ROOT / "store" / f"{n}.py").read_text("utf-8") for n in ("chain", "extract"))
    findings = set(FINDING.findall(text))
    assert len(findings) > 12
    for finding in findings:
        assert wording.ours("sv", "finding", finding) != finding, finding


@pytest.mark.parametrize(("language", "marks"), [("sv", "“«»"), ("nb", "“”")])
def test_each_language_quotes_with_its_own_marks(language: str, marks: str) -> None:
    texts = wording.catalogue(language)
    assert [name for name, text in texts.items() if set(text) & set(marks)] == []


@pytest.mark.parametrize(
    ("language", "other"), [("sv", r"\bgrind(ar|en|arna)?\b"), ("nb", r"\bport(er|en|ene)?\b")]
)
def test_a_gate_has_one_name_in_each_language(language: str, other: str) -> None:
    texts = wording.catalogue(language)
    said = re.compile(other, re.IGNORECASE)
    assert [name for name, text in texts.items() if said.search(text)] == []


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_one_of_what_is_counted_is_no_plural(language: str) -> None:
    for name in wording.catalogue(language):
        if name.startswith("count.") and not name.endswith("_one"):
            one, two = (wording.say(language, name, n=n) for n in (1, 2))
            assert (one[:2], two[:2]) == ("1 ", "2 ")
            assert wording.knows(f"{name}_one")
