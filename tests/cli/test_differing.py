"""How the differences between two methods are told, and what becomes of an overlay made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from innocities_engine import library, wording
from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS, METHODOLOGY
from tests.cli.pages import assert_readable
from tests.cli.shell import Shell

SMALL = Path(__file__).parents[1] / "features" / "definitions" / "board.yaml"


def changed(shell: Shell, version: str, *edits: tuple[str, str]) -> Path:
    """A later version of the small method beside it."""
    text = SMALL.read_text(encoding="utf-8").replace('"1.0.0"', f'"{version}"', 1)
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    path = shell.folder / "board" / f"{version}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


LOOSER = ("quorum: majority", "quorum: one")
STRICTER = ("needs: {plan: {}}", "needs: {plan: {status: approved}}")
TEXT = ("title: {en: Second}", "title: {en: Next}")


@pytest.mark.parametrize(
    ("edit", "version", "code"),
    [
        (TEXT, "1.0.1", 0), (LOOSER, "1.0.1", 1), (LOOSER, "1.1.0", 0), (LOOSER, "2.0.0", 0),
        (STRICTER, "1.1.0", 1), (STRICTER, "2.0.0", 0),
    ],
)  # fmt: skip
def test_a_version_that_does_not_go_far_enough_is_a_finding(
    bare: Shell, edit: tuple[str, str], version: str, code: int
) -> None:
    newer = changed(bare, version, edit)
    ended = bare(f"methodology diff {SMALL} {newer} --lang en", expect=code)
    assert ("at least version" in ended.out) == (code == 1)


def test_a_text_that_changed_in_another_language_is_told_in_that_language(bare: Shell) -> None:
    both = ("title: {en: Second}", "title: {en: Second, sv: Andra}")
    old = changed(bare, "1.0.1", both)
    new = changed(bare, "1.0.2", both, ("sv: Andra", "sv: Nästa"))
    said = bare(f"methodology diff {old} {new} --all --lang en").out
    assert "sv: Andra → sv: Nästa" in said


def test_things_with_one_title_are_told_apart_by_their_ids(bare: Shell) -> None:
    twin = ("artefacts:\n", "artefacts:\n  draft: {title: {en: Plan}, by: lead}\n")
    named = ("needs: {plan: {}}", "needs: {paper: {of: plan}}")
    old = changed(bare, "1.0.1", twin, named)
    new = changed(bare, "2.0.0", twin, named, ("of: plan", "of: draft"))
    assert "plan → draft" in bare(f"methodology diff {old} {new} --lang en").out


@pytest.mark.parametrize(("edits", "left"), [((STRICTER,), False), ((STRICTER, TEXT), True)])
def test_a_page_says_that_texts_are_left_out_only_where_they_are(
    bare: Shell, edits: tuple[tuple[str, str], ...], left: bool
) -> None:
    newer = changed(bare, "2.0.0", *edits)
    bare(f"methodology diff {SMALL} {newer} --page d.html --lang en")
    page = (bare.folder / "d.html").read_text(encoding="utf-8")
    assert (wording.say("en", "diff.texts_left") in page) == left


def test_where_the_older_one_is_named_last_no_higher_number_is_asked_for(bare: Shell) -> None:
    newer = changed(bare, "2.0.0", STRICTER)
    said = bare(f"methodology diff {newer} {SMALL} --lang en", expect=1).out
    assert "1.0.0 is a version before 2.0.0" in said
    assert "at least version" not in said


def test_differences_stand_by_their_element_with_what_they_mean(bare: Shell) -> None:
    newer = changed(bare, "2.0.0", LOOSER, STRICTER, TEXT)
    shown = bare(f"methodology diff {SMALL} {newer} --lang en").out
    assert "G1 The board decides" in shown
    assert "Needs: Plan (plan): Status: approved, not said before [stricter, can stop]" in shown
    assert "Next" not in shown
    whole = bare(f"methodology diff {SMALL} {newer} --all --lang en").out
    assert "Name: “Second” → “Next” [texts]" in whole


@pytest.mark.parametrize(
    ("language", "told", "back"),
    [
        ("en", "Plan (plan): Required: yes → no [looser]", "Required: no → yes [stricter, can stop]"),
        ("sv", "Plan (plan): Krävs: ja → nej [friare]", "Krävs: nej → ja [strängare, kan stoppa]"),
        ("nb", "Plan (plan): Kreves: ja → nei [friere]", "Kreves: nei → ja [strengere, kan stanse]"),
    ],
)  # fmt: skip
def test_what_is_no_longer_said_is_told_as_what_holds_then(
    bare: Shell, language: str, told: str, back: str
) -> None:
    newer = changed(bare, "2.0.0", ("needs: {plan: {}}", "needs: {plan: {required: false}}"))
    assert told in bare(f"methodology diff {SMALL} {newer} --lang {language}").out
    assert back in bare(f"methodology diff {newer} {SMALL} --lang {language}", expect=1).out


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Due: not said any more, was 3 weeks after"),
        ("sv", "Senast: sägs inte längre, var 3 veckor efter"),
        ("nb", "Frist: sies ikke lenger, var 3 uker etter"),
    ],
)
def test_a_date_that_is_no_longer_said_is_told_so(bare: Shell, language: str, told: str) -> None:
    newer = changed(
        bare, "2.0.0", ("needs: {plan: {}}", "needs: {plan: {due: 3 weeks after entry}}")
    )
    assert told in bare(f"methodology diff {newer} {SMALL} --lang {language}", expect=None).out


def test_as_data_each_difference_has_its_path_both_values_and_its_sentence(bare: Shell) -> None:
    newer = changed(bare, "2.0.0", LOOSER)
    found = bare.json(f"methodology diff {SMALL} {newer}")
    (change,) = found["changes"]
    assert (change["path"], change["consequence"], change["stops"]) == (
        "gates/G1/decides/by", "looser", False,
    )  # fmt: skip
    assert (change["before"]["quorum"], change["after"]["quorum"]) == ("majority", "one")
    assert (found["bump"], found["least"], found["enough"]) == ("minor", "1.1.0", True)


def test_rules_dates_and_voters_are_told_in_words(bare: Shell) -> None:
    dated = ("needs: {plan: {}}", "needs: {plan: {due: 3 working days after entry}}")
    newer = changed(bare, "2.0.0", LOOSER, dated)
    shown = bare(f"methodology diff {SMALL} {newer} --lang sv").out
    assert "Board (en majoritet) → Board" in shown
    assert "3 arbetsdagar efter fasens början" in shown


def test_the_same_method_twice_differs_in_nothing(bare: Shell) -> None:
    shown = bare(f"methodology diff {SMALL} {SMALL} --lang en").out
    assert "no difference" in shown


def test_an_overlay_made_of_the_differences_can_be_used_in_place_of_the_fork(
    bare: Shell,
) -> None:
    bare("methodology diff smartby-prosjekt smartby-havn --as-overlay havn/9.0.0.yaml"
         .replace("havn/9.0.0.yaml", "havn.yaml"))  # fmt: skip
    checked = bare.json("methodology check havn.yaml")
    assert checked["usable"]
    made = library.resolved(bare.folder / "havn.yaml")
    assert library.rules_digest(made) == library.rules_digest(library.resolved("smartby-havn"))


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_page_shows_before_and_after_beside_each_other(bare: Shell, language: str) -> None:
    newer = changed(bare, "2.0.0", LOOSER, STRICTER, TEXT)
    bare(f"methodology diff {SMALL} {newer} --page d.html --lang {language}")
    text = (bare.folder / "d.html").read_text(encoding="utf-8")
    assert_readable(text, language)
    majority = wording.say(language, "quorum.majority")
    assert f">Board ({majority})</td>" in text


def test_what_is_new_is_told_part_by_part_in_words(bare: Shell) -> None:
    text = SMALL.read_text(encoding="utf-8")
    more = text.replace("needs: {plan: {}}", "needs: {plan: {}, hearing: {do: {en: Hear them},"
        " by: {role: panel, quorum: majority}, due: 3 working days after entry, blocks: next}}")  # fmt: skip
    (bare.folder / "board").mkdir()
    newer = bare.folder / "board" / "2.0.0.yaml"
    newer.write_text(more.replace('"1.0.0"', '"2.0.0"', 1), encoding="utf-8")

    bare(f"methodology diff {SMALL} {newer} --page d.html --lang sv")
    page = (bare.folder / "d.html").read_text(encoding="utf-8")
    for told in ("Vem: Panel (en majoritet)", "Senast: 3 arbetsdagar efter fasens början",
                 "Håller stängt: nästa beslutspunkt", "Att göra: ”Hear them”"):  # fmt: skip
        assert told in page, told
    assert "{" not in page.partition("<main>")[2]
    bare(f"methodology diff {newer} {SMALL} --page e.html --lang sv", expect=None)
    page = (bare.folder / "e.html").read_text(encoding="utf-8")
    assert "Senast: 3 arbetsdagar efter fasens början" in page


def test_names_that_were_exchanged_are_refused(bare: Shell) -> None:
    swapped = (
        ("lead: {title: {en: Project manager}, leads: true}",
         "lead: {title: {en: Clerk}, was: clerk}"),
        ("clerk: {title: {en: Clerk}}",
         "clerk: {title: {en: Project manager}, leads: true, was: lead}"),
    )  # fmt: skip
    newer = changed(bare, "2.0.0", *swapped)
    said = bare(f"methodology diff {SMALL} {newer} --lang en", expect=1)
    assert (said.out + said.err).count("[earlier-id-in-use]") == 2


def test_the_page_has_texts_alone_only_where_they_are_asked_for(bare: Shell) -> None:
    newer = changed(bare, "2.0.0", LOOSER, TEXT)
    bare(f"methodology diff {SMALL} {newer} --page some.html")
    bare(f"methodology diff {SMALL} {newer} --page all.html --all")
    some, whole = ((bare.folder / f"{n}.html").read_text("utf-8") for n in ("some", "all"))
    assert "Next" not in some
    assert "Next" in whole


def test_what_an_author_wrote_stays_text_on_the_page(bare: Shell) -> None:
    newer = changed(bare, "1.0.1", (TEXT[0], 'title: {en: "<script>alert(1)</script>"}'))
    bare(f"methodology diff {SMALL} {newer} --page d.html --all")
    assert "<script>" not in (bare.folder / "d.html").read_text(encoding="utf-8")


def test_everything_fits_into_80_columns(bare: Shell) -> None:
    shown = bare("methodology diff smartby-prosjekt innocities-hamn --all --lang sv").out
    assert max(map(len, shown.splitlines())) <= 80


def test_no_file_is_written_over_unasked(bare: Shell) -> None:
    newer = changed(bare, "2.0.0", LOOSER)
    (bare.folder / "d.html").write_text("mine")
    bare(f"methodology diff {SMALL} {newer} --page d.html --as-overlay o.yaml", expect=4)
    assert not (bare.folder / "o.yaml").exists()
    bare(f"methodology diff {SMALL} {newer} --page d.html --force")
    assert (bare.folder / "d.html").read_text() != "mine"


# ---------------------------------------------------------------- publishing


@pytest.fixture
def home(bare: Shell) -> Shell:
    """An organisation that has published the small method."""
    bare("init port 'Skjær havn' --admin astrid='Astrid Berg' --simulated --now 2026-10-01T09:00")
    bare("methodology", "publish", str(SMALL))
    return bare


def publish(home: Shell, path: Path, *more: str, expect: int = 0) -> Any:
    return home.json("methodology", "publish", str(path), *more, "--lang", "en", expect=expect)


def test_a_later_version_is_published_if_its_number_says_what_differs(home: Shell) -> None:
    refused = publish(home, changed(home, "1.1.0", STRICTER), expect=1)
    assert "at least version 2.0.0" in refused["error"]["message"]
    assert "--although" in refused["error"]["message"]
    assert [m["version"] for m in home.json("methodology list")["methods"]] == ["1.0.0"]

    assert publish(home, changed(home, "2.0.0", STRICTER))["passed_over"] == []
    assert publish(home, changed(home, "1.0.1", TEXT))["passed_over"] == []


def test_a_version_is_held_to_the_one_before_it_and_to_no_later_one(home: Shell) -> None:
    publish(home, changed(home, "2.0.0", STRICTER))
    assert (
        "at least version 1.1.0"
        in (publish(home, changed(home, "1.0.1", LOOSER), expect=1)["error"]["message"])
    )
    publish(home, changed(home, "2.0.1", STRICTER, TEXT))
    publish(home, changed(home, "2.1.0", STRICTER, TEXT, LOOSER))


def test_an_empty_reason_is_none(home: Shell) -> None:
    near = changed(home, "1.0.1", STRICTER)
    for nothing in ("  ", ".", "--", "12.", "…"):
        home("methodology", "publish", str(near), "--although", nothing, expect=2)


def test_a_reason_passes_over_it_and_stays_on_the_record(home: Shell) -> None:
    near = changed(home, "1.0.1", STRICTER)
    done = publish(home, near, "--although", "Nobody runs on it yet")
    assert done["passed_over"] == ["version-too-near"]
    home("audit export record.jsonl")
    record = (home.folder / "record.jsonl").read_text(encoding="utf-8")
    assert "version-too-near" in record
    assert "Nobody runs on it yet" in record
    home("audit verify")


def facets(shape: sh.Shape, seen: set[str]) -> Iterator[str]:
    """Every facet by which a difference may be told."""
    match shape:
        case sh.Ref() if shape.name not in seen:
            yield from facets(DEFINITIONS[shape.name], seen | {shape.name})
        case sh.Record():
            for name, (inner, _) in shape.facets.items():
                yield name
                yield from facets(inner, seen)
        case sh.MapOf():
            yield from facets(shape.item, seen)
        case sh.OneOf():
            for marker, inner in shape.maps:
                if marker in ("", "choose"):
                    yield from facets(inner, seen)


def test_every_facet_has_a_name_in_each_language() -> None:
    found = set(facets(METHODOLOGY, {"texts", "basis", "predicate"}))
    assert len(found) > 50
    for name in found - {"schema", "id", "version"}:
        assert wording.knows(f"facet.{name}"), name
        words = {wording.say(language, f"facet.{name}") for language in wording.LANGUAGES}
        assert all(re.fullmatch(r"\w[\w ]*", word) for word in words)


def test_an_amount_is_told_with_its_currency(bare: Shell) -> None:
    (bare.folder / "port").mkdir()
    text = """\
schema: innocities/overlay/1
id: smartby-prosjekt
version: "2.0.0"
languages: [nb, en]
extends: {id: smartby-prosjekt, version: "1.0.0"}
changes:
  - id: V2
    reason: {nb: Mer er hverdag., en: More is daily business.}
    operations:
      - {replace: facts/fullmaktsgrense/value, value: 2000000}
"""
    (bare.folder / "port" / "2.0.0.yaml").write_text(text, encoding="utf-8")
    told = bare("methodology diff smartby-prosjekt port/2.0.0.yaml --lang en").out

    assert "NOK → 2000000 NOK" in " ".join(told.split())
