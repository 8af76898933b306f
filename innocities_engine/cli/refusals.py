"""Decide how an error is told: in the reader's language where we know what it is about, with every
reason and what to do next, and as data where that was asked for.
"""

from __future__ import annotations

import inspect
import json
import shlex
from collections.abc import Sequence
from typing import Any, Final

import click

from innocities_engine import errors, wording
from innocities_engine.cli import layout, names
from innocities_engine.cli.console import Console
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.worded import Worded
from innocities_engine.language.faults import Fault
from innocities_engine.wording import faults

# Kinds whose sentence says what to do, whatever the error says.
OF_PEOPLE: Final = frozenset({"has_left", "last_administrator", "still_held"})
LEADING: Final = frozenset({"refused", "not-permitted", "unavailable", "uncertain", "integrity"})


def tell(console: Console | None, error: errors.EngineError) -> None:
    """Say what went wrong: to people on the side, to programs where the answer would stand."""
    data, lines = told(console, error)
    if console is not None and console.json:
        click.echo(wording.escaped(json.dumps({"error": data}, ensure_ascii=False, indent=2)))
    for line in lines:
        click.echo(line, err=True)


def told(console: Console | None, error: errors.EngineError) -> tuple[dict[str, Any], list[str]]:
    own = "" if console and _says_nothing(error) else str(error)
    if console and error.args and isinstance(error.args[0], Worded):
        own = faults.sentence(console.language, error.args[0])
    if console and isinstance(error, errors.NoOrganisation):
        own = names.no_organisation(console, error.organisation)
    elif console and error.text:
        own = _sentence(console, error)
    said = [wording.visible(line) for line in own.split("\n") if line.strip()]
    lead = _lead(console, error)
    data: dict[str, Any] = {"code": error.code, "message": "\n".join(said) or lead}
    if isinstance(error, errors.Conflict) and console is not None and console.issued is not None:
        return _came_too_late(console, error, data)
    blockers = _blockers(error)
    if blockers and console is not None:
        reasons = _reasons(console, blockers)
        data["blockers"] = [reason for reason, _ in reasons]
        data["message"] = lead
        return data, [*_wrapped(lead), *(line for _, lines in reasons for line in lines)]
    if isinstance(error, errors.DefinitionInvalid):
        return _unusable(console, error, data, said[0])
    return data, [line for text in (lead, *said) for line in _wrapped(text)]


def _unusable(
    console: Console | None, error: errors.DefinitionInvalid, data: dict[str, Any], first: str
) -> tuple[dict[str, Any], list[str]]:
    """Everything that is wrong with a definition, or with settings, each in a line."""
    language = console.language if console else wording.FALLBACK
    if first == inspect.getdoc(errors.DefinitionInvalid):
        first = wording.say(language, f"error.{error.code}")
    told_ = [fault_line(language, fault) for fault in error.faults]
    faults_ = [plain_fault(language, fault) for fault in error.faults]
    lines = [line for fault in error.faults for line in fault_lines(language, fault)]
    return (
        {**data, "message": "\n".join((first, *told_)), "faults": faults_},
        [*_wrapped(first), *lines],
    )


def _sentence(console: Console, error: errors.EngineError) -> str:
    """The sentence an error names, in the reader's language."""
    values = dict(error.values)
    if isinstance(given := values.get("rights"), list):
        held = [console.say(f"right.{right}") for right in given]
        held = held or [console.say("words.program")]
        values["rights"] = wording.listed(console.language, held, "or")
    return console.say(f"fault.{error.text}", **values)


