"""Decide how what has happened is told in one sentence, one way for each type of event. The words
stand in the catalogue; who did it and when is told beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from innocities_engine import wording
from innocities_engine.cli import moves_told, reasons
from innocities_engine.cli.blocked import question
from innocities_engine.cli.teller import Teller, counted
from innocities_engine.domain import codec
from innocities_engine.domain import events as e
from innocities_engine.domain.project import Decision, Recorded, Version, Voice, VoiceKind

if TYPE_CHECKING:
    from innocities_engine.cli.console import Console
    from innocities_engine.engine import Swept

# What follows from something else that is told, and says nothing more to a reader.
QUIET: Final[tuple[type, ...]] = (
    e.RuleTurned,
    e.VoicesVoided,
    e.NeedWoken,
    e.DecisionTookEffect,
)
Values = Mapping[str, object]


def swept(console: Console, done: Swept) -> str:
    """Tell what a sweep has brought about."""
    if not done.projects:
        return console.say("tick.swept_none")
    happened = console.say("tick.happened", n=done.events)
    return console.say("tick.swept", n=done.projects, happened=happened)


HAPPENINGS = frozenset({"start", "entry", "ready", "meeting", "decision", "due"})


def told(t: Teller, event: e.Event) -> str:
    """Tell one event."""
    name = type(event).__name__
    text, values = TOLD[name](t, event)
    return t.say(f"event.{text or name}", **values)


def sentences(t: Teller, events: Sequence[e.Event]) -> Iterator[str]:
    """Tell what matters to a reader: what is alike together, what came and went at once not."""
    opened = {x.need.key for x in events if isinstance(x, e.NeedOpened)}
    passing = opened & {x.need for x in events if isinstance(x, e.NeedDone | e.NeedLapsed)}
    shown = [x for x in events if not _is_quiet(x) and _need_key(x) not in passing]
    for _, group in groupby(shown, key=_likeness):
        yield _together(t, list(group))


def _is_quiet(event: e.Event) -> bool:
    waiver = isinstance(event, e.VoiceGiven) and event.voice.kind is VoiceKind.WAIVER
    overtaken = isinstance(event, e.ReminderRaised) and event.overtaken
    return waiver or overtaken or isinstance(event, QUIET)


def _need_key(event: e.Event) -> str:
    return event.need.key if isinstance(event, e.NeedOpened) else str(getattr(event, "need", ""))


def _likeness(event: e.Event) -> object:
    """What is alike can be told together."""
    if isinstance(event, e.NeedOpened | e.NeedDone | e.NeedLapsed):
        return id(event) if getattr(event, "counts", ()) else type(event)
    if isinstance(event, e.VoiceGiven) and event.voice.kind is VoiceKind.VERDICT:
        v = event.voice
        return (v.role, v.person, v.value, v.subject.partition("/")[0])
    return id(event)


def _together(t: Teller, events: Sequence[e.Event]) -> str:
    first = events[0]
    if len(events) == 1:
        return told(t, first)
    if isinstance(first, e.VoiceGiven):
        each = [_voice(t, event)[1] for event in events]
        items = " ".join(t.say("words.quoted", text=values["item"]) for values in each)
        return t.say("event.VoiceGiven_verdicts", **dict(each[0]) | {"items": items})
    needs = "; ".join(dict.fromkeys(_need(t, _need_key(x)) for x in events))
    return t.say(f"event.{type(first).__name__}", need=needs)


def plain(t: Teller, event: e.Event) -> dict[str, Any]:
    """An event as data, with its sentence."""
    fields: dict[str, Any] = json.loads(codec.dump(event))
    return {"type": type(event).__name__, **fields, "text": told(t, event)}


# ---------------------------------------------------------------- names


def _need(t: Teller, key: str) -> str:
    instance = t.project.needs.get(key)
    return t.need(instance) if instance else key


def outcome(t: Teller, gate: str, known: str) -> str:
    """An outcome in words: the method's, else the usual ones, else its id."""
    defined = t.method.gates[gate].outcomes.get(known) if gate in t.method.gates else None
    title = t.text(defined.title) if defined else ""
    key = f"outcome.{known}"
    return title or (t.say(key) if wording.knows(key) else known)


