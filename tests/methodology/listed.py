"""What the descriptions of the methods list, written down apart from the inventory: the parts of
B.2, the changes of B.3, the vectors of B.4. The inventory has to have a row for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from tests.methodology.inventory import Row

BASE: Final = "smartby-prosjekt"
SWEDEN: Final = "innocities-sverige"
COMPANY: Final = "innocities-bolag"

SHUTS: Final = ("need_blocks", "approval_blocks", "facts_block", "passed_blocks", "parties_block")
JUDGED: Final = ("criterion_blocks", *SHUTS)


@dataclass(frozen=True)
class Listed:
    """Something a description lists: the kinds of row that may prove it, and what they say."""

    name: str
    method: str
    kinds: tuple[str, ...]
    says: dict[str, Any] = field(default_factory=dict)
    id: str = ""  # how the id of the row begins, where only that tells rows apart

    def is_proved_by(self, row: Row) -> bool:
        same = all(_agrees(value, row.check.get(key)) for key, value in self.says.items())
        named = not self.id or row.id == self.id or row.id.rstrip("abcd") == self.id
        return row.method == self.method and row.kind in self.kinds and same and named


def _agrees(listed: Any, said: Any) -> bool:
    """A row may say more than is listed: further facts given, further artefacts of an owner."""
    if isinstance(listed, dict):
        return isinstance(said, dict) and listed.items() <= said.items()
    if isinstance(listed, set):
        return isinstance(said, list) and listed <= {*said}
    return bool(listed == said)


# ---------------------------------------------------------------- B.2

PHASES: Final = {
    "ide": ("G1", "30 days"),
    "kartlegging": ("G2", "8 weeks"),
    "forprosjekt": ("G3", "4 months"),
    "pilot": ("G4", "12 months"),
    "innforing": ("G5", "3 months"),
}
MANDATORY: Final = {
    "G1": "idebeskrivelse behovsbeskrivelse heliks_kart",
    "G2": "innsiktsrapport alternativvurdering prosjektforslag gevinstoversikt deltakelsesbevis",
    "G3": "forprosjektrapport prosjektplan gevinstrealiseringsplan risikovurdering nullpunktsmaling"
    " finansieringsbevis personvernvurdering",
    "G4": "pilotevaluering oppdatert_gevinstplan driftsavklaring",
    "G5": "sluttrapport overleveringsprotokoll erfaringslogg arkivert_dokumentasjon",
    "G6": "effektmaling",
    "G7": "delingspakke",
}
RECOMMENDED: Final = {
    "G1": "lignende_losninger",
    "G2": "fns_baerekraftsmal_vurdering",
    "G3": "interessentanalyse kommunikasjonsplan anskaffelsesstrategi",
    "G4": "opplaeringsplan",
    "G7": "presentasjon_i_nettverk",
}
CRITERIA: Final = {"G1": 8, "G2": 8, "G3": 9, "G4": 7, "G5": 7, "G6": 3, "G7": 2}
ALL: Final = ("go", "go_with_conditions", "rework", "hold", "stop")
OUTCOMES: Final = {
    "G1": ALL,
    "G2": ALL,
    "G3": ALL,
    "G4": ALL,
    "G5": ("go", "rework"),
    "G6": ("continue", "corrective", "done"),
    "G7": ALL,
}
PROVES: Final = {"go_with_conditions": "conditions", "hold": "hold", "stop": "stop"}
PERSONS: Final = (
    "ideeier prosjektleder prosjekteier gevinstansvarlig programkoordinator ordforer"
    " kommunedirektor linjeleder"
)
HELIX: Final = {
    "kommunen": "public",
    "naeringsliv": "business",
    "akademia": "academia",
    "innbyggere": "civil_society",
}
DECIDES: Final[dict[str, dict[str, Any]]] = {
    "G1": {"role": "styringsgruppe", "quorum": "majority"},
    "G2": {"role": "prosjekteier"},
    "G3": {"role": "prosjekteier"},
    "G4": {"each": {"prosjekteier", "linjeleder"}},
    "G5": {"role": "prosjekteier"},
    "G6": {"role": "prosjekteier"},
    "G7": {"role": "programkoordinator"},
}
SUBMITS: Final = {
    "ideeier": {"idebeskrivelse", "behovsbeskrivelse"},
    "programkoordinator": {"heliks_kart"},
    "prosjektleder": {"prosjektforslag", "prosjektplan", "pilotevaluering", "sluttrapport"},
    "gevinstansvarlig": {"effektmaling"},
}


def base() -> Iterator[Listed]:
    """Every phase, gate, artefact, criterion, role, outcome and deadline of B.2."""
    for phase, (gate, length) in PHASES.items():
        yield _b2(f"phase {phase}", "phase", phase=phase, gate=gate, expected=length)
    yield _b2("phase gevinst", "track_opens", phase="gevinst", gate="G5")
    yield _b2("phase spredning", "track_opens", phase="spredning", gate="G4")
    yield _b2("the order of phases", "order", main=list(PHASES))
    for gate, papers in MANDATORY.items():
        for paper in papers.split():
            yield _b2(f"{gate} {paper}", *SHUTS, gate=gate, need=paper)
    for gate, papers in RECOMMENDED.items():
        for paper in papers.split():
            yield _b2(f"{gate} {paper}", "need_recommended", gate=gate, need=paper)
    yield _b2("G3 aarsbudsjett", "need_conditional", gate="G3", need="aarsbudsjett")
    yield _b2("G6 konseptevaluering", "need_at_instance", gate="G6", need="konseptevaluering")
    for gate, count in CRITERIA.items():
        for n in range(1, count + 1):
            name = f"B2.{gate}.c{n}"
            yield Listed(f"{gate} c{n}", BASE, JUDGED, {"gate": gate}, id=name)
    yield from _decisions()
    yield from _deadlines()


def _b2(name: str, *kinds: str, **says: Any) -> Listed:
    return Listed(name, BASE, kinds, says)


def _decisions() -> Iterator[Listed]:
    for gate, offered in OUTCOMES.items():
        yield _b2(f"{gate} outcomes", "outcomes", gate=gate, offered={*offered})
        for outcome in offered:
            kind = PROVES.get(outcome, "outcome_effect")
            if (gate, outcome) == ("G7", "stop"):
                kind = "outcome_effect"
            says = {} if kind in ("hold", "stop") else {"outcome": outcome}
            yield _b2(f"{gate} {outcome}", kind, gate=gate, **says)
        yield _b2(f"{gate} decides", "decided_by", gate=gate, **DECIDES[gate])
    yield _b2("G2 advice", "advised_by", gate="G2", role="styringsgruppe")
    yield _b2("G3 council", "decided_by", gate="G3", role="kommunestyre", quorum="majority")
    yield _b2("G1 information", "told", gate="G1", roles={"ordforer", "kommunedirektor"})
    yield _b2("G5 brief to management", "told", gate="G5", roles={"kommunedirektor"})
    for role in PERSONS.split():
        yield _b2(f"role {role}", "role", role=role, **{"is": "person"})
    yield _b2("role styringsgruppe", "role", role="styringsgruppe", **{"is": "body"})
    for party, sector in HELIX.items():
        yield _b2(f"party {party}", "party", role=party, sector=sector)
    for role, papers in SUBMITS.items():
        yield _b2(f"{role} submits", "owners", role=role, artefacts=papers)


def _deadlines() -> Iterator[Listed]:
    for gate, paper in (("G1", "idebeskrivelse"), ("G2", "innsiktsrapport")):
        yield _b2(f"{gate} papers before the meeting", "due", need=f"{gate}/{paper}")
    yield _b2("G3 papers before the meeting", "due", need="G3/forprosjektrapport")
    yield _b2("owner, monthly", "recurs", need="eierskap/eiertid")
    yield _b2("owner, nudge", "reminder", need="eierskap/eiertid", to=["prosjekteier"])
    yield _b2("status interval at G3", "carries", gate="G3", needs={"rapportintervall"})
    yield _b2("status report", "recurs", need="pilot/statusrapport")
    content = {f"rapport_{x}" for x in ("okonomi", "timer", "risiko", "milepaeler", "avvik")}
    yield _b2("status content", "form", artefact="statusrapport", facts=content)
    for gate in OUTCOMES:
        yield _b2(f"{gate} decision in ten days", "decision_due", gate=gate)
    yield _b2("then escalate", "reminder", decision="G2", escalation=True)
    for gate in ("G1", "G2", "G3", "G4", "G7"):
        yield _b2(f"{gate} hold 60 days", "hold", gate=gate, at_most="60 days")
    for rung in ("early", "near"):
        yield _b2(f"hold, {rung}", "reminder", review="G1", rung=rung)
    yield _b2("effects", "repeats", gate="G6")
    yield _b2("calendar", "calendar", country="NO")
    yield _b2("provenance", "provenance")
    yield _b2("a reconstruction", "help_says", path="help")


# ---------------------------------------------------------------- B.3

YES: Final = {"avser_mal_inriktning": True}
CHANGES: Final[dict[str, tuple[tuple[str, dict[str, Any]], ...]]] = {
    "SE-01": (("texts", {"languages": ["sv", "en"]}), ("order", {"main": list(PHASES)})),
    "SE-02": (
        ("no_voice", {"role": "styringsgruppe"}),
        ("decided_by", {"gate": "G1", "role": "verksamhetschef"}),
        ("decided_by", {"gate": "G2", "role": "forvaltningschef"}),
        *(("advised_by", {"gate": g, "role": "styringsgruppe"}) for g in ("G1", "G2", "G3")),
    ),
    "SE-03": tuple(
        ("decided_by", {"gate": g, "role": "namnd", "given": YES}) for g in ("G2", "G3", "G4")
    ),
    "SE-04": (
        ("decided_by", {"gate": "G3", "role": "kommunfullmaktige", "quorum": "majority"}),
        ("advised_by", {"gate": "G3", "role": "namnd"}),
        ("advised_by", {"gate": "G3", "role": "kommunstyrelse", "after": "namnden"}),
    ),
    "SE-05": tuple(
        ("after_decision", {"gate": g, "need": n})
        for g in ("G1", "G2", "G3")
        for n in ("delegationsbeslut", "anmal_till_namnd")
    ),
    "SE-06": (
        *(
            ("after_decision", {"role": r, "need": "justering"})
            for r in ("namnd", "kommunfullmaktige")
        ),
        *(("chain", {"role": r, "opens": "anslag"}) for r in ("namnd", "kommunfullmaktige")),
        *(("wait", {"role": r, "need": "laga_kraft"}) for r in ("namnd", "kommunfullmaktige")),
        ("outcome_effect", {"gate": "G3", "outcome": "go", "effect": "to"}),
    ),
    "SE-07": tuple(
        ("parameter", {"fact": f}) for f in ("justeringstid", "anslagstid", "overklagandetid")
    ),
    "SE-08": (
        ("need_blocks", {"gate": "G1", "need": "diarienummer"}),
        *(
            ("after_decision", {"gate": g, "need": "diarieforing"})
            for g in ("G1", "G2", "G3", "G5", "G7")
        ),
        ("need_blocks", {"gate": "G5", "need": "exportpaket"}),
        *(("stop", {"gate": g, "need": "exportpaket"}) for g in ("G1", "G2", "G3", "G4")),
        ("retention", {}),
    ),
    "SE-09": (
        *(
            ("need_blocks", {"gate": g, "need": n})
            for g in ("G2", "G3")
            for n in ("tjansteskrivelse", "forslag_till_beslut", "fem_rubriker")
        ),
        (
            "form",
            {
                "artefact": "forslag_till_beslut",
                "facts": {f"beslut_{x}" for x in ("vad", "nar", "ekonomi", "ansvar", "niva")},
            },
        ),
    ),
    "SE-10": (
        ("need_blocks", {"gate": "G1", "need": "barn_berors"}),
        *(("need_conditional", {"gate": g, "need": "barnets_basta"}) for g in ("G2", "G3")),
        ("first_done", {"gate": "G3", "need": "barnets_basta"}),
    ),
    "SE-11": (
        *(("need_conditional", {"gate": g, "need": "mbl_forhandling"}) for g in ("G3", "G4", "G5")),
        *(
            ("wait", {"gate": g, "need": n})
            for g in ("G3", "G4")
            for n in ("mbl_frist", "mbl_klar")
        ),
    ),
    "SE-12": (
        ("renamed", {"path": "artefacts/upphandlingsstrategi", "was": "anskaffelsesstrategi"}),
        ("parameter", {"fact": "grans_dokumentation", "value": 100000}),
        ("parameter", {"fact": "grans_direkt_lou", "value": 700000}),
        ("parameter", {"fact": "grans_direkt_luf", "value": 1200000}),
        *(("fact_value", {"fact": "ska_dokumenteras", "is": x}) for x in (False, True)),
        *(("fact_value", {"fact": "over_direktgrans", "is": x}) for x in (False, True)),
        ("need_conditional", {"gate": "G3", "need": "upphandlingsstrategi"}),
        ("facts_block", {"gate": "G3", "need": "forfarande_valt"}),
        ("need_blocks", {"gate": "G3", "need": "skal_direktupphandling"}),
        ("facts_block", {"gate": "G3", "need": "riktlinjer_finns"}),
    ),
    "SE-13": (
        *(("fact_value", {"fact": "upphandlingslag", "is": x}) for x in ("LOU", "LUF")),
        (
            "fact_value",
            {
                "is": "LOU",
                "answers": {"anvandning": "bada", "huvudanvandning": "kan_inte_faststallas"},
            },
        ),
        ("need_conditional", {"gate": "G3", "need": "val_av_upphandlingslag"}),
    ),
    "SE-14": (
        ("need_blocks", {"gate": "G2", "need": "dataskydd"}),
        ("need_conditional", {"gate": "G4", "need": "konsekvensbedomning"}),
        ("need_conditional", {"gate": "G4", "need": "imy_klart"}),
        ("basis", {"change": "SE-14", "is": "unverified"}),
    ),
    "SE-15": (("need_conditional", {"gate": "G3", "need": "tillganglighetskrav"}),),
    "SE-16": (
        *(
            ("criterion_blocks", {"gate": g, "criterion": c, "worst": "rated"})
            for g in ("G2", "G4")
            for c in ("okonomi", "miljo", "sosialt")
        ),
        *(
            ("need_blocks", {"gate": g, "need": n})
            for g in ("G2", "G4")
            for n in ("hallbarhetsbedomning", "avveining")
        ),
        ("need_recommended", {"gate": "G2", "need": "fns_baerekraftsmal_vurdering"}),
    ),
    "SE-17": (
        ("need_blocks", {"gate": "G2", "need": "medborgardialog_plan"}),
        ("form", {"artefact": "medborgardialog_plan", "facts": {"dialogniva", "dialogdatum"}}),
        ("choices", {"fact": "dialogniva"}),
        ("passed_blocks", {"gate": "G2", "fact": "dialogdatum"}),
        ("need_blocks", {"gate": "G3", "need": "dialog_aterkoppling"}),
    ),
    "SE-18": (
        *(
            ("member_blocks", {"gate": g, "need": "javsdeklaration"})
            for g in ("G1", "G2", "G3", "G4", "G5", "G6", "G7")
        ),
        ("conflict", {"gate": "G1"}),
        ("conflict", {"gate": "G2", "role": "namnd"}),
    ),
    "SE-19": (
        ("renamed", {"path": "roles/effekthemtagningsansvarig", "was": "gevinstansvarlig"}),
        *(("need_blocks", {"gate": g, "need": "nyttokalkyl"}) for g in ("G2", "G3")),
        ("form", {"artefact": "effekthemtagningsplan"}),
        ("need_blocks", {"gate": "G3", "need": "effekter_beskrivna"}),
    ),
    "SE-20": (
        ("need_recommended", {"gate": "G5", "need": "effektuppfoljare"}),
        ("owners", {"role": "effektuppfoljare", "artefacts": {"effektmaling"}}),
        ("repeats", {"gate": "G6", "given": {"egen_takt": False}}),
        ("repeats", {"gate": "G6", "given": {"egen_takt": True}}),
    ),
    "SE-23": (
        ("calendar", {"country": "SE"}),
        ("quiet_moves", {}),
        ("wait", {"role": "namnd", "need": "laga_kraft", "on": date(2026, 6, 17)}),
    ),
    "SE-24": (
        ("need_conditional", {"gate": "G3", "need": "budgetaskande"}),
        ("due", {"need": "G3/budgetaskande"}),
        ("passed_blocks", {"gate": "G3", "need": "medel_beslutade"}),
        ("facts_block", {"gate": "G3", "need": "medel_beslutade"}),
    ),
    "SE-25": (
        ("gate_opens", {"gate": "mandatskifte"}),
        ("need_blocks", {"gate": "mandatskifte", "need": "overlamningsbrief"}),
        ("need_blocks", {"gate": "mandatskifte", "need": "beslutsvagar"}),
        ("gate_blocks", {"gate": "mandatskifte", "blocks": {"G1", "G2", "G3", "G4", "G5"}}),
    ),
    "SE-26": (
        ("absent", {"path": "roles/ordforer"}),
        ("no_voice", {"role": "presidium"}),
        ("told", {"gate": "G1", "roles": {"presidium"}}),
    ),
    "SE-27": (
        ("need_conditional", {"gate": "G3", "need": "statsstodsprovning"}),
        ("need_blocks", {"gate": "G3", "need": "statsstod"}),
        ("need_blocks", {"gate": "G2", "need": "miljobedomning_behov"}),
        ("need_blocks", {"gate": "G2", "need": "miljobedomning_kravs"}),
    ),
    "SE-28": (
        ("carried", {"gate": "G3", "need": "finansieringsbevis", "blocks": "G4"}),
        ("carries", {"gate": "G3", "needs": {"bidragsbesked"}}),
        (
            "need_blocks",
            {"gate": "G3", "need": "finansieringsbevis", "outcome": "go_with_conditions"},
        ),
    ),
}


def sweden() -> Iterator[Listed]:
    for change, parts in CHANGES.items():
        for n, (kind, says) in enumerate(parts, start=1):
            yield Listed(f"{change} {kind} {n}", SWEDEN, (kind,), says)


# ---------------------------------------------------------------- B.4

VECTORS: Final = (  # start, period, end in Sweden, end in Norway
    ("2026-05-29", "3 weeks", "2026-06-22", "2026-06-19"),
    ("2026-12-03", "3 weeks", "2026-12-28", "2026-12-24"),
    ("2026-12-10", "3 weeks", "2027-01-04", "2026-12-31"),
    ("2026-12-15", "3 weeks", "2027-01-05", "2027-01-05"),
    ("2026-12-16", "3 weeks", "2027-01-07", "2027-01-06"),
    ("2026-03-12", "3 weeks", "2026-04-02", "2026-04-07"),
    ("2026-05-04", "3 weeks", "2026-05-25", "2026-05-26"),
    ("2028-05-16", "3 weeks", "2028-06-07", "2028-06-06"),
    ("2026-10-10", "3 weeks", "2026-11-02", "2026-11-02"),
    ("2026-08-31", "6 months", "2027-03-01", "2027-03-01"),
)
MEETING: Final = {"styringsgruppe": [date(2026, 4, 8)]}


def calendars() -> Iterator[Listed]:
    for start, period, sweden_ends, norway_ends in VECTORS:
        for method, end in ((SWEDEN, sweden_ends), (BASE, norway_ends)):
            says = {"start": _day(start), "period": period, "is": _day(end)}
            yield Listed(f"{method} {start}", method, ("statutory_end",), says)
    for method, end in ((SWEDEN, "2026-04-02"), (BASE, "2026-04-01")):
        says = {"given": {"meetings": MEETING}, "is": _day(end)}
        yield Listed(f"{method} papers", method, ("due",), says)


def _day(text: str) -> date:
    return date.fromisoformat(text)
