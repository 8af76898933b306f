"""A municipality with projects at every stage, made by commands only; the examples of the help and
the tests of the commands are played in it.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from tests.cli.shell import Shell

METHODS = Path(__file__).parent / "methods"
NOW = "2026-09-08T12:00"

PEOPLE = {
    "ingrid": "Ingrid Lie",
    "petter": "Petter Moe",
    "bjorn": "Bjørn Dahl",
    "cecilia": "Cecilia Ek",
    "dag": "Dag Aas",
    "eva": "Eva Strand",
    "gunn": "Gunn Vik",
    "kirsten": "Kirsten Haug",
    "lars": "Lars Tveit",
    "halden": "Halden kommune",
    "vel": "Velforeningen",
}
BODY = "--recorded --present bjorn,cecilia,dag --as petter"
FIRST_ROLES = (
    "--member ideeier=ingrid --member programkoordinator=petter"
    " --member styringsgruppe=bjorn,cecilia,dag --member kommunedirektor=kirsten"
    " --member kommunen=halden --member innbyggere=vel"
)


def build(folder: Path) -> Shell:
    """Make the municipality, and projects named after how far they have come."""
    folder.mkdir()
    run = Shell(folder)
    run(
        f'init halden "Halden kommune" --admin astrid="Astrid Berg"'
        f" --address astrid@example.org --simulated --now {NOW}"
    )
    for person, name in PEOPLE.items():
        right = "administrator,manager" if person == "eva" else "member"
        run("person", "add", person, name, "--right", right, "--address", f"{person}@example.org")
    run("methodology publish smartby-prosjekt")
    run("methodology", "publish", str(METHODS / "liten" / "1.0.0.yaml"))
    run("methodology", "publish", str(METHODS / "ramme" / "1.0.0.yaml"))
    run(
        "project start ramme Programmet --id program --as astrid"
        " --member koordinator=petter --member styre=eva"
    )
    run("calendar meetings add styringsgruppe 2026-10-07 2026-12-02 2027-01-13")
    (folder / "idé.md").write_text("# Strøm til båtene\n", encoding="utf-8")
    (folder / "vedtak.csv").write_text("Prosjekt,Utfall\nhavn,stop\n", encoding="utf-8")
    run("substitute add gunn dag 2026-10-01 2026-10-31")
    for project in ("havn", "klar", "ferdig", "konsept", "lagt", "forprosjekt", "penger",
                    "vilkar", "gjort", "vent"):  # fmt: skip
        start(run, project)
    for project in ("klar", "ferdig"):
        hand_in_idea(run, project)
    judge_idea(run, "ferdig")
    for project in ("konsept", "lagt", "forprosjekt", "penger", "vent"):
        to_concept(run, project)
    for project in ("vilkar", "gjort"):
        to_concept(run, project, "go_with_conditions --condition"
                   " 'Spør hytteeierne; prosjektleder; 2026-11-30'")  # fmt: skip
    run("project tick-off gjort G1/G1_vilkar --as astrid")
    run("project present lagt G2 --as astrid")
    for project in ("forprosjekt", "penger"):
        to_pre_study(run, project)
    run("project submit penger finansieringsbevis idé.md --as eva")
    run("project decide vent G2 hold --review-on 2026-10-01 --as eva")
    run("project start liten Avvik --id avvik --member leder=astrid --member eier=eva")
    wait_together(run)
    return run


def start(run: Shell, project: str) -> None:
    run(f'project start smartby-prosjekt "{project.capitalize()} i byen" {FIRST_ROLES}'
        f" --id {project}")  # fmt: skip


def hand_in_idea(run: Shell, project: str) -> None:
    run(f"project submit {project} idebeskrivelse idé.md --as ingrid")
    run(f"project submit {project} behovsbeskrivelse --link https://example.org/7 --as ingrid")
    run(f"project submit {project} heliks_kart idé.md --as petter")


def judge_idea(run: Shell, project: str) -> None:
    run(f"project rate {project} G1 noe_nytt=partly all=met --minutes 5/26 {BODY}")


def to_concept(run: Shell, project: str, outcome: str = "go") -> None:
    hand_in_idea(run, project)
    judge_idea(run, project)
    run(f"project decide {project} G1 {outcome} --appoint prosjektleder=astrid"
        f" --appoint prosjekteier=eva --minutes 5/26 {BODY}")  # fmt: skip


def to_pre_study(run: Shell, project: str) -> None:
    run(f"project assign {project} gevinstansvarlig=gunn")
    for artefact, form in (
        ("innsiktsrapport", ""),
        ("alternativvurdering", "--form antall_alternativer=3 --form nullalternativ=ja"),
        ("deltakelsesbevis", "--form deltakelse_dato=2026-08-20"),
        ("prosjektforslag", ""),
    ):
        run(f"project submit {project} {artefact} idé.md {form} --as astrid")
    run(f"project submit {project} gevinstoversikt idé.md --as gunn")
    run(f"project rate {project} G2 all=met --as eva")
    run(f"project advise {project} G2 rad_styringsgruppe go --minutes 6/26 {BODY}")
    run(f"project decide {project} G2 go --as eva")


def wait_together(run: Shell) -> None:
    """Ideas that wait for each other at two gates; the round of one of them is open."""
    run("methodology", "publish", str(METHODS / "ideer" / "1.0.0.yaml"))
    ideas = {"sykkelhotell": "met", "badestige": "partly", "lyskasse": "not_met"}
    for idea, value in ideas.items():
        run(f"project start ideer {idea.capitalize()} --id {idea} --member ideeier=ingrid"
            " --member jury=gunn,lars --member styre=bjorn,cecilia,dag"
            " --member sekretaer=petter")  # fmt: skip
        run(f"project submit {idea} idebeskrivelse idé.md --as ingrid")
        run(f"project present {idea} valg --as ingrid")
        run(f"project present {idea} stipend --as ingrid")
        for juror in ("gunn", "lars"):
            run(f"project rate {idea} valg nytte={value} moden=met --as {juror}")
    run("round open valg")


def neighbour(run: Shell) -> str:
    """Another organisation, which shares a project of its own; its id there."""
    (run.folder / "erfaring.md").write_text("# Hva vi gjorde\n", encoding="utf-8")
    run('organisation add skjaer "Skjær havn" --admin sol="Sol Vik"')
    there = "--organisation skjaer --as sol"
    run(f"methodology publish {shlex.quote(str(METHODS / 'liten' / '1.0.0.yaml'))} {there}")
    run(
        f"project start liten 'Stige i sjøen' --id stige --member leder=sol --member eier=sol {there}"
    )
    run(f"project submit stige plan erfaring.md {there}")
    run(
        "project share stige plan --title 'Badestige ved kaia' --theme strand"
        f" --about 'En stige for alle' --lesson 'Mål dybden først' {there}"
    )
    found: str = run.json("project shared")["shared"][0]["id"]
    return found
