"""Projects cross the border between organisations by what people type, and are told as such."""

from __future__ import annotations

import json

import pytest

from tests.cli.shell import Shell
from tests.cli.world import neighbour

ADOPT = "project adopt Badestige liten 'Vår stige' --id var --member leder=astrid --member eier=eva"
THERE = "--organisation skjaer --as sol --lang en"


def test_who_shares_nothing_by_name_is_told_what_can_be_shared(run: Shell) -> None:
    said = " ".join(run("project share forprosjekt --lang en", expect=2).err.split())

    assert "Insight report (innsiktsrapport)" in said
    assert "--lesson" in said


def test_sharing_says_before_and_after_what_it_means(run: Shell) -> None:
    for words in ("--dry-run", ""):
        said = run(f"project share forprosjekt prosjektforslag --lang en {words}")
        assert "keeps its copies also if you take it back or erase something" in " ".join(
            said.err.split()
        )
        assert "has not ended" in said.err
        assert "Project proposal" in said.out
    shown = run("project show forprosjekt --lang en").out
    assert "Shared with other organisations as “Forprosjekt i byen”" in shown
    assert "keeps what they have" in run("project unshare forprosjekt --lang en").err
    assert "Shared with" not in run("project show forprosjekt --lang en").out


def test_what_others_share_is_listed_with_what_they_say_of_it(run: Shell) -> None:
    neighbour(run)

    said = run("project shared --lang en").out

    for text in ("Badestige ved kaia", "Skjær havn", "Theme: strand", "About: En stige for alle",
                 "Papers: Plan (plan)", "Learnt: Mål dybden først"):  # fmt: skip
        assert text in said
    assert "stige i sjøen" not in said.casefold()
    assert run("project shared stige strand --json").data["shared"]
    assert "No other organisation" in run("project shared flyplass --lang en").out
    assert "No other organisation" in run(f"project shared {THERE}").out


def test_a_rehearsal_says_what_would_come_along_and_what_would_not(run: Shell) -> None:
    neighbour(run)

    said = " ".join(run(f"{ADOPT} --dry-run --lang en").out.split())

    assert "Nothing was changed" in said
    assert "It takes over “Badestige ved kaia” from Skjær havn." in said
    assert "Plan came along from “Badestige ved kaia”, version 1 there: plan.md." in said
    assert "Stays with Skjær havn: people, answers, decisions, comments and days" in said
    assert "Skjær havn sees that Halden kommune has taken it over, and nothing else." in said
    assert run("project show var", expect=3)


def test_what_the_own_method_does_not_ask_for_comes_along_to_be_read(run: Shell) -> None:
    neighbour(run)

    said = run(
        "project adopt Badestige smartby-prosjekt --member ideeier=ingrid"
        " --member programkoordinator=petter --lang en"
    )

    assert "to be read only, since smartby-prosjekt does not ask for it: plan." in " ".join(
        said.out.split()
    )


def test_both_pages_and_histories_tell_of_each_other(run: Shell) -> None:
    neighbour(run)
    run(f"{ADOPT} --reason 'Sett på messa'")

    here = run("project show var --lang en").out
    assert "Taken over from Skjær havn: “Badestige ved kaia”" in here
    assert "version 1 there: plan.md" in here
    assert "What they learnt there" in here
    assert "– Mål dybden først" in here
    assert "It takes over “Badestige ved kaia”" in run("project history var --lang en").out
    there = run(f"project show stige {THERE}").out
    assert "Taken over by Halden kommune (" in there
    history = run(f"project history stige {THERE}").out
    assert "Halden kommune took it over as a project of its own." in history
    assert "messa" not in history
    for home in ("", THERE):
        assert run(f"audit verify {home}").code == 0
    assert run("db doctor").code == 0


def test_what_was_taken_over_can_be_searched_and_goes_on_like_any_other(run: Shell) -> None:
    neighbour(run)
    run(ADOPT)

    assert {hit["id"] for hit in run.json("project search dybden")["hits"]} == {"var"}
    run("project approve var plan --as eva")
    run("project decide var K1 go --as eva")


@pytest.mark.parametrize("wanted", ["f" * 32, "finnes-ikke", "Stige i sjøen", "stige i sjøen"])
def test_what_is_not_shared_is_one_answer(run: Shell, wanted: str) -> None:
    neighbour(run)
    taken_back = run.json("project shared")["shared"][0]["id"]
    run(f"project unshare stige {THERE}")

    said = [
        run("project", "adopt", name, "liten", "--member", "leder=astrid", "--lang", "en", expect=3)
        for name in (wanted, taken_back)
    ]

    answers = {
        each.err.replace(name, "X") for each, name in zip(said, (wanted, taken_back), strict=True)
    }
    assert len({" ".join(answer.split()) for answer in answers}) == 1


@pytest.mark.parametrize("person", ["stranger", "astrid"])
def test_a_stranger_learns_nothing_by_sharing_or_taking_over(run: Shell, person: str) -> None:
    wanted = neighbour(run)
    for command in (
        f"project adopt {wanted} liten --member leder={person}",
        "project adopt Badestige liten",
        "project share stige --lesson Hei",
        "project unshare stige",
    ):
        foreign, missing = (
            run(f"{command} --as {person} --organisation {home} --lang en", expect=3).err
            for home in ("skjaer", "nowhere")
        )
        assert foreign.replace("skjaer", "nowhere") == missing


def test_who_only_takes_part_neither_reads_what_others_share_nor_takes_it_over(run: Shell) -> None:
    neighbour(run)
    run("person add partner Partner --right external")

    run("project shared --as partner", expect=3)
    run(f"{ADOPT} --as partner", expect=3)
    run(f"{ADOPT} --as dag", expect=3)
    run("project share havn --lesson Hei --as dag", expect=3)


def test_the_beginning_of_an_id_is_enough_and_two_of_one_name_are_told_apart(run: Shell) -> None:
    first = neighbour(run)
    run(f"project start liten Flåte --id flate --member leder=sol --member eier=sol {THERE}")
    run(f"project share flate --title 'Badestige ved kaia' --lesson 'Ta tau med' {THERE}")

    said = run(f"{ADOPT} --lang en", expect=2)
    assert "Skjær havn" in said.err
    run(ADOPT.replace("Badestige", first[:8]))

    assert run.json("project show var")["project"]["adopted"]["shared"] == first


def test_as_data_it_says_what_crossed_and_what_stayed(run: Shell) -> None:
    neighbour(run)

    told = json.loads(run(f"{ADOPT} --json").out)

    assert told["inherits"] == [{"artefact": "plan", "version": 1, "asked": True}]
    assert told["organisation"] == "Skjær havn"
    assert "people" in told["stays"]
