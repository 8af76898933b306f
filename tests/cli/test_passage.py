"""A project is run through its gates by commands only, and says where it stands on the way."""

from __future__ import annotations

import re

from tests.cli.shell import Shell
from tests.cli.world import BODY, FIRST_ROLES


def test_a_project_passes_a_gate_by_commands_only(run: Shell) -> None:
    run(f'project start smartby-prosjekt "Solceller på skolen" {FIRST_ROLES}')
    shut = run.json("project why solceller", expect=1)
    assert {b["subject"] for b in shut["blockers"] if b["code"] == "need_open"} == {
        "G1/idebeskrivelse#1", "G1/behovsbeskrivelse#1", "G1/heliks_kart#1"}  # fmt: skip

    run("project submit solceller idebeskrivelse idé.md --as ingrid")
    run("project submit solceller behovsbeskrivelse --link https://example.org/1 --as ingrid")
    run("project submit solceller heliks_kart idé.md --as petter")
    refused = run(f"project decide solceller G1 go {BODY}", expect=1)
    assert "prosjektleder=PERSON" in refused.err
    run(f"project rate solceller G1 noe_nytt=partly all=met --minutes 5/26 {BODY}")
    assert run.json("project why solceller G1")["ready"]
    run("project decide solceller G1 go --appoint prosjektleder=astrid"
        f" --appoint prosjekteier=eva --minutes 5/26 {BODY}")  # fmt: skip

    stands = run.json("project show solceller")
    assert stands["tracks"][0]["phase"] == "kartlegging"
    (decision,) = stands["decisions"]
    assert decision["by"] == ["bjorn", "cecilia", "dag"]
    assert decision["recorded_by"] == "petter"
    assert decision["minutes"] == "5/26"
    assert {v["artefact"]: v["decided_on"] for v in decision["versions"]} == {
        "idebeskrivelse": 1, "behovsbeskrivelse": 1, "heliks_kart": 1}  # fmt: skip


def test_the_page_counts_back_from_the_meeting_and_names_the_next_chance(run: Shell) -> None:
    stands = run.json("project show klar")

    meeting = stands["gates"][0]["meeting"]
    assert (meeting["day"], meeting["hand_in_by"]) == ("2026-10-07", "2026-10-05")
    assert meeting["if_missed"] == {"day": "2026-12-02", "hand_in_by": "2026-11-30"}
    page = run("project show klar --lang sv").out
    assert "nästa tillfälle är ons 2 dec 2026; sista dag mån 30 nov 2026" in page
    assert "mån 5 okt 2026: 2 arbetsdagar före ons 7 okt" in page


def test_what_was_decided_on_is_told_beside_what_stands_today(run: Shell) -> None:
    run("project submit forprosjekt prosjektforslag idé.md --as astrid")

    page = run("project show forprosjekt --lang en").out
    assert "Project proposal: decided on version 1, today 2." in page


def test_what_rests_on_a_newer_version_is_told_as_a_warning(run: Shell) -> None:
    run("project submit konsept innsiktsrapport idé.md --as astrid")
    run("project submit konsept alternativvurdering idé.md --form antall_alternativer=3"
        " --form nullalternativ=ja --as astrid")  # fmt: skip
    run("project submit konsept prosjektforslag idé.md --as astrid")
    run("project submit konsept innsiktsrapport idé.md --as astrid")

    (gate,) = run.json("project show konsept")["gates"]
    assert ("stale", "prosjektforslag") in {(w["code"], w["subject"]) for w in gate["warnings"]}
    assert "bygger på något som har en nyare version" in run("project show konsept --lang sv").out


def test_a_condition_stands_on_the_page_until_it_is_met_and_confirmed(run: Shell) -> None:
    (condition,) = run.json("project show vilkar")["conditions"]
    assert condition["title"] == "Spør hytteeierne"
    assert (condition["due"], condition["who"]) == ("2026-11-30", ["prosjektleder"])

    run("project tick-off vilkar G1/G1_vilkar --as astrid")
    run("project accept vilkar G1/G1_vilkar --as petter")
    assert run.json("project show vilkar")["conditions"] == []


