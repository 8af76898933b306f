"""Whether a gate may be passed, asked a second time and plainly: is everything there that the words
of the definition want, and have enough of those who decide chosen this very outcome?

Where the engine finds blockers, this finds reasons in its own words; only that there are none, or
some, is ever compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from innocities_engine.domain import events as e
from innocities_engine.domain.project import NeedInstance, Passage
from tests.proofs import plain_rules as plain
from tests.proofs.plain_rules import Spec, World

OVER = ("done", "waived", "lapsed", "carried")
EFFECTS = ("to", "turn", "again", "hold", "end")


def passing(outcome: Spec) -> bool:
    """It moves on, completes, or only settles."""
    if "to" in outcome or outcome.get("end") == "completed":
        return True
    return not any(word in outcome for word in EFFECTS)


def leads_on(gate: Spec) -> bool:
    return any("to" in o or o.get("end") == "completed" for o in gate["outcomes"].values())


def shut(w: World, passage: Passage, outcome: str) -> list[str]:
    """Everything that is not there, or not known, for this outcome; nothing: it may be taken."""
    gate = w.of("gates")[passage.gate]
    way = gate["outcomes"][outcome]
    return [
        *needs(w, passage, gate, carried(w, gate, way)),
        *roles_needs(w, passage, gate),
        *held_by_needs(w, passage, gate, way),
        *criteria(w, passage, gate, carried(w, gate, way)),
        *advice(w, passage, gate),
        *held_by_gates(w, passage, gate),
        *way_not_offered(w, way),
    ]


def carried(w: World, gate: Spec, way: Spec) -> set[str]:
    """The gate's own needs and criteria that the outcome takes along."""
    own = {*gate.get("needs", {}), *gate.get("criteria", {})}
    named = {key: spec for key, spec in way.get("needs", {}).items() if key in own}
    return {
        key for key, spec in named.items() if "when" not in spec or plain.judge(w, spec["when"])
    }


# ---------------------------------------------------------------- needs


def needs(w: World, passage: Passage, gate: Spec, taken_along: set[str]) -> Iterator[str]:
    for key, spec in gate.get("needs", {}).items():
        instance = w.project.needs[f"{passage.gate}/{key}#{passage.n}"]
        if key not in taken_along and missing(w, instance, spec, passage):
            yield f"need {key}"


def missing(w: World, instance: NeedInstance, spec: Spec, passage: Passage | None) -> bool:
    """Whether a need is asked, or may be, and is not met; what is met, nobody has to know of."""
    asked = [spec["when"]] if "when" in spec else []
    match spec.get("required", True):
        case dict() as rule:
            asked.append(rule)
        case False | "false":
            return False
    truths = [plain.judge(w, rule, instance) for rule in asked]
    return (
        False not in truths and instance.status != "waived" and not met(w, instance, spec, passage)
    )


def met(w: World, instance: NeedInstance, spec: Spec, passage: Passage | None) -> bool:
    of = spec.get("of", instance.ref.partition("/")[2])
    if "done" in spec:
        return plain.judge(w, spec["done"], instance) is True
    if "do" in spec or "written" in spec:
        return instance.status == "done"
    if of in w.of("artefacts"):
        return any(counts(w, v, spec, of, passage) for v in plain.counting(w, of))
    if of in w.of("facts"):
        return plain.value(w, of, instance) is not None
    if of in w.of("roles"):
        return plain.filled(w, of)
    wanted = spec.get("outcome") or [
        name for name, way in w.of("gates")[of]["outcomes"].items() if passing(way)
    ]
    assert "times" not in spec, "no shipped gate needs another one several times"
    return plain.gate_holds(w, of, {"outcome": wanted}) is True


def counts(w: World, version: Any, spec: Spec, artefact: str, passage: Passage | None) -> bool:
    """Whether this version has the status that is asked, and is young enough."""
    status = spec.get("status", "submitted")
    if status == "signed" and passage is not None:
        status = "approved" if "approves" in w.of("artefacts")[artefact] else "submitted"
    return plain.reaches(version, status) and is_young(w, version, spec, passage)