def _came_too_late(
    console: Console, error: errors.Conflict, data: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Say what came before, and give back what was typed."""
    from innocities_engine.domain import codec

    said = [data["message"]]
    if isinstance(error, errors.AlreadyDecided):
        data["decided"] = _decided(console, error.decision)
        said.append(data["decided"]["text"])
    reasons = _reasons(console, _blockers(error))
    data["blockers"] = [reason for reason, _ in reasons]
    assert console.issued is not None
    given = {"type": type(console.issued).__name__, **json.loads(codec.dump(console.issued))}
    data["given"] = given
    lines = [line for text in said for line in _wrapped(text)]
    lines += [line for _, told in reasons for line in told]
    return data, [*lines, *_wrapped(console.say("conflict.given")), *_typed(console)]


def _decided(console: Console, decision: Any) -> dict[str, Any]:
    """A decision as data, and in a sentence with its time."""
    from innocities_engine.cli import happenings, teller
    from innocities_engine.domain import codec
    from innocities_engine.domain.events import GateDecided

    assert console.focus is not None
    t = teller.of(console, console.focus)
    told = happenings.told(t, GateDecided(at=decision.at, decision=decision))
    fields: dict[str, Any] = json.loads(codec.dump(decision))
    return {**fields, "text": f"{t.clock(decision.at)}: {told}"}


def _typed(console: Console) -> list[str]:
    words = shlex.join(("innocities", *console.typed))
    return [f"  {wording.visible(line)}" for line in words.split("\n")]


def _lead(console: Console | None, error: errors.EngineError) -> str:
    """The kind of trouble, in a sentence, where the error itself does not say it."""
    key = f"error.{error.code}"
    if console is None or not wording.knows(key) or (error.code == "refused" and error.text):
        return ""
    blockers = _blockers(error)
    if blockers and all(blocker.code in OF_PEOPLE for blocker in blockers):
        return console.say("error.refused_here")  # no method has a say in this
    return console.say(key) if error.code in LEADING or _says_nothing(error) else ""


def _says_nothing(error: errors.EngineError) -> bool:
    return str(error).strip() in ("", (inspect.getdoc(type(error)) or "").strip())


def _wrapped(text: str) -> list[str]:
    return layout.paragraph(text) if text else []


def _blockers(error: errors.EngineError) -> Sequence[Blocker]:
    found = getattr(error, "blockers", ()) or getattr(error, "changed", ())
    return [b for b in found if isinstance(b, Blocker)]


def _reasons(
    console: Console, blockers: Sequence[Blocker]
) -> list[tuple[dict[str, Any], list[str]]]:
    from innocities_engine.cli import reasons, teller

    if console.focus is None:
        return [(_bare(b), layout.paragraph(f"– {_plainly(console, b)}")) for b in blockers]
    t = teller.of(console, console.focus)
    passage = t.project.passages.get(console.passage)
    return [(reasons.plain(t, b, passage), listed(reasons.reason(t, b, passage))) for b in blockers]


def _plainly(console: Console, blocker: Blocker) -> str:
    """A reason that is about no project."""
    if blocker.code in OF_PEOPLE:
        return console.say(f"blocker.{blocker.code}", subject=blocker.subject)
    return f"{blocker.code}: {blocker.subject}"


def _bare(blocker: Blocker) -> dict[str, Any]:
    return {"code": blocker.code, "subject": blocker.subject, "params": dict(blocker.params)}


def listed(reason: Any) -> list[str]:
    """A reason as a point of a list, and below it what to type."""
    lines = layout.paragraph(f"– {reason.text}", indent=2, hang=2)
    return [*lines, f"      {reason.next}"] if reason.next else lines


def fault_line(language: str, fault: object) -> str:
    """A fault in one line; one that is no definition's says itself what it is."""
    return wording.visible(faults.told(language, fault) if isinstance(fault, Fault) else str(fault))


def fault_lines(language: str, fault: object, indent: int = 0) -> list[str]:
    """The same as it fits on a screen; the place stays whole."""
    place = fault.place if isinstance(fault, Fault) else ""
    text = fault_line(language, fault).removeprefix(wording.visible(place)).lstrip()
    return layout.placed(place, text, indent)


def plain_fault(language: str, fault: object) -> dict[str, Any] | str:
    """A fault of a definition as data, with what was put into its message."""
    if not isinstance(fault, Fault):
        return str(fault)
    said = faults.translated(language, fault)
    params = {name: str(value) for name, value in said.message.values.items()}
    fields = ("file", "line", "column", "path", "code", "message", "hint", "severity")
    return {**{name: getattr(said, name) for name in fields}, "params": params}