def _main(t: Teller, x: Any) -> str:
    """The main track goes by the name of the project: its own is that of its first phase."""
    return f"{type(x).__name__}_main" if x.track == t.method.main_root else ""


def value(t: Teller, fact: str, given: object) -> str:
    """An answer in words."""
    if isinstance(given, bool):
        return t.say("words.yes" if given else "words.no")
    currency = t.method.facts[fact].currency if fact in t.method.facts else ""
    return f"{given} {currency}".strip()


def handed_in(version: Version) -> str:
    """What a version is: a file by its name, a link by its address."""
    content = version.content
    return content.name or content.address


def _version(t: Teller, artefact: str, n: int) -> Values:
    return {"artefact": t.title(artefact), "n": n}


# ---------------------------------------------------------------- events with more to say


def _answered(t: Teller, x: Any) -> tuple[str, Values]:
    asked = question(t, x.fact)
    if x.value is None:
        return "FactTakenBack", {"question": asked, "person": t.person(x.by)}
    return "", {"question": asked, "value": value(t, x.fact, x.value), "person": t.person(x.by)}


def deciders(t: Teller, d: Decision) -> str:
    """Who decided: people, those whom the minutes name in words, else the roles."""
    named = d.recorded.present if d.on_paper and d.recorded else ()
    people = [*map(t.person, d.by), *named]
    return wording.listed(t.language, people) if people else t.who(d.roles, "and")


def minutes(t: Teller, d: Decision, written: Recorded) -> Values:
    """The minutes of one body, as data."""
    bodies = (role for role in d.roles if t.method.roles[role].kind == "body")
    return {
        "body": written.body or next(bodies, None),
        "by": written.by,
        "minutes": written.minutes,
        "on": written.on.isoformat() if written.on else None,
        "present": list(written.present),
        "papers": None if written.papers is None else dict(written.papers),
    }


def _taken_in(t: Teller, x: Any) -> tuple[str, Values]:
    values = {"person": t.person(x.by), "reference": x.reference}
    return "ProjectTakenInAs" if x.reference else "", values


def _decided(t: Teller, x: Any) -> tuple[str, Values]:
    d = x.decision
    gate = d.passage.partition("#")[0]
    values = {
        "gate": t.passage(d.passage),
        "outcome": outcome(t, gate, d.proposal.outcome),
        "people": deciders(t, d),
        "reason": d.reason,
    }
    if d.on_paper:
        return "GateDecidedOnPaperBecause" if d.reason else "GateDecidedOnPaper", values
    return "GateDecidedBecause" if d.reason else "", values


def _started(t: Teller, x: Any) -> tuple[str, Values]:
    parent = x.origin.title if x.origin else ""
    values = {"title": x.title, "method": x.method, "version": x.version, "parent": parent}
    return "ProjectStartedFrom" if x.origin else "", values


def _submitted(t: Teller, x: Any) -> tuple[str, Values]:
    v = x.version
    name = handed_in(v)
    if v.source is not None:
        known = t.project.origin or t.project.adopted
        parent = known.title if known else v.source.project
        values = {"artefact": t.title(v.artefact), "n": v.source.n, "parent": parent, "name": name}
        return "VersionInherited", values
    values = {"artefact": t.title(v.artefact), "n": v.n, "person": t.person(v.by), "name": name}
    return "VersionSubmittedNamed" if name else "", values


def _shared(t: Teller, x: Any) -> tuple[str, Values]:
    papers = wording.listed(t.language, map(t.title, x.shared.versions))
    values = {"person": t.person(x.shared.by), "title": x.shared.title, "papers": papers}
    return "" if papers else "ProjectSharedWithout", values


