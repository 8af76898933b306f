"""What the description of the programme level lists (B.1), with the Swedish changes that concern it and
its variants, written down apart from the inventory. The inventory must have a row for each entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tests.methodology.listed import Listed

PROGRAMME: Final = "smartby-program"
SWEDISH: Final = "innocities-program"
PORT: Final = "smartby-havneprogram"
ENERGY: Final = "smartby-energiprogram"
COMPANIES: Final = "innocities-bolagsprogram"
SWEDISH_PORT: Final = "innocities-hamnprogram"
SWEDISH_ENERGY: Final = "innocities-energiprogram"

PHASES: Final = {
    "avtale": "PG0",
    "forankring": "PG1",
    "kickoff": "PG2",
    "portefolje": "PG3",
    "fornyelse": "PG5",
}
MANDATORY: Final = {
    "PG0": "samarbeidsavtale mal_for_programmet",
    "PG1": "forankringsnotat strategikobling",
    "PG2": "felles_visjon deltakerliste ideliste",
    "PG3": "prioriteringsmatrise portefoljeoversikt",
    "PG4": "arsrapport arsevaluering oppdatert_portefolje",
    "PG5": "treaarsevaluering",
}
RECOMMENDED: Final = {"PG1": "interessentkart", "PG4": "delingslogg", "PG5": "forslag_ny_avtale"}
OUTCOMES: Final = {
    **dict.fromkeys(("PG0", "PG1", "PG2", "PG3"), ("go", "rework", "hold", "stop")),
    "PG4": ("continue", "continue_with_changes", "stop"),
    "PG5": ("renew", "renew_without_a_party", "end"),
}
PROVES: Final = {"hold": "hold", "stop": "stop", "continue_with_changes": "conditions"}
DECIDES: Final[dict[str, dict[str, Any]]] = {
    "PG0": {"each": {"kommunedirektor", "sin_leder"}},
    "PG1": {"each": {"ordforer", "kommunedirektor"}},
    "PG2": {"role": "styringsgruppe"},
    "PG3": {"role": "styringsgruppe"},
    "PG4": {"role": "avtaleparter", "quorum": "all"},
    "PG5": {"role": "avtaleparter", "quorum": "all"},
}
DEADLINES: Final = (
    "PG1/forankringsnotat",  # before the kick-off
    "PG1/programstart",
    "PG2/felles_visjon",
    "portefolje/seks_piloter",
    "PG4/arsrapport",
    "PG5/treaarsevaluering",
)
PARAMETERS: Final = {
    "frist_programstart": "136 days",
    "frist_kickoff": "5 months",
    "frist_piloter": "6 months",
}
COUNTS: Final = {
    PROGRAMME: "smartby-prosjekt",
    PORT: "smartby-havn",
    ENERGY: "smartby-energi",
    SWEDISH: "innocities-sverige",
    COMPANIES: "innocities-bolag",
    SWEDISH_PORT: "innocities-hamn",
    SWEDISH_ENERGY: "innocities-energi",
}


def programmes() -> Iterator[Listed]:
    """Every phase, gate, artefact, approver, outcome and deadline of B.1, and what varies."""
    yield from _phases_and_papers()
    for gate, offered in OUTCOMES.items():
        yield _one(f"{gate} outcomes", "outcomes", gate=gate, offered={*offered})
        for outcome in offered:
            kind = PROVES.get(outcome, "outcome_effect")
            says = {"outcome": outcome} if kind != "hold" and kind != "stop" else {}
            yield _one(f"{gate} {outcome}", kind, gate=gate, **says)
        yield _one(f"{gate} approver", "decided_by", gate=gate, **DECIDES[gate])
    for need in DEADLINES:
        yield _one(f"{need} due", "due", need=need)
    for fact, value in PARAMETERS.items():
        yield _one(fact, "parameter", fact=fact, value=value)
    yield _one("PG4 yearly", "repeats", gate="PG4")
    leaves = {"outcomes": {"renew_without_a_party"}, "needs": {"avtaleparter"}}
    yield _one("a party leaves", "carries", gate="PG5", **leaves)
    yield _one("provenance", "provenance")
    yield _one("a reconstruction", "help_says", path="help")
    for method, projects in COUNTS.items():
        six = {"projects": projects, "phase": "pilot", "at_least": 6}
        yield Listed(f"{method} counts", method, ("count_blocks",), six)
        yield Listed(f"{method} starts", method, ("starts",), {"projects": projects})
    yield from _sweden()
    yield from _variants()


def _one(name: str, *kinds: str, **says: Any) -> Listed:
    return Listed(name, PROGRAMME, kinds, says)


def _phases_and_papers() -> Iterator[Listed]:
    yield _one("the order of phases", "order", main=[*[*PHASES][:4], "drift", "fornyelse"])
    for phase, gate in PHASES.items():
        yield _one(f"phase {phase}", "phase", phase=phase, gate=gate)
    for gate, papers in MANDATORY.items():
        for paper in papers.split():
            yield _one(f"{gate} {paper}", "need_blocks", gate=gate, need=paper)
    for gate, paper in RECOMMENDED.items():
        yield _one(f"{gate} {paper}", "need_recommended", gate=gate, need=paper)


def _sweden() -> Iterator[Listed]:
    for change, kind, says in (
        ("SE-01", "texts", {"languages": ["sv", "en"]}),
        ("SE-02", "no_voice", {"role": "styringsgruppe"}),
        ("SE-21", "need_blocks", {"gate": "PG4", "need": "klusterdelning"}),
        ("SE-21", "fresh", {"gate": "PG4", "need": "klusterdelning"}),
        ("SE-22", "need_blocks", {"gate": "PG1", "need": "innovationskultur_nulage"}),
        ("SE-22", "need_blocks", {"gate": "PG1", "need": "strategi_for_innovation"}),
        ("SE-23", "quiet_moves", {}),
        ("SE-26", "absent", {"path": "roles/ordforer"}),
    ):
        yield Listed(f"{change} {kind}", SWEDISH, (kind,), says)


def _variants() -> Iterator[Listed]:
    """Of the table of variants what concerns a programme: its form, and who leads."""
    for method, director in ((PORT, "havnedirektor"), (ENERGY, "adm_direktor")):
        form = {"path": f"roles/{director}", "was": "kommunedirektor"}
        yield Listed(f"{method} form", method, ("renamed",), form)
        signs = {"gate": "PG0", "each": {director, "sin_leder"}}
        yield Listed(f"{method} signs", method, ("decided_by",), signs)
    yield Listed("VD", COMPANIES, ("decided_by",), {"gate": "PG3", "role": "vd"})