def test_a_hold_says_until_when_and_is_resumed(run: Shell) -> None:
    assert run.json("project show vent")["tracks"][0]["review_on"] == "2026-10-01"

    run("project resume vent --as eva")
    assert run.json("project show vent")["tracks"][0]["status"] == "running"


def test_what_is_on_hold_has_been_in_its_phase_since_then_and_is_on_hold_now(run: Shell) -> None:
    run("project decide konsept G2 hold --review-on 2026-10-30 --as eva")

    said = " ".join(run("project show konsept --lang en").out.split())

    assert re.search(r"since \d+ \w+ 2026; now on hold, review on Fri 30 Oct 2026", said)


def test_what_is_not_on_hold_is_not_resumed_and_the_refusal_names_where_it_stands(
    run: Shell,
) -> None:
    said = run("project resume forprosjekt --as eva --lang en", expect=1)

    assert "Pre-study (forprosjekt): running." in " ".join(said.err.split())
    assert "Idea" not in said.err


def test_time_passes_in_a_simulation_and_reminders_become_letters(run: Shell) -> None:
    run("tick --now 2026-09-21T07:00")  # fourteen days before the papers are due
    run("tick --now 2026-09-21T08:05")  # letters come at eight

    letters = run.json("remind list --state sent --limit 1000")["letters"]
    assert ("ingrid", "reminder") in {(each["person"], each["kind"]) for each in letters}
    mails = list((run.folder / "mailbox").rglob("*.eml"))
    assert len(mails) >= 1
    assert run.json("db doctor")["sound"]


def test_the_clock_of_a_simulation_stays_where_it_was_and_never_goes_back(run: Shell) -> None:
    run("tick --now 2026-09-10")
    assert run.json("audit checkpoint")["at"].startswith("2026-09-10")

    back = run("project list --now 2026-09-09", expect=2)
    assert "10. sep. 2026" in back.err


def test_the_same_time_may_be_named_for_any_number_of_changes(run: Shell) -> None:
    for reason in range(90):
        run(f"project comment vent 'Remark {reason}' --as eva --now 2026-09-10T09:00")

    assert run.json("audit checkpoint")["at"] > "2026-09-10T07:01"  # each has a moment of its own
    run("project list --now 2026-09-10T08:59", expect=2)
    run("project list --now 2026-09-10T09:00")


def test_an_override_is_for_administrators_and_stays_on_the_page(run: Shell) -> None:
    run("project assign konsept prosjekteier=dag")
    denied = run("project override konsept G2 go --reason hast --as dag", expect=3)
    assert "person rights" in denied.err
    run("project assign konsept prosjekteier=eva")

    run("project override konsept G2 go --reason 'Søknadsfristen er i morgen' --as eva")
    assert run.json("project show konsept")["overrides"] == ["G2#1"]
    assert "Passed although shut" in run("project show konsept --lang en").out
    assert "Søknadsfristen er i morgen" in run("project history konsept --lang en").out


def test_a_rehearsal_tells_what_would_happen_and_changes_nothing(run: Shell) -> None:
    before = run("audit checkpoint").out
    for command in (
        "project submit havn idebeskrivelse idé.md --as ingrid",
        "project start liten Prøve --member leder=astrid --member eier=eva",
        "person add mona 'Mona Ness'",
        "person rights dag manager",
        "calendar meetings add styringsgruppe 2027-03-10",
        "calendar closures add 2026-12-24",
        "substitute add eva dag 2026-10-01 2026-10-31",
        "organisation add hamnen Hamnen --country SE --admin eva=Eva",
        "methodology publish innocities-sverige",
        "remind run",
        "tick --now 2026-12-01",
    ):
        said = run(f"{command} --dry-run --json")
        assert said.data["dry_run"] is True, command

    assert run("audit checkpoint").out == before
    assert run.json("audit checkpoint")["at"].startswith("2026-09-08")


