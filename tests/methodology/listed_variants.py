"""The table of variants (B.5), column by column: what a municipality, a port and an energy company
have of their own, in Sweden and in Norway. The inventory must have a row for each entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tests.methodology.listed import COMPANY, SWEDEN, Listed

PORT_NO: Final = "smartby-havn"
ENERGY_NO: Final = "smartby-energi"
PORT_SE: Final = "innocities-hamn"
ENERGY_SE: Final = "innocities-energi"

WITHIN: Final = {"anslatt_kostnad": 9999999}
ABOVE: Final = {"anslatt_kostnad": 10000000}


def variants() -> Iterator[Listed]:
    yield from _municipality()
    yield from _company()
    yield from _swedish(PORT_SE, "hamnchef")
    yield from _swedish(ENERGY_SE, "affarsomradeschef")
    yield from _norwegian(PORT_NO, "havnedirektor", "havnestyre")
    yield from _norwegian(ENERGY_NO, "adm_direktor", "selskapsstyre")
    for method in PARTIES:
        yield from _parties_and_themes(method)
    for method, checks in SECTOR_CHECKS.items():
        for gate, need in checks:
            yield _cell(method, f"sector check {need}", "need_conditional", gate=gate, need=need)


def _cell(method: str, name: str, *kinds: str, **says: Any) -> Listed:
    return Listed(f"{method} {name}", method, kinds, says)


# ---------------------------------------------------------------- who decides, and the rest by form


def _municipality() -> Iterator[Listed]:
    """The column of the municipality."""
    for gate, role in (("G1", "verksamhetschef"), ("G2", "forvaltningschef")):
        yield _cell(SWEDEN, f"{gate} approver", "decided_by", gate=gate, role=role)
    within = {"role": "forvaltningschef", "given": WITHIN}
    yield _cell(SWEDEN, "G3 within mandate", "decided_by", gate="G3", **within)
    yield _cell(SWEDEN, "G3 above", "decided_by", gate="G3", role="namnd", given=ABOVE)
    principle = {"role": "kommunfullmaktige", "given": {"principiell": True}}
    yield _cell(SWEDEN, "G3 principle", "decided_by", gate="G3", **principle)
    for adviser in ("namnd", "kommunstyrelse"):
        yield _cell(SWEDEN, f"prepared by {adviser}", "advised_by", gate="G3", role=adviser)
    yield _cell(SWEDEN, "wait", "wait", role="namnd", need="laga_kraft")
    for law in ("LOU", "LUF"):
        says = {"fact": "upphandlingslag", "is": law}
        yield _cell(SWEDEN, f"procurement {law}", "fact_value", **says)
    yield _cell(SWEDEN, "documents public", "need_blocks", gate="G5", need="exportpaket")
    yield _cell(SWEDEN, "MBL", "need_conditional", gate="G3", need="mbl_forhandling")
    yield _cell(SWEDEN, "calendar", "due", need="G3/forprosjektrapport")
    for need in ("medborgardialog_plan",):
        yield _cell(SWEDEN, "dialogue", "need_blocks", gate="G2", need=need)
    yield _cell(SWEDEN, "children", "need_conditional", gate="G2", need="barnets_basta")


def _company() -> Iterator[Listed]:
    """What the columns of port and energy company have in common in Sweden."""
    yield from _head_or_director(COMPANY, "chef")
    yield _cell(COMPANY, "G2 approver", "decided_by", gate="G2", role="vd")
    yield _cell(COMPANY, "G3 within", "decided_by", gate="G3", role="vd", given=WITHIN)
    yield _cell(COMPANY, "G3 board", "decided_by", gate="G3", role="styrelse", given=ABOVE)
    principle = {"role": "styrelse", "given": {"principiell": True}}
    yield _cell(COMPANY, "G3 principle", "decided_by", gate="G3", **principle)
    yield _cell(COMPANY, "owner gate", "gate_need", gate="G3", need="agarprovning")
    council = {"role": "kommunfullmaktige", "quorum": "majority"}
    yield _cell(COMPANY, "council", "decided_by", gate="agarprovning", **council)
    for adviser in ("styrelse", "agare"):
        yield _cell(COMPANY, adviser, "advised_by", gate="agarprovning", role=adviser)
    yield _cell(COMPANY, "legal basis", "criterion_blocks", gate="G3", criterion="agardirektiv")
    yield _cell(COMPANY, "no wait", "absent", path="roles/styrelse/needs/laga_kraft")
    wait = {"role": "kommunfullmaktige", "need": "laga_kraft"}
    yield _cell(COMPANY, "wait of the council", "wait", **wait)
    yield _cell(COMPANY, "documents public", "need_blocks", gate="G5", need="exportpaket")
    yield _cell(COMPANY, "MBL", "need_conditional", gate="G3", need="mbl_forhandling")


def _swedish(method: str, head: str) -> Iterator[Listed]:
    yield from _head_or_director(method, head)
    yield _cell(method, "G2 approver", "decided_by", gate="G2", role="vd")
    yield _cell(method, "G3 within", "decided_by", gate="G3", role="vd", given=WITHIN)
    yield _cell(method, "G3 board", "decided_by", gate="G3", role="styrelse", given=ABOVE)
    yield _cell(method, "owner gate", "gate_need", gate="G3", need="agarprovning")
    for use, law in PROCUREMENT[method].items():
        says = {"fact": "upphandlingslag", "answers": {"anvandning": use}, "is": law}
        yield _cell(method, f"procurement {use}", "fact_value", **says)
    yield _cell(method, "calendar", "due", need="G3/forprosjektrapport")


def _head_or_director(method: str, head: str) -> Iterator[Listed]:
    yield _cell(method, "G1 head", "decided_by", gate="G1", role=head)
    director = {"role": "vd", "given": {"empty": [head]}}
    yield _cell(method, "G1 director", "decided_by", gate="G1", **director)


def _norwegian(method: str, director: str, board: str) -> Iterator[Listed]:
    form = {"path": f"roles/{director}", "was": "kommunedirektor"}
    yield _cell(method, "form", "renamed", **form)
    for gate in ("G1", "G2"):
        yield _cell(method, f"{gate} approver", "decided_by", gate=gate, role=director)
    yield _cell(method, "G3 within", "decided_by", gate="G3", role=director, given=WITHIN)
    yield _cell(method, "G3 board", "decided_by", gate="G3", role=board, given=ABOVE)
    principle = {"role": "eiermote", "given": {"prinsipiell": True}}
    yield _cell(method, "G3 principle", "advised_by", gate="G3", **principle)
    yield _cell(method, "no wait", "outcome_effect", gate="G3", outcome="go", given=ABOVE)
    procurement = {"artefact": "anskaffelsesstrategi", "facts": {"anskaffelsesregler"}}
    yield _cell(method, "procurement", "form", **procurement)
    yield _cell(method, "calendar", "due", need="G3/forprosjektrapport")


PROCUREMENT: Final = {
    PORT_SE: {"hamnverksamhet": "LUF", "annan_verksamhet": "LOU"},
    ENERGY_SE: {"el_gas_varme": "LUF", "fjarrkyla": "LOU", "bransle": "undantag"},
}

# ---------------------------------------------------------------- helix, themes, sector checks

PARTIES: Final = {
    SWEDEN: "kommunen naeringsliv akademia innbyggere",
    PORT_SE: "agarkommuner hamnkunder rederier terminaloperatorer akademia grannar",
    ENERGY_SE: "agarkommunen bostadsbolag akademia natkunder prosumenter",
    PORT_NO: "eierkommunene havnekunder rederier terminaloperatorer akademia naboer",
    ENERGY_NO: "eiere boligselskaper akademia nettkunder plusskunder",
}
THEMES: Final = {
    SWEDEN: "helse mobilitet offentlige_tjenester vann bygg_og_bolig energi",
    PORT_SE: "landstrom logistik cirkular_ekonomi autonom_utrustning energinav",
    ENERGY_SE: "flexibilitet mikronat laddning vatgas lokala_energimarknader",
    PORT_NO: "landstrom logistikk sirkulaer_okonomi autonomt_utstyr energiknutepunkt",
    ENERGY_NO: "fleksibilitet mikronett lading hydrogen lokale_energimarkeder",
}
SECTOR_CHECKS: Final = {
    PORT_SE: (
        ("G2", "kunddialog"),
        ("G3", "hamntjanster"),
        ("G3", "hamnordning"),
        ("G3", "miljotillstand"),
        ("G3", "isps"),
    ),
    ENERGY_SE: (
        ("G3", "intaktsram"),
        ("G3", "natutvecklingsplan"),
        ("G3", "kostnadsbarande_enhet"),
        ("G3", "sakerhetsskydd"),
    ),
    PORT_NO: (
        ("G2", "kundedialog"),
        ("G3", "havnetjenester"),
        ("G3", "havneforskrift"),
        ("G3", "miljotillatelse"),
        ("G3", "isps"),
    ),
    ENERGY_NO: (
        ("G3", "inntektsramme"),
        ("G3", "nettutviklingsplan"),
        ("G3", "kostnadsbaerende_enhet"),
        ("G3", "sikkerhetsvurdering"),
    ),
}


def _parties_and_themes(method: str) -> Iterator[Listed]:
    for party in PARTIES[method].split():
        yield _cell(method, f"party {party}", "party", role=party)
    yield _cell(method, "themes", "choices", fact="tema", choices=THEMES[method].split())
    if method != SWEDEN:
        yield _cell(method, "sectors are counted", "sectors_block", gate="G1")
