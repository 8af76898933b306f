"""Decide what of a method a state chart can say, and write it as SCXML: where each track of a
project can stand, and what leads from one place to the next. Whether a decision may be taken no
chart can judge: what is asked for stands in it as data, never as a condition.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from xml.etree import ElementTree as ET

from innocities_engine import library, wording
from innocities_engine.domain import arising, machine, mentions
from innocities_engine.domain.definition import (
    BlockKind,
    Effect,
    Element,
    Gate,
    Methodology,
    Outcome,
    Phase,
    Texts,
)

NAMESPACE: Final = "http://www.w3.org/2005/07/scxml"
OURS: Final = "urn:innocities:scxml:1"
PREFIX: Final = "innocities:"
# The only characters that XML cannot hold, of those that are shown as they are.
NO_CHARACTERS: Final = str.maketrans(dict.fromkeys("\ufffe\uffff", "\ufffd"))
ABOUT: Final = """
  A project that follows this method, as a state chart: in which phase each of
  its tracks stands, and whether it runs there, is held, is about to move, or
  has ended.

  Each event stands for one in the record of a project:
    effect.GATE.OUTCOME         a decision takes effect
    effect.GATE.OUTCOME.PHASE   a decision takes effect, and leads to this phase
    wait.GATE.OUTCOME           a track begins to wait for the effect of a decision
    cancel.TRACK                what a track waits for will not come
    resume.TRACK                a track runs again: after a hold, or because
                                nothing is to come any more
    open.TRACK                  a track begins that does not begin with the project
    complete.PHASE              a phase is done, and its track ends with it
  A track is called by its first phase. What a state does not name changes
  nothing. When the main track is stopped, the whole project is.

  Whether something may be decided is not judged here: papers, people,
  questions, rules and dates are in innocities:rules, as data. A decision that
  was refused is no event. Nor are corrections of the record: one that annuls a
  decision puts the tracks back to where they stood before it.