def _voice(t: Teller, x: Any) -> tuple[str, Values]:
    v: Voice = x.voice
    subject, _, item = v.subject.partition("/")
    artefact, at, n = v.subject.partition("@")
    person, role = t.person(v.person), t.title(v.role)
    values = {
        "speaker": f"{person} ({role})" if v.person and v.role else person or role,
        "gate": t.passage(subject),
        "item": t.title(artefact) if at else _item(t, subject.partition("#")[0], item),
        "n": n,
        "value": _voiced(t, v, subject.partition("#")[0]),
    }
    return f"VoiceGiven_{v.kind.value}", values


def _item(t: Teller, gate: str, item: str) -> str:
    known = t.method.gates.get(gate)
    if known is None:
        return item
    if item in known.criteria:
        return t.text(known.criteria[item].question) or item
    return (item in known.advises and t.text(known.advises[item].title)) or item


def _voiced(t: Teller, v: Voice, gate: str) -> str:
    if v.kind is VoiceKind.VERDICT:
        return reasons.verdict(t, v.value)
    return outcome(t, gate, v.value) if v.kind is VoiceKind.ADVICE else v.value


def _reminder(t: Teller, x: Any) -> tuple[str, Values]:
    what = obligation(t, x.obligation)
    values = {"what": what, "day": t.day(x.due), "who": t.who(x.to, "and"), "rung": x.rung}
    return "ReminderOvertaken" if x.overtaken else "", values


def obligation(t: Teller, key: str) -> str:
    """What somebody owes: a need, a voice, or the review of a hold."""
    if key in t.project.needs:
        return t.need(t.project.needs[key])
    kind, _, subject = key.partition(":")
    passage, _, item = subject.partition("/")
    gate = passage.partition("#")[0]
    if kind == "review":
        return t.say("obligation.review", phase=t.title(gate))
    name = f"obligation.{kind}"
    if not wording.knows(name):
        return t.owed(key)
    return t.say(name, gate=t.passage(passage), item=_item(t, gate, item))


def awaited(t: Teller, name: str) -> str:
    """What a date waits for: a meeting of somebody, a happening, or something of the method."""
    kind, of, role = name.partition(" of ")
    if of and wording.knows(f"moment.{kind}_of"):
        return t.say(f"moment.{kind}_of", thing=t.title(role))
    return t.say(f"moment.{name}") if name in HAPPENINGS else t.owed(name)


def _opened(t: Teller, x: Any) -> tuple[str, Values]:
    return "", {"need": _need(t, x.need.key)}


def _handed_over(t: Teller, x: Any) -> tuple[str, Values]:
    owed = [t.say("words.quoted", text=_need(t, need)) for need in x.needs]
    things = ", ".join([*owed, *map(t.passage, x.passages)])
    values = {"person": t.person(x.person), "to": t.person(x.to), "things": things}
    return "" if things else "DutiesHandedOverAlone", values


def _commented(t: Teller, x: Any) -> tuple[str, Values]:
    return "", {"person": t.person(x.by), "text": " ".join(x.text.split("\n"))}


def _ended(t: Teller, x: Any) -> tuple[str, Values]:
    return _main(t, x), {"track": t.title(x.track), "end": t.say(f"status.{x.end}")}


# ---------------------------------------------------------------- the closed list

Tells = Callable[[Teller, Any], "tuple[str, Values]"]


def _gate(t: Teller, x: Any) -> tuple[str, Values]:
    passage = x.passage if isinstance(x.passage, str) else x.passage.key
    return "", {"gate": t.passage(passage)}


def _of_round(t: Teller, x: Any) -> tuple[str, Values]:
    return "", {"gate": t.passage(x.passage), "n": x.round.rpartition(":")[2]}


def _of_need(t: Teller, x: Any) -> tuple[str, Values]:
    person = t.person(getattr(x, "by", ""))
    day = getattr(x, "on", None) or getattr(x, "due", None)
    values = {"need": _need(t, x.need), "person": person, "day": t.day(day) if day else ""}
    return "", values | {"reason": getattr(x, "reason", "")}


def _done(t: Teller, x: Any) -> tuple[str, Values]:
    text = "NeedDone_counted" if x.counts else ""
    return text, {**_of_need(t, x)[1], "counts": counted(x.counts)}