def test_the_history_tells_when_who_what_and_why(run: Shell) -> None:
    told = run("project history ferdig --lang en").out

    assert "8 Sep 2026 12:00 · Ingrid Lie" in told
    assert "Ingrid Lie handed in Idea description, version 1: idé.md." in told
    entries = run.json("project history ferdig")["entries"]
    assert [e["number"] for e in entries] == list(range(1, len(entries) + 1))
    assert entries[0]["event"]["type"] == "ProjectStarted"


def test_the_minimal_sets_of_actions_are_told_in_the_readers_language(run: Shell) -> None:
    found = run.json("project why klar G1", expect=1)
    actions, (own,) = found["common"], found["sets"]
    assert own == []
    assert {a["kind"] for a in actions} == {"rate"}

    told = {lang: run(f"project why klar --lang {lang}", expect=1).out for lang in ("sv", "nb")}
    assert "Det här skulle öppna den:" in told["sv"]
    assert "Dette ville åpne det:" in told["nb"]


def test_the_ways_that_open_a_gate_are_found_where_who_decides_is_not_known_yet(
    run: Shell,
) -> None:
    found = run.json("project why forprosjekt G3", expect=1)

    answered = {
        tuple(a["values"])
        for one in found["sets"]
        for a in one
        if a["subject"] == "anslatt_kostnad"
    }
    assert ("< 10000000",) in answered
    told = run("project why forprosjekt G3 --lang nb", expect=1).out
    assert "under 10000000" in " ".join(told.split())


def test_without_an_outcome_the_choices_and_what_they_lead_to_are_shown(run: Shell) -> None:
    shown = run("project decide ferdig G1 --as petter --lang en", expect=2).err

    assert "go_with_conditions" in shown
    assert "goes on to Mapping and co-creation." in shown
    assert "stops the project." in shown


def test_of_several_who_judge_it_is_told_how_many_have_and_who_is_left(run: Shell) -> None:
    run("project rate klar G1 noe_nytt=met --as bjorn")

    stands = run.json("project show klar")["gates"][0]
    (criterion,) = [c for c in stands["criteria"] if c["criterion"] == "noe_nytt"]
    assert (criterion["verdict"], criterion["voices"], criterion["quorum"]) == (None, 1, 2)
    assert "1 av 2" in run("project show klar --lang sv").out
    (left,) = [b for b in stands["blockers"] if b["subject"] == "noe_nytt"]
    assert left["next"].endswith("--as cecilia")


def test_whoever_stands_aside_is_named_with_whoever_speaks_instead(run: Shell) -> None:
    run("project declare-conflict klar G1 --reason 'Min bror' --as dag")
    run("substitute add dag lars 2026-09-01 2026-12-31")

    (aside,) = run.json("project show klar")["gates"][0]["conflicts"]
    assert aside == {"person": "dag", "substitutes": ["lars"]}
    assert "Dag Aas är jävig; Lars Tveit deltar i stället" in run("project show klar --lang sv").out


def test_a_decision_that_lacks_something_at_a_shut_gate_is_told_all_of_it(run: Shell) -> None:
    run(f'project start smartby-prosjekt "Solceller på skolen" {FIRST_ROLES}')

    told = run.json(f"project decide solceller G1 go {BODY}", expect=1)["error"]["blockers"]
    assert {b["code"] for b in told} >= {"carry_missing", "need_open", "criterion_unrated"}
    shut = run.json("project why solceller G1", expect=1)["blockers"]
    assert {b["subject"] for b in shut} <= {b["subject"] for b in told}


def test_whoever_is_asked_to_fill_a_role_may(run: Shell) -> None:
    stands = run.json("project why penger G3", expect=1)
    empty = [b for b in stands["blockers"] if b["code"] == "need_open" and "PERSON" in b["next"]]
    for blocker in empty:
        role, asked = blocker["subject"].rpartition("/")[2].partition("#")[0], blocker["people"]
        run(f"project assign penger {role}=lars --as {asked[0]}")
    assert empty


