"""Where projects went another way than the method stands in one table."""

from __future__ import annotations

import csv
import io
from typing import Any

from innocities_engine.cli.spreadsheet import BOM
from innocities_engine.domain.deviations import KINDS
from tests.cli.shell import Shell
from tests.cli.world import BODY


def of(run: Shell, project: str = "", *more: str) -> list[Any]:
    words = ("project", "deviations", *([project] if project else []), "--lang", "en", *more)
    found: list[Any] = run.json(*words)["deviations"]
    return found


def kinds(run: Shell, project: str) -> list[str]:
    return [each["code"] for each in of(run, project)]


def test_a_project_that_follows_the_method_has_none(run: Shell) -> None:
    assert of(run, "klar") == []
    assert run("project deviations klar --lang en").out == "No deviations.\n"


def test_a_gate_passed_although_it_was_shut_is_told_with_its_reason(run: Shell) -> None:
    run("project advise konsept G2 rad_styringsgruppe go --minutes 6/26 " + BODY)
    run("project override konsept G2 go --reason 'The council says so' --as eva")

    [found] = of(run, "konsept")

    assert (found["code"], found["subject"], found["why"]) == (
        "overridden", "G2#1", "The council says so",
    )  # fmt: skip
    assert found["by"] == "Eva Strand"


def test_a_decision_against_the_advice_is_told(run: Shell) -> None:
    run("project advise konsept G2 rad_styringsgruppe go --minutes 6/26 " + BODY)
    run("project decide konsept G2 hold --review-on 2026-10-30 --reason 'We wait' --as eva")

    [found] = of(run, "konsept")

    assert (found["code"], found["people"], found["why"]) == (
        "against_advice", ["eva"], "We wait",
    )  # fmt: skip


def test_that_whoever_advised_has_left_since_changes_nothing_of_the_past(run: Shell) -> None:
    for member in ("bjorn", "cecilia", "dag"):
        run(f"project advise konsept G2 rad_styringsgruppe go --as {member}")
    run("project decide konsept G2 hold --review-on 2026-10-30 --as eva")
    before = of(run, "konsept")
    for member in ("bjorn", "cecilia"):
        run(f"person deactivate {member} --reason Flyttet")

    assert [each["code"] for each in before] == ["against_advice"]
    assert of(run, "konsept") == before


def test_a_decision_that_follows_the_advice_is_none(run: Shell) -> None:
    run("project advise konsept G2 rad_styringsgruppe hold --minutes 6/26 " + BODY)
    run("project decide konsept G2 hold --review-on 2026-10-30 --as eva")

    assert of(run, "konsept") == []


def test_a_condition_is_overdue_and_once_it_is_met_late(run: Shell) -> None:
    assert kinds(run, "vilkar") == []

    run("tick --now 2026-12-07T09:00")
    assert kinds(run, "vilkar") == ["overdue"]

    run("project tick-off vilkar G1/G1_vilkar --as astrid")
    run(
        f"project accept vilkar G1/G1_vilkar {BODY.replace('--recorded --present bjorn,cecilia,dag', '')}"
    )
    [found] = of(run, "vilkar")
    assert (found["code"], found["due"]) == ("late", "2026-11-30")


def test_a_day_that_was_moved_is_told_with_the_new_one(run: Shell) -> None:
    run("project extend vilkar G1/G1_vilkar 2026-12-15 --reason 'They asked for it' --as petter")

    [found] = of(run, "vilkar")

    assert (found["code"], found["due"], found["why"]) == (
        "extended", "2026-12-15", "They asked for it",
    )  # fmt: skip


def test_a_gate_recorded_from_paper_is_told_for_ever(run: Shell) -> None:
    run(
        "project", "import", "--method", "smartby-prosjekt", "--set", "Title=Gammel",
        "--set", "G1: date=2026-03-12", "--set", "G1: outcome=go",
        "--set", "G1: decided by=Styringsgruppen",
    )  # fmt: skip

    [found] = of(run, "Gammel")

    assert (found["code"], found["day"], found["people"]) == (
        "on_paper", "2026-03-12", ["Styringsgruppen"],
    )  # fmt: skip


def test_a_decision_that_was_annulled_is_told_with_what_it_was_and_what_stands_again(
    run: Shell,
) -> None:
    run("project advise konsept G2 rad_styringsgruppe hold --minutes 6/26 " + BODY)
    phase = run.json("project show konsept")["tracks"][0]["phase"]
    run("project decide konsept G2 hold --review-on 2026-10-30 --as eva")
    run("project correct konsept G2 --reason 'Another project' --as astrid")

    [found] = of(run, "konsept")

    assert (found["code"], found["subject"], found["outcome"], found["restored"]) == (
        "annulled", "G2#1", "hold", phase,
    )  # fmt: skip
    assert (found["by"], found["why"], found["decided"]) == (
        "Astrid Berg", "Another project", found["day"],
    )  # fmt: skip
    for language, word in {"sv": "gäller inte", "nb": "gjelder ikke", "en": "not count"}.items():
        told = run(f"project deviations konsept --lang {language}").out
        assert word in " ".join(told.split())


def test_without_a_project_all_are_listed_that_one_may_see(run: Shell) -> None:
    run("project override konsept G2 go --reason Now --as eva")
    run("project extend vilkar G1/G1_vilkar 2026-12-15 --reason Later --as petter")
    run("person add gjest Gjest --right external")
    run("project assign vilkar linjeleder=gjest")

    assert {each["id"] for each in of(run)} == {"konsept", "vilkar"}
    assert {each["id"] for each in of(run, "", "--as", "gjest")} == {"vilkar"}
    assert {each["code"] for each in of(run, "", "--kind", "extended")} == {"extended"}


def test_the_table_for_spreadsheets_holds_no_formula(run: Shell) -> None:
    run("project override konsept G2 go --reason '=cmd()' --as eva")

    text = run("project deviations konsept --csv --lang en").out

    rows = list(csv.reader(io.StringIO(text.removeprefix(BOM))))
    assert text.startswith(BOM)
    assert rows[0] == ["Project", "Day", "Kind", "What", "By", "Why"]
    assert rows[1][-1] == "'=cmd()"


def test_the_table_fits_into_80_columns(run: Shell) -> None:
    run("project override konsept G2 go --as eva --reason", expect=2)
    run("project override konsept G2 go --as eva --reason '" + "Because " * 30 + "'")

    for language in ("sv", "nb", "en"):
        told = run(f"project deviations --lang {language}").out
        assert max(map(len, told.splitlines())) <= 80


def test_every_kind_has_a_word() -> None:
    from innocities_engine import wording

    assert all(wording.knows(f"deviation.{kind}") for kind in KINDS)
