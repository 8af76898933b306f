"""V3: every gate can be passed, every outcome chosen, and by whom it takes; and V4 as far as papers
are what a gate can never have.
"""

from __future__ import annotations

from collections.abc import Iterator

from innocities_engine.authoring.verify import blame
from innocities_engine.authoring.verify.findings import Claim, Finding, Story
from innocities_engine.authoring.verify.reaching import opened_of, taken_of
from innocities_engine.authoring.verify.states import Explored
from innocities_engine.domain.definition import Gate
from innocities_engine.language.faults import Path


def never_passed(
    found: Explored, known: list[Finding], constant: list[Finding]
) -> Iterator[Finding]:
    """Gates that open and can never be passed, and single outcomes that can never be chosen.

    `constant`: rules that never hold, which is why an outcome may never be offered.
    """
    taken, opened = taken_of(found), opened_of(found)
    told = list(known)
    for gate in found.world.method.gates.values():
        if gate.id not in opened:
            continue
        passing = [o.id for o in gate.outcomes.values() if o.passing]
        never = [o for o in gate.outcomes if (gate.id, o) not in taken]
        if passing and set(passing) <= set(never):
            finding = _shut(found, gate, passing, told)
            if finding is not None:
                told.append(finding)
                yield finding
            never = [o for o in never if o not in passing]
        for outcome in never:
            finding = _never_chosen(found, gate, outcome)
            if finding is None or any(_explains(f, gate, finding.path) for f in (*told, *constant)):
                continue
            yield finding


def _shut(found: Explored, gate: Gate, passing: list[str], known: list[Finding]) -> Finding | None:
    """The state in which least is in the way, and what that is."""
    tried = [
        (len(result.core), n, outcome)
        for n, node in enumerate(found.nodes)
        for (g, outcome), result in node.blocked.items()
        if g == gate.id and outcome in passing
    ]
    if not tried:
        return None
    _, n, outcome = min(tried)
    rule, path = blame.of_gate(found, found.nodes[n], gate.id, outcome)
    if any(_explains(finding, gate, path) for finding in known):
        return None
    story = blame.stuck_story(found, n, gate.id, outcome)
    params = {"gate": gate.id, "place": ".".join(path)}
    others = blame.excluding(found, found.nodes[n], gate.id, outcome)
    if others:
        return Finding(rule, "excluded", path, {**params, "others": ", ".join(others)}, story=story)
    return Finding(rule, "never_passed", path, params, story=story)


def _explains(finding: Finding, gate: Gate, path: Path) -> bool:
    """Whether what was found before is why this gate stays shut."""
    if blame.covers([finding], path):
        return True
    if finding.path[:3] in [("gates", gate.id, facet) for facet in ("decides", "rates", "advises")]:
        return True
    if finding.kind == "gate_unopened":
        need = gate.needs.get(path[-1]) if path[:3] == ("gates", gate.id, "needs") else None
        return need is not None and need.of == finding.path[1]
    if finding.path[0] == "roles" or finding.path[0] == "artefacts":
        asked = {need.of for need in gate.needs.values()}
        return finding.path[1] in asked or finding.kind == "seats_cross"
    return False


def _never_chosen(found: Explored, gate: Gate, outcome: str) -> Finding | None:
    tried = [
        (n, node.blocked[gate.id, outcome])
        for n, node in enumerate(found.nodes)
        if (gate.id, outcome) in node.blocked
    ]
    if not tried:
        return None
    n, _ = min(tried, key=lambda one: len(one[1].core))
    when = gate.outcomes[outcome].when is not None
    path = ("gates", gate.id, "outcomes", outcome, *(("when",) if when else ()))
    story = blame.stuck_story(found, n, gate.id, outcome)
    return Finding("V3", "never_chosen", path, {"gate": gate.id, "outcome": outcome}, story=story)


def nobody_there(found: Explored) -> Iterator[Finding]:
    """Roles that have to act before any decision has appointed somebody."""
    for missing, n in sorted(found.missing.items(), key=lambda one: (one[1], one[0].path)):
        rule = "V4" if missing.path[0] == "artefacts" else "V3"
        story = Story(found.lines(n), Claim("vacant", {"role": missing.role}))
        params = {"role": missing.role, "place": ".".join(missing.path)}
        yield Finding(rule, "nobody_there", missing.path, params, story=story)
