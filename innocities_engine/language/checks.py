"""What is wrong with a method that is written as the language wants it. Decides what is seen from
the text alone; what takes a walk through every state a project can reach is left to the
verifier.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from innocities_engine.domain.definition import (
    Gate,
    Methodology,
    Phase,
    Role,
    Voice,
)
from innocities_engine.domain.grammar import (
    AnchorKind,
    Choose,
    Every,
    Moment,
    QuorumKind,
    Who,
)
from innocities_engine.domain.worded import Worded
from innocities_engine.language.circles import going_round
from innocities_engine.language.faults import Faults, Path
from innocities_engine.language.moments import anchors
from innocities_engine.language.names import check_earlier_ids
from innocities_engine.language.people import quorums, roles_in
from innocities_engine.language.tracks import Tracks, trace


def check_method(method: Methodology, raw: Mapping[str, Any], faults: Faults) -> None:
    check_earlier_ids(raw, faults)
    lines = trace(raw, Faults())  # its faults are told already
    going_round(method, faults)
    _ways_out(method, faults)
    for gate in method.gates.values():
        _equal_needs(gate, raw["gates"][gate.id], faults)
        _meetings(gate, method, faults)
        _turns_ahead(gate, lines, faults)
        _scored(gate, faults)
        _one_opening(gate, faults)
        _asked_once(gate, faults)
    for role in method.roles.values():
        _role_needs(role, method, faults)
    _quorums(method, raw, faults)
    _answers(method, faults)
    _templates(method, faults)


# ---------------------------------------------------------------- phases and outcomes


def _ways_out(method: Methodology, faults: Faults) -> None:
    """In every phase of the main track some gate offers an outcome that is not passing."""
    leaving = {
        phase
        for gate in method.gates.values()
        if any(not outcome.passing for outcome in gate.outcomes.values())
        for phase in gate.phases
    }
    for phase in method.phases.values():
        if phase.id in leaving or phase.done is not None:
            continue
        message = Worded(
            "Every gate of this phase can only be passed: there is no way to stop or go back."
        )
        hint = Worded("Give a gate an outcome with `end: stopped`, `again`, `turn` or `hold`.")
        tell = faults.error if _is_main(phase, method) else faults.warning
        tell("no-way-out", message, ("phases", phase.id), hint=hint)


def _is_main(phase: Phase, method: Methodology) -> bool:
    root = method.phases.get(phase.track)
    return root is not None and root.main


def _turns_ahead(gate: Gate, lines: Tracks, faults: Faults) -> None:
    for outcome in gate.outcomes.values():
        if outcome.effect != "turn" or outcome.basis is not None:
            continue
        for phase in outcome.targets:
            if _is_ahead(phase, gate.phases, lines):
                path = ("gates", gate.id, "outcomes", outcome.id)
                message = Worded(
                    "The turn to {phase} leads round the gates before it.", phase=phase
                )
                hint = Worded("Say in `basis` why that may be.")
                faults.warning("turn-ahead", message, path, hint=hint)


def _is_ahead(target: str, phases: tuple[str, ...], lines: Tracks) -> bool:
    return any(target != phase and phase not in lines.ahead(target) for phase in phases)


def _one_opening(gate: Gate, faults: Faults) -> None:
    if not gate.outcomes:
        message = Worded("A gate has at least one outcome.")
        faults.error("missing-key", message, ("gates", gate.id, "outcomes"))
    if not gate.phases and not gate.anywhere:
        message = Worded("A gate is decided in at least one phase.")
        faults.error("missing-key", message, ("gates", gate.id, "in"))


def _scored(gate: Gate, faults: Faults) -> None:
    if (
        gate.round
        and gate.round.ranks == "score"
        and not any(c.weight for c in gate.criteria.values())
    ):
        message = Worded("A round that ranks by score needs criteria with a `weight`.")
        faults.error("never-known", message, ("gates", gate.id, "round", "ranks"))


# ---------------------------------------------------------------- needs


def _equal_needs(gate: Gate, raw: Mapping[str, Any], faults: Faults) -> None:
    """The same key under several outcomes is the same need."""
    first: dict[str, tuple[str, Any]] = {}
    for name, outcome in raw.get("outcomes", {}).items():
        for key, need in outcome.get("needs", {}).items():
            other, known = first.setdefault(key, (name, need))
            if known != need:
                path = ("gates", gate.id, "outcomes", name, "needs", key)
                message = Worded(
                    "This is not the need `{key}` of the outcome {other}.", key=key, other=other
                )
                hint = Worded(
                    "Equal keys under several outcomes are equal needs: write both alike."
                )
                faults.error("unequal-need", message, path, hint=hint)


def _meetings(gate: Gate, method: Methodology, faults: Faults) -> None:
    path: Path = ("gates", gate.id)
    if _uses(gate.decides.due, AnchorKind.MEETING) and not sure_session(gate, method):
        message = Worded("No session takes this gate up, so `meeting` is this very date.")
        hint = Worded("Reckon it from `ready` or `entry`, or name a `meeting of` a body.")
        if any(_uses(due, AnchorKind.MEETING) for due, _ in _soft_dues(gate)):
            hint = Worded("Reckon it from `entry`, or name a `meeting of` a body.")
        faults.error("never-known", message, (*path, "decides", "due"), hint=hint)
        return
    for due, where in _soft_dues(gate):
        _due_by_meeting(due, gate, method, (*path, *where), faults)


def _soft_dues(gate: Gate) -> Iterable[tuple[Moment | None, Path]]:
    yield gate.due, ("due",)
    for key, need in gate.needs.items():
        if need.due is not gate.due:
            yield need.due, ("needs", key, "due")
        for facet_moments in need.opens.at.values() if need.opens else ():
            yield facet_moments, ("needs", key, "opens")
    for key, voice in gate.advises.items():
        yield voice.due, ("advises", key, "due")


def _asked_once(gate: Gate, faults: Faults) -> None:
    """What comes again and again is asked by a phase or an outcome; a gate asks once."""
    dues = [*_soft_dues(gate), (gate.decides.due, ("decides", "due"))]
    for due, where in dues:
        if isinstance(due, Every) and where[-1] == "due":
            message = Worded("A gate asks this once, so `every` gives its first date only.")
            hint = Worded(
                "Leave `every` out, or let the phase ask for it, where it comes again and again."
            )
            faults.warning("comes-once", message, ("gates", gate.id, *where), hint=hint)


def _due_by_meeting(
    due: Moment | None, gate: Gate, method: Methodology, path: Path, faults: Faults
) -> None:
    """Without a session, `meeting` is the due date of the decision, which may rest on `ready`."""
    if not _uses(due, AnchorKind.MEETING) or sure_session(gate, method):
        return
    if gate.decides.due is None:
        message = Worded("No session takes {gate} up, so `meeting` is never known.", gate=gate.id)
        hint = Worded("Reckon from something else, or give `decides` a `due`.")
        faults.error("never-known", message, path, hint=hint)
    elif _uses(gate.decides.due, AnchorKind.READY) and "advises" not in path:
        message = Worded(
            "This waits for itself: `meeting` is the due of the decision, which rests on `ready`."
        )
        hint = Worded(
            "Reckon it from `entry`, or give `decides` a `due` that does not rest on `ready`."
        )
        faults.error("rests-on-ready", message, path, hint=hint)


def sure_session(gate: Gate, method: Methodology) -> bool:
    """Whether a body takes the gate up whatever the facts are."""
    if _all_bodies(gate.decides, method):
        return True
    if gate.rates is not None and gate.rates.when is None and _all_bodies(gate.rates, method):
        return True
    return any(v.when is None and _all_bodies(v, method) for v in gate.advises.values())


def _all_bodies(voice: Voice, method: Methodology) -> bool:
    """Every alternative names a body that has sessions."""
    whos: list[Who | None] = [voice.by]
    if isinstance(voice.by, Choose):
        whos = [*(way.use for way in voice.by.alternatives), voice.by.otherwise]
    return all(
        any(_meets(role.role, method) for role in roles_in(who)) for who in whos if who is not None
    )


def _meets(role: str, method: Methodology) -> bool:
    return role in method.roles and method.roles[role].meets is not None


def _uses(moment: Moment | None, kind: AnchorKind) -> bool:
    return moment is not None and any(anchor.kind is kind for anchor in anchors(moment))


def _role_needs(role: Role, method: Methodology, faults: Faults) -> None:
    gates = [
        g for g in method.gates.values() if role.id in {r.role for r in roles_in(g.decides.by)}
    ]
    if role.needs and not gates:
        message = Worded("{role} decides no gate, so these needs never arise.", role=role.id)
        faults.warning("never-arises", message, ("roles", role.id, "needs"))
    for key, need in role.needs.items():
        path = ("roles", role.id, "needs", key, "due")
        if not need.blocks or need.opens is not None:
            continue
        if _uses(need.due, AnchorKind.READY):
            message = Worded("This waits for itself: `ready` comes when this need is done.")
            hint = Worded("Reckon it from `entry` or `meeting`.")
            faults.error("rests-on-ready", message, path, hint=hint)
        for gate in gates:
            _due_by_meeting(need.due, gate, method, path, faults)


def _quorums(method: Methodology, raw: Mapping[str, Any], faults: Faults) -> None:
    """A role counts as filled with fewer people than a voice of it takes."""
    for path, name, quorum in quorums(raw):
        role = method.roles.get(name)
        if role is None or quorum.kind is not QuorumKind.COUNT or quorum.n <= role.seats_at_least:
            continue
        n, least, most = quorum.n, role.seats_at_least, role.seats_at_most
        message = Worded(
            "{n} of {role} are asked here, and with {least} the role is filled.",
            n=n,
            role=name,
            least=least,
        )
        hint = Worded("Write `seats: {{at_least: {n}}}` on the role.", n=n)
        if most is not None and n > most:
            message = Worded(
                "{n} of {role} are asked here, and it has no more seats than {most}.",
                n=n,
                role=name,
                most=most,
            )
            hint = Worded("Ask fewer, or give the role more seats.")
        faults.warning("quorum-beyond-seats", message, (*path, "quorum"), hint=hint)


# ---------------------------------------------------------------- what ought to be there


def _answers(method: Methodology, faults: Faults) -> None:
    for fact in method.facts.values():
        asked = fact.value is None and fact.rule is None and fact.chosen is None
        if asked and not fact.question and not fact.title:
            message = Worded("{fact} is to be answered, but asks nothing.", fact=fact.id)
            hint = Worded("Add a `question`.")
            faults.warning("no-question", message, ("facts", fact.id), hint=hint)


def _templates(method: Methodology, faults: Faults) -> None:
    for artefact in method.artefacts.values():
        if not artefact.template:
            message = Worded("{artefact} has no document template.", artefact=artefact.id)
            hint = Worded(
                "Name one that comes with the program by `template` ({listing} lists some), "
                "or say why there is none: `# allow no-template: …`.",
                listing="`innocities methodology template smartby-prosjekt`",
            )
            faults.warning("no-template", message, ("artefacts", artefact.id), hint=hint)