def is_young(w: World, version: Any, spec: Spec, passage: Passage | None) -> bool:
    anchor = spec.get("newer_than")
    if passage is not None and passage.n > 1 and comes_again(w, passage.gate):
        before = plain.passages(w, passage.gate)[passage.n - 2]
        if version.at <= (before.settled_at or before.decided_at or before.opened_at):
            return False
    if anchor is None:
        return True
    if anchor == "entry":
        assert passage is not None
        phases = listed(w.of("gates")[passage.gate]["in"])
        last = max(w.project.entries[p][-1] for p in phases if p in w.project.entries)
        return bool(version.at > last)
    if anchor in w.of("gates"):
        decided = [p.decided_at for p in plain.passages(w, anchor) if p.decided_at]
        return not decided or bool(version.at > decided[-1])
    found = [n for n in w.project.needs.values() if n.ref.endswith(f"/{anchor}") and n.done_at]
    if not found:
        return True
    stated, instant = found[-1].done_on, found[-1].done_at
    return bool(w.day(version.at) > stated if stated else version.at > instant)


def comes_again(w: World, gate: str) -> bool:
    opens = w.of("gates")[gate].get("opens")
    if not isinstance(opens, dict):
        return isinstance(opens, str) and opens.startswith("every ")
    at = opens.get("at", {})
    return "by" in opens or "when" in opens or (isinstance(at, dict) and len(at) > 1)


def listed(raw: Any) -> list[str]:
    return [raw] if isinstance(raw, str) else list(raw)


# ---------------------------------------------------------------- needs from elsewhere


def roles_needs(w: World, passage: Passage, gate: Spec) -> Iterator[str]:
    """What those who decide must have before they do; of each member, until a quorum has."""
    asked = plain.who(w, gate["decides"]["by"])
    for part in leaves(asked) if asked else []:
        role = part["role"]
        for key, spec in w.of("roles")[role].get("needs", {}).items():
            if comes_with_decision(w.of("roles")[role]["needs"], key):
                continue
            base = f"{passage.gate}.{role}/{key}#{passage.n}"
            if "each" in spec:
                members = plain.able(w, role, passage.key)
                own = [w.project.needs.get(f"{base}@{m}") for m in members]
                ready = [n for n in own if n is not None and n.status in ("done", "waived")]
                if len(ready) < plain.needed(part["quorum"], len(members)):
                    yield f"{key} of {role}"
            elif missing(w, w.project.needs[base], spec, passage):
                yield f"{key} of {role}"


def leaves(asked: Any) -> list[Spec]:
    parts = asked.get("each") or asked.get("any")
    return [leaf for part in parts for leaf in leaves(part)] if parts else [asked]


def comes_with_decision(beside: Spec, key: str) -> bool:
    """Opened by the decision itself, or by what the decision opens."""
    opens = beside[key].get("opens") if key in beside else None
    if opens is None:
        return False
    return opens == "decision" or comes_with_decision(beside, opens)


def held_by_needs(w: World, passage: Passage, gate: Spec, way: Spec) -> Iterator[str]:
    """Conditions and other needs that stand elsewhere and hold this gate shut."""
    for instance in w.project.needs.values():
        spec, home = words(w, instance)
        if not (instance.decision or home in w.of("phases")) or instance.status in OVER:
            continue
        hits = listed(spec.get("blocks", "none"))
        same_track = instance.track == track(w, passage.gate)
        completes = way.get("end") == "completed" and "end" in hits
        on = same_track and (("next" in hits and leads_on(gate)) or completes)
        if (on or passage.gate in hits) and missing(w, instance, spec, None):
            yield f"condition {instance.key}"


def words(w: World, instance: NeedInstance) -> tuple[Spec, str]:
    """What the definition says of a need, and the place it says it in."""
    home, _, key = instance.ref.partition("/")
    if home in w.of("phases") or home in w.of("roles"):
        kind = "phases" if home in w.of("phases") else "roles"
        return w.of(kind)[home]["needs"][key], home
    gate = w.of("gates")[home]
    own = gate.get("needs", {}).get(key, {})
    if not instance.outcome:
        return own, home
    inherited = {f: v for f, v in own.items() if f not in ("when", "required", "due", "blocks")}
    return {**inherited, **gate["outcomes"][instance.outcome]["needs"][key]}, home


