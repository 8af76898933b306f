"""A programme of three years, from the agreement to its renewal, and the six pilots it starts.

The pilots go alike, so they are played together; nothing is counted here, the programme counts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from innocities_engine.demo import looking
from innocities_engine.demo.cast import Cast
from innocities_engine.demo.saying import Script
from innocities_engine.demo.world import AT_THE_START
from innocities_engine.domain import commands as k

SIGNING = ("havnedirektor", "sin_leder", "styreleder")  # are named as the programme starts
PILOTS = {
    "Strøm til lokalferjene": "landstrom",
    "Varslet anløpstid for lastebilene": "logistikk",
    "Samlast mellom småhavnene": "logistikk",
    "Ombruk av emballasje på kaia": "sirkulaer_okonomi",
    "Selvgående feiemaskin": "autonomt_utstyr",
    "Batteribank i skur 3": "energiknutepunkt",
}
PARTLY = Script(verdicts={"maloppnaelse": "partly"})


def agreement_to_renewal(cast: Cast) -> None:
    """Signed, kicked off, six pilots counted, evaluated each year, renewed without a party."""
    cast.let_time_pass(7)
    cast.pass_gate("PG0", "go")
    signed = cast.engine.clock()
    cast.let_time_pass(14)
    cast.pass_gate("PG1", "go")
    cast.let_time_pass(9)
    cast.pass_gate("PG2", "go")
    pilots = start(cast, "smartby-havn")
    try_out(pilots)
    cast.pass_gate("PG3", "go")
    cast.let_time_pass(70)
    stop(pilots)
    for year in range(3):
        cast.wait_until(signed + timedelta(days=280 + 365 * year))
        cast.pass_gate("PG4", "continue", PARTLY)
    cast.let_time_pass(21)
    staying = {"avtaleparter": cast.company["avtaleparter"][:2]}
    cast.pass_gate("PG5", "renew_without_a_party", Script(appoint=staying))
    cast.let_time_pass(42)
    cast.pass_gate("PG0", "go")


def start(cast: Cast, method: str) -> Cast:
    """Start the pilots from the programme; who plays them from now on."""
    version = looking.version(cast.office, cast.organisation, method)
    members = {role: cast.company[role] for role in AT_THE_START if role in cast.company}
    coordinator = members["programkoordinator"][0]
    projects = {title: uuid4().hex for title in PILOTS}
    for title, theme in PILOTS.items():
        answers = {"tema": theme}
        command = k.StartFrom(projects[title], method, version, title, members, answers)
        cast.do(command, coordinator)
    return replace(cast, projects=tuple(projects.values()))


def try_out(pilots: Cast) -> None:
    """Bring them to their pilot, each gate as the method asks."""
    for gate in ("G1", "G2", "G3"):
        pilots.let_time_pass(20)
        pilots.pass_gate(gate, "go", Script(answers={"rapportintervall": "3 months"}))


def stop(pilots: Cast) -> None:
    """A trial that ends has given its answer; what was learnt is written down."""
    pilots.pass_gate("G4", "stop", Script(reason="Prøvetiden er over, og svaret er skrevet ned."))
    pilots.let_time_pass(7)
    pilots.settle_open_needs()
