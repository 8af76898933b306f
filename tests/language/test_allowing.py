"""Warnings that a comment of the file switches off, by name and with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from innocities_engine import library

TEXT = """\
schema: innocities/methodology/1
id: small
version: "1.0.0"
languages: [en]
title: {en: Small}
calendar: {country: "NO"}
roles:
  lead: {title: {en: Lead}, leads: true}
artefacts:
  plan: {title: {en: Plan}, by: lead}
  note: {title: {en: Note}, by: lead}
phases:
  first: {title: {en: First}, opens: start}
gates:
  G1:
    title: {en: Only}
    in: first
    needs: {plan: {}, note: {}}
    decides: {by: lead}
    outcomes: {done: {end: completed}, stop: {end: stopped}}
"""
WHOLE = "# allow no-template: our own templates are kept elsewhere\n"


def judged(folder: Path, text: str, name: str = "small") -> list[str]:
    path = folder / name / "1.0.0.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    read = library.judged(path)
    assert read.method is not None
    return [fault.code for fault in read.faults]


def test_without_a_comment_every_warning_is_told(tmp_path: Path) -> None:
    assert judged(tmp_path, TEXT) == ["no-template", "no-template"]


def test_a_comment_of_its_own_holds_for_the_whole_file(tmp_path: Path) -> None:
    assert judged(tmp_path, WHOLE + TEXT) == []
    assert judged(tmp_path, TEXT + WHOLE) == []


def test_beside_something_it_holds_for_that_line_alone(tmp_path: Path) -> None:
    plan = "  plan: {title: {en: Plan}, by: lead}"
    text = TEXT.replace(plan, f"{plan}   # allow no-template: we draw it by hand")
    assert judged(tmp_path, text) == ["no-template"]


@pytest.mark.parametrize("comment", ["# allow no-template", "# allow no-template:  "])
def test_without_a_reason_nothing_is_switched_off(tmp_path: Path, comment: str) -> None:
    found = judged(tmp_path, f"{comment}\n{TEXT}")
    assert found == ["allow-without-reason", "no-template", "no-template"]


def test_what_switches_nothing_off_is_told(tmp_path: Path) -> None:
    assert judged(tmp_path, f"# allow no-question: we ask nothing\n{WHOLE}{TEXT}") == [
        "allows-nothing"
    ]


def test_where_errors_may_hide_what_it_switches_off_it_is_not_called_needless(
    tmp_path: Path,
) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(WHOLE + TEXT.replace("title: {en: Only}", "title: Only"), encoding="utf-8")
    assert [fault.code for fault in library.judged(path).faults] == ["wrong-type"]


def test_who_has_no_template_reads_which_there_are(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(TEXT, encoding="utf-8")
    hint = library.judged(path).faults[0].hint
    assert "`innocities methodology template smartby-prosjekt`" in hint
    assert "`# allow no-template: …`" in hint


def test_no_error_can_be_switched_off(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text("# allow unknown-key: we like it\ncolour: red\n" + TEXT, encoding="utf-8")
    read = library.judged(path)
    assert read.method is None
    assert "unknown-key" in [fault.code for fault in read.faults]


def test_a_text_that_only_looks_like_it_is_a_text(tmp_path: Path) -> None:
    text = TEXT.replace("title: {en: Small}", "title: {en: 'One # allow no-template: two'}")
    assert "no-template" in judged(tmp_path, text)


def test_an_overlay_is_judged_by_the_comments_of_what_it_extends(tmp_path: Path) -> None:
    judged(tmp_path, WHOLE + TEXT)
    overlay = (
        'schema: innocities/overlay/1\nid: over\nversion: "1.0.0"\nlanguages: [en]\n'
        'extends: {id: small, version: "1.0.0"}\nchanges:\n'
        "  - {id: O1, reason: {en: So}, operations: [{replace: phases/first/title, value: {en: A}}]}\n"
    )
    assert judged(tmp_path, overlay, "over") == []


def filed(folder: Path, name: str, text: str = WHOLE + TEXT) -> library.Fault | None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    found = library.judged(path).faults
    assert len(found) <= 1
    return found[0] if found else None


def test_a_file_that_is_called_by_another_version_is_told(tmp_path: Path) -> None:
    told = filed(tmp_path, "small/2.0.0.yaml")
    assert told is not None
    assert (told.code, told.severity, told.path) == ("file-name", "warning", "version")
    assert (told.line, told.column) == (4, 10)  # where the version is written
    assert "small/2.0.0.yaml" in told.message
    assert "small/1.0.0.yaml" in told.hint


def test_after_what_is_no_version_no_file_should_be_called(tmp_path: Path) -> None:
    text = TEXT.replace('version: "1.0.0"', 'version: "1.0"')
    told = filed(tmp_path, "small/1.0.0.yaml", WHOLE + text)
    assert told is not None
    assert (told.code, told.path) == ("wrong-value", "version")


def test_a_file_in_the_folder_of_another_method_is_told(tmp_path: Path) -> None:
    told = filed(tmp_path, "large/1.0.0.yaml")
    assert told is not None
    assert (told.code, told.path, told.line) == ("file-name", "id", 3)


def test_a_file_that_is_called_by_no_version_is_a_draft(tmp_path: Path) -> None:
    assert filed(tmp_path, "small/draft.yaml") is None
    assert filed(tmp_path, "small/1.0.0.yaml") is None


def test_its_name_may_be_allowed(tmp_path: Path) -> None:
    allowed = f"# allow file-name: it is a copy\n{WHOLE}{TEXT}"
    assert filed(tmp_path, "small/2.0.0.yaml", allowed) is None


def test_what_a_gate_asks_comes_once_and_a_phase_asks_again_and_again(tmp_path: Path) -> None:
    at_gate = TEXT.replace("needs: {plan: {}", "needs: {plan: {due: every 1 week after entry}")
    told = filed(tmp_path, "small/1.0.0.yaml", WHOLE + at_gate)
    assert told is not None
    assert (told.code, told.severity, told.path) == (
        "comes-once", "warning", "gates.G1.needs.plan.due",
    )  # fmt: skip
    in_phase = TEXT.replace(
        "opens: start}", "opens: start, needs: {plan: {due: every 1 week after entry}}}"
    )
    assert filed(tmp_path, "small/1.0.0.yaml", WHOLE + in_phase) is None