def track(w: World, gate: str) -> str:
    """The track a gate stands in: the one that has been in its phase, told by the record."""
    phases = w.of("phases") if w.of("gates")[gate]["in"] == "any" else None
    wanted = list(phases or listed(w.of("gates")[gate]["in"]))
    return next(root for root in tracks(w) if tracks(w)[root].intersection(wanted))


def tracks(w: World) -> dict[str, set[str]]:
    """Which phases belong together: each root, and all that `to` and `turn` lead to from it."""
    found = {}
    for root, phase in w.of("phases").items():
        if "opens" in phase:
            reached, before = {root}, set[str]()
            while reached != before:
                before = set(reached)
                reached |= {t for g in w.of("gates").values() for t in onward(g, before)}
            found[root] = reached
    return found


def onward(gate: Spec, here: set[str]) -> set[str]:
    if gate["in"] != "any" and not here.intersection(listed(gate["in"])):
        return set()
    return {t for way in gate["outcomes"].values() for t in targets(way)}


def targets(way: Spec) -> list[str]:
    """Every phase an outcome can lead to."""
    raw = way.get("to", way.get("turn", []))
    if isinstance(raw, dict):
        return [one["use"] for one in raw["choose"].values()]
    return listed(raw)


# ---------------------------------------------------------------- judgements


def criteria(w: World, passage: Passage, gate: Spec, taken_along: set[str]) -> Iterator[str]:
    for key, spec in gate.get("criteria", {}).items():
        must = spec.get("must")
        exists = plain.judge(w, spec["when"]) if "when" in spec else True
        if must is None or exists is False or key in taken_along:
            continue
        scale = spec.get("scale", ["met", "partly", "not_met"])
        asked = plain.who(w, spec.get("by") or gate.get("rates", gate["decides"])["by"])
        given = plain.verdict(w, asked, f"{passage.key}/{key}", scale) if asked else None
        least = scale[-1] if must == "rated" else must
        if given is None or scale.index(given) > scale.index(least):
            yield f"criterion {key}"


def advice(w: World, passage: Passage, gate: Spec) -> Iterator[str]:
    for key, spec in gate.get("advises", {}).items():
        if spec.get("required", True) in (False, "false"):
            continue
        if "when" in spec and plain.judge(w, spec["when"]) is False:
            continue
        asked = plain.who(w, spec["by"])
        if not asked or not plain.agreed(w, asked, "advice", f"{passage.key}/{key}"):
            yield f"advice {key}"


def held_by_gates(w: World, passage: Passage, gate: Spec) -> Iterator[str]:
    for name, other in w.of("gates").items():
        hits = listed(other.get("blocks", "none"))
        if name == passage.gate or not any(p.status == "open" for p in plain.passages(w, name)):
            continue
        on = "next" in hits and leads_on(gate) and track(w, name) == track(w, passage.gate)
        if on or passage.gate in hits:
            yield f"gate {name}"


def way_not_offered(w: World, way: Spec) -> Iterator[str]:
    if "when" in way and plain.judge(w, way["when"]) is not True:
        yield "not offered"
    for key, spec in way.get("needs", {}).items():
        if "when" in spec and plain.judge(w, spec["when"]) is None:
            yield f"unknown whether {key} is asked"


# ---------------------------------------------------------------- the decision itself


def not_decided(w: World, passage: Passage, given: e.VoiceGiven) -> list[str]:
    """Why the voice just given makes no decision: too few, or not those who decide."""
    asked = plain.who(w, w.of("gates")[passage.gate]["decides"]["by"])
    if asked is None:
        return ["open who decides"]
    empty = [role for role in plain.roles(asked) if not plain.filled(w, role)]
    enough = given.voice.value in plain.agreed(w, asked, "decision", passage.key)
    return [f"{role} is empty" for role in empty] + ([] if enough else ["too few voices"])