def _of_version(t: Teller, x: Any) -> tuple[str, Values]:
    person, reason = t.person(getattr(x, "by", "")), getattr(x, "reason", "")
    return "", {**_version(t, x.artefact, x.n), "person": person, "reason": reason}


TOLD: Final[Mapping[str, Tells]] = {
    "ProjectStarted": _started,
    "ProjectSpawned": lambda _t, x: (
        "", {"title": x.child.title, "method": x.child.method, "id": x.child.project}
    ),
    "ProjectShared": _shared,
    "ProjectUnshared": lambda t, x: ("", {"person": t.person(x.by)}),
    "ProjectAdopted": lambda _t, x: ("", {"organisation": x.adoption.organisation}),
    "SolutionAdopted": lambda _t, x: (
        "", {"title": x.adopted.title, "organisation": x.adopted.organisation}
    ),
    "ProjectTakenIn": _taken_in,
    "RoleFilled": lambda t, x: (
        "" if x.members else "RoleEmptied",
        {"role": t.title(x.role),
         "people": wording.listed(t.language, map(t.person, x.members))},
    ),
    "DutiesHandedOver": _handed_over,
    "FactAnswered": _answered,
    "PhaseEntered": lambda t, x: (
        "" if x.entry == 1 else "PhaseEnteredAgain", {"phase": t.title(x.phase), "n": x.entry}
    ),
    "TrackMoving": _gate,
    "MoveCancelled": _gate,
    "TrackHeld": lambda t, x: (_main(t, x), {"track": t.title(x.track), "day": t.day(x.review_on)}),
    "TrackResumed": lambda t, x: (_main(t, x), {"track": t.title(x.track)}),
    "TrackEnded": _ended,
    "GateOpened": _gate,
    "GateAskedAgain": _gate,
    "PapersPresented": _gate,
    "PapersTakenBack": _gate,
    "RoundJoined": _of_round,
    "RoundMissed": _of_round,
    "GateDecided": _decided,
    "DecisionTookEffect": _gate,
    "GateLapsed": _gate,
    "GateMadeDormant": _gate,
    "NeedOpened": _opened,
    "NeedWoken": _of_need,
    "NeedHandedIn": _of_need,
    "NeedDone": _done,
    "NeedReopened": _of_need,
    "NeedWaived": _of_need,
    "NeedCarried": _of_need,
    "NeedLapsed": _of_need,
    "NeedExtended": _of_need,
    "VersionSubmitted": _submitted,
    "VersionApproved": _of_version,
    "ApprovalVoided": _of_version,
    "VersionReturned": _of_version,
    "VersionWithdrawn": _of_version,
    "VersionSigned": _of_version,
    "VersionSuperseded": _of_version,
    "VoiceGiven": _voice,
    "VoicesVoided": lambda _t, x: ("", {"n": len(x.voices)}),
    "ConflictDeclared": lambda t, x: (
        "", {"gate": t.passage(x.passage), "person": t.person(x.person)}
    ),
    "GateOverridden": lambda t, x: (
        "", {"gate": t.passage(x.passage), "person": t.person(x.by), "reason": x.reason}
    ),
    "DecisionCorrected": lambda t, x: ("", {
        "gate": t.passage(x.passage), "reason": x.reason, "person": t.person(x.by),
        "outcome": outcome(t, x.passage.partition("#")[0], x.outcome),
    }),
    "ProjectMigrated": moves_told.moved,
    "MigrationUndone": moves_told.moved_back,
    "DatesFixed": moves_told.dated,
    "MailPaused": lambda t, x: (
        "", {"day": t.day(x.until), "person": t.person(x.by), "reason": x.reason}
    ),
    "MailResumed": lambda t, x: ("", {"person": t.person(x.by)}),
    "Commented": _commented,
    "RuleTurned": lambda _t, x: ("", {"rule": x.rule, "value": str(x.value).lower()}),
    "ReminderRaised": _reminder,
}  # fmt: skip