def test_an_answer_of_a_form_is_given_with_its_paper(run: Shell) -> None:
    told = run.json("project answer konsept antall_alternativer=3 --as astrid", expect=1)
    assert "project submit konsept alternativvurdering" in told["error"]["blockers"][0]["next"]
    refused = run("project submit konsept lignende_losninger idé.md --form antall_alternativer=3"
                  " --as petter --lang en", expect=1)  # fmt: skip
    assert "asks no questions" in refused.err


def test_without_a_value_the_advice_that_is_asked_is_listed(run: Shell) -> None:
    told = run("project advise konsept G2", expect=2).err
    assert "rad_styringsgruppe" in told
    assert "go" in told


def test_the_owner_of_a_condition_may_be_named_by_the_title_of_the_role(run: Shell) -> None:
    run("project decide ferdig G1 go_with_conditions --appoint prosjektleder=astrid"
        f" --appoint prosjekteier=eva --condition 'Ring dem; Project manager; 2026-11-30' {BODY}")  # fmt: skip
    (condition,) = run.json("project show ferdig")["conditions"]
    assert (condition["who"], condition["due"]) == (["prosjektleder"], "2026-11-30")


def test_a_day_that_cannot_be_read_is_said_to_be_the_trouble(run: Shell) -> None:
    told = run("project decide ferdig G1 go_with_conditions --condition 'Ring dem; astrid; 30 okt'"
               f" {BODY}", expect=2).err  # fmt: skip
    assert "30 okt" in told
    assert "2026-" in told


def test_what_is_asked_now_is_listed_first_and_what_show_tells_is_among_it(run: Shell) -> None:
    facts = run.json("project answer forprosjekt --as astrid")["facts"]
    asked = [each["fact"] for each in facts if each["asked"]]
    assert [each["fact"] for each in facts[: len(asked)]] == asked
    assert 0 < len(asked) < len(facts)
    assert not any(each["value"] for each in facts[: len(asked)])
    shown = [
        blocker["subject"]
        for gate in run.json("project show forprosjekt")["gates"]
        for blocker in gate["blockers"]
        if blocker["code"] == "answer_first"
    ]
    assert shown
    assert set(shown) <= set(asked)

    told = run("project answer forprosjekt --as astrid --lang en").out
    first, others = told.split("Answered, or not asked now:")
    assert first.startswith("Asked now:")
    assert all(fact in first and fact not in others for fact in asked)


def test_a_question_that_is_answered_is_not_asked_any_more(run: Shell) -> None:
    listing = "project answer forprosjekt --as astrid"
    asked = [each["fact"] for each in run.json(listing)["facts"] if each["asked"]]
    assert "anslatt_kostnad" in asked
    run("project answer forprosjekt anslatt_kostnad=4000000 --as astrid")

    [answered] = [f for f in run.json(listing)["facts"] if f["fact"] == "anslatt_kostnad"]
    assert (answered["asked"], answered["value"]) == (False, "4000000")


def test_a_review_on_a_day_that_has_passed_is_told_to_be_past(run: Shell) -> None:
    said = run("project decide konsept G2 hold --review-on 2020-01-01 --as eva --lang en", expect=1)

    assert "has passed already" in " ".join(said.err.split())


def test_a_verdict_for_all_that_no_criterion_takes_is_named(run: Shell) -> None:
    said = run("project rate klar G1 all=good --as bjorn --lang en", expect=2)

    assert "can be “good”" in " ".join(said.err.split())


def test_a_round_was_not_taken_before_its_papers_were_there(run: Shell) -> None:
    """What its projects presented is what was read: there is nothing else to say, but the day."""
    body = "--recorded --present bjorn,cecilia --minutes 1/26 --as petter"
    run(f"round take valg {body}")
    run("project submit lyskasse idebeskrivelse --link https://example.org/l --as ingrid"
        " --now 2026-09-10")  # fmt: skip
    run("project present lyskasse valg --as ingrid")
    run("round open valg")

    refused = run.json(f"round take valg {body} --on 2026-09-09 --lang en", expect=1)["error"]
    [blocker] = refused["blockers"]
    assert (blocker["code"], blocker["next"]) == ("paper_later", "")
    assert "Name the day on which the round was taken." in blocker["text"]
    run(f"round take valg {body} --on 2026-09-10")