"""


def written(resolved: Mapping[str, Any]) -> str:
    """The chart of a resolved method. The same method gives the same text, whoever asks."""
    method = library.compile_resolved(resolved)
    rules = library.rules(resolved)
    root = ET.Element("scxml", {
        "xmlns": NAMESPACE, f"xmlns:{PREFIX[:-1]}": OURS, "version": "1.0", "datamodel": "null",
        # some programs make a class or a function of the name
        "name": method.id.replace("-", "_"), "initial": "project",
    })  # fmt: skip
    root.append(ET.Comment(ABOUT))
    root.append(_described(method, rules))
    project = ET.SubElement(root, "parallel", id="project")
    _transition(project, "done.state.project", "ended")
    for track in method.roots:
        project.append(_track(method, track, rules["phases"]))
    for end in ("ended", *(["stopped"] if _ends(method, method.main_root, "stopped") else [])):
        ET.SubElement(root, "final", id=end)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


# ---------------------------------------------------------------- where a track can stand


def _track(method: Methodology, root: str, rules: Mapping[str, Any]) -> ET.Element:
    at_start = method.phases[root].at_start
    track = _state("track", root, initial=f"phase.{root}" if at_start else f"unopened.{root}")
    if not at_start:
        unopened = ET.SubElement(track, "state", id=f"unopened.{root}")
        _transition(unopened, f"open.{root}", f"phase.{root}")
    for phase in method.phases.values():
        if phase.track == root:
            track.append(_phase(method, phase, rules[phase.id]))
    for end in ("completed", "stopped"):
        target = _end(method, root, end)
        if target != end and _ends(method, root, end):
            ET.SubElement(track, "final", id=target)
    return track


def _phase(method: Methodology, phase: Phase, rules: Any) -> ET.Element:
    """A phase runs; it can be held or move where some decision in it does that."""
    state = _state("phase", phase.id, initial=f"running.{phase.id}")
    _describe(state, method, phase, rules)
    running = _state("running", phase.id)
    held, moving = _state("held", phase.id), _state("moving", phase.id)
    for gate in method.gates.values():
        if phase.id not in gate.phases:
            continue
        for outcome in gate.outcomes.values():
            event = f"{gate.id}.{outcome.id}"
            _take_effect(method, state, phase, outcome, f"effect.{event}")
            if _may_wait(method, phase, gate, outcome):
                _transition(running, f"wait.{event}", f"moving.{phase.id}")
                _transition(moving, f"wait.{event}", None)
    if phase.done is not None:
        _transition(state, f"complete.{phase.id}", f"completed.{phase.track}")
    _transition(held, f"resume.{phase.track}", f"running.{phase.id}")
    _transition(moving, f"resume.{phase.track}", f"running.{phase.id}")
    _transition(moving, f"cancel.{phase.track}", f"running.{phase.id}")
    state.append(running)
    state.extend([held] if _is_target(state, held) else [])
    state.extend([moving] if _is_target(running, moving) else [])
    return state


def _take_effect(
    method: Methodology, state: ET.Element, phase: Phase, outcome: Outcome, event: str
) -> None:
    """What an outcome does in a phase; where it leads nowhere, the track stands as it stood."""
    match outcome.effect:
        case Effect.TO | Effect.TURN:
            for target in machine.targets(outcome):
                _transition(state, f"{event}.{target}", f"phase.{target}", outcome)
        case Effect.HOLD:
            _transition(state, event, f"held.{phase.id}", outcome)
        case Effect.END:
            _transition(state, event, _end(method, phase.track, outcome.end), outcome)
        case Effect.AGAIN | Effect.STAY:
            _transition(state, event, None, outcome)


def _end(method: Methodology, root: str, end: str) -> str:
    """Where a track that ends comes to: the main one, when it is stopped, out of the project."""
    return end if (root, end) == (method.main_root, "stopped") else f"{end}.{root}"


def _ends(method: Methodology, root: str, end: str) -> bool:
    """Whether a track can end so."""
    decided = {o.end for g in method.gates.values() if g.track == root for o in g.outcomes.values()}
    done = any(p.done is not None for p in method.phases.values() if p.track == root)
    return end in decided or (done and end == "completed")


def _may_wait(method: Methodology, phase: Phase, gate: Gate, outcome: Outcome) -> bool:
    """Whether anything can hold the effect of a decision: what it asks for, or an open gate."""
    roles = [method.roles[role] for role in dict.fromkeys(mentions.roles_in(gate.decides.by))]
    blocks = [need.blocks for need in outcome.needs.values()]
    blocks += [
        need.blocks
        for role in roles
        for need in role.needs.values()
        if arising.born_with_decision(role, need)
    ]
    blocks += [other.blocks for other in method.gates.values() if phase.id in other.phases]
    return any(each.kind is BlockKind.MOVE for held in blocks for each in held)


# ---------------------------------------------------------------- what it says in words


def _described(method: Methodology, rules: Mapping[str, Any]) -> ET.Element:
    """The method and its gates, with titles, where they come from, and what they ask for."""
    about = _ours("method", id=method.id, version=method.version, digest=method.digest)
    _describe(about, method, method)
    for gate in method.gates.values():
        told = _ours("gate", id=gate.id)
        _describe(told, method, gate, rules["gates"][gate.id])
        for outcome in gate.outcomes.values():
            inner = _ours("outcome", id=outcome.id)
            _describe(inner, method, outcome)
            told.append(inner)
        about.append(told)
    return about


def _describe(into: ET.Element, method: Methodology, element: Element, rules: Any = None) -> None:
    into.extend(_texts("title", method, element.title))
    basis = element.basis
    if basis is not None:
        known = {"kind": basis.kind, "source": basis.source, "url": basis.url}
        told = _ours("basis", **{name: value for name, value in known.items() if value})
        told.extend(_texts("help", method, basis.help))
        into.append(told)
    if rules is not None:
        told = _ours("rules")
        told.text = json.dumps(rules, separators=(",", ":"))
        into.append(told)


def _texts(name: str, method: Methodology, texts: Texts) -> Iterator[ET.Element]:
    for language in method.languages:
        if texts.get(language):
            told = _ours(name, **{"xml:lang": language})
            told.text = _said(texts[language])
            yield told


def _said(text: str) -> str:
    return wording.visible(text).translate(NO_CHARACTERS)


# ---------------------------------------------------------------- elements


def _ours(name: str, /, **attributes: str) -> ET.Element:
    told = {key: _said(value) for key, value in attributes.items()}
    return ET.Element(PREFIX + name, told)


def _state(kind: str, name: str, **attributes: str) -> ET.Element:
    return ET.Element("state", {"id": f"{kind}.{name}", **attributes})


def _transition(
    source: ET.Element, event: str, target: str | None, outcome: Outcome | None = None
) -> None:
    attributes = {"event": event} | ({"target": target} if target else {})
    if outcome is not None:
        if outcome.effect is Effect.HOLD:
            attributes["type"] = "internal"  # the phase is not left, so that it is not entered anew
        attributes[f"{PREFIX}effect"] = outcome.effect.value
        attributes[f"{PREFIX}passing"] = str(outcome.passing).lower()
    ET.SubElement(source, "transition", attributes)


def _is_target(source: ET.Element, state: ET.Element) -> bool:
    return any(each.get("target") == state.get("id") for each in source.iterfind("transition"))
