"""A walk that is watched: of every command that is accepted it is asked whether the project moved,
and if so, by what right.

A phase is entered, a track held or ended, through a decision at a gate of the very phase the track
stands in, and if that decision passes the gate, through one whose own plain check found everything
in place; or a track opens, or ends, because its phase says so. Nothing else ever moves anything.
Whoever speaks at a gate speaks for themselves, or for a body whose results they write down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain.commands import Actor, Command
from innocities_engine.domain.decide import decide
from innocities_engine.domain.evolve import evolve
from innocities_engine.domain.project import Decision, Project, Track, Voice
from tests.builders import A_MOMENT, Walk
from tests.proofs import plain_gates, plain_rules
from tests.proofs.plain_rules import Spec, World


class WayRound(AssertionError):
    """A project moved, and nothing gave it the right to."""


@dataclass(frozen=True)
class Witness(Walk):
    """`sound`: the decisions that may take effect, with the outcome each was found good for."""

    definition: Spec = field(default_factory=dict)
    sound: frozenset[tuple[str, int, str]] = frozenset()
    checks: int = 0  # decisions that passed a gate, checked a second time

    def do(self, command: Command, by: str) -> Witness:
        return self.after(command, Actor(by))

    def after(self, command: Command, actor: Actor) -> Witness:
        """Give a command and watch what it does; `errors.Refused` if it is not allowed."""
        now = self.now + A_MOMENT
        happened = decide(self.method, self.project, command, actor, now, self.inputs)
        return replace(self, now=now).followed(command, actor, happened)

    def followed(self, command: Command, actor: Actor, happened: Sequence[e.Event]) -> Witness:
        """Fold event by event, and ask of each that moves something whether it may."""
        project, sound, checks = self.project, self.sound, self.checks
        for i, event in enumerate(happened):
            world = World(self.definition, project, self.now, self.inputs)
            match event:
                case e.GateDecided(decision=decision):
                    if not isinstance(command, k.Decide):
                        raise WayRound(f"{type(command).__name__} decided {decision.passage}")
                    if _checked(world, decision, command, actor, happened[:i]):
                        checks += 1
                    sound |= {(decision.passage, decision.asking, decision.proposal.outcome)}
                case e.VoiceGiven(voice=voice):
                    _spoken(world, voice, actor)
                case e.PhaseEntered() | e.TrackEnded() | e.TrackHeld():
                    _moved(world, event, happened[:i], sound)
            project = evolve(project, event)
        _stood_still(self.project, project, happened)
        return replace(self, project=project, sound=sound, checks=checks, happened=tuple(happened))


# ---------------------------------------------------------------- was it decided as it should be?


def _checked(
    w: World, decision: Decision, command: k.Decide, actor: Actor, before: Sequence[e.Event]
) -> bool:
    """Whether the decision passes its gate; if so, nothing may have been missing."""
    passage = w.project.passages[decision.passage]
    outcome = w.of("gates")[passage.gate]["outcomes"][decision.proposal.outcome]
    given = next(x for x in before if isinstance(x, e.VoiceGiven))
    reasons = plain_gates.not_decided(w, passage, given)
    if passage.status != "open":
        reasons.append("the passage is not open")
    if command.override and decision.overridden:
        if "override" not in actor.rights or passage.key not in w.project.overrides:
            reasons.append("an override without the right to it, or without a trace")
    elif plain_gates.passing(outcome):
        reasons += plain_gates.shut(w, passage, decision.proposal.outcome)
    if reasons:
        raise WayRound(f"{decision.passage} {decision.proposal.outcome}: {', '.join(reasons)}")
    return plain_gates.passing(outcome)


def _spoken(w: World, voice: Voice, actor: Actor) -> None:
    """A voice is one's own, or that of a body whose results one writes down."""
    if voice.recorded is None:
        if actor.person != voice.person:
            raise WayRound(f"{actor.person} spoke as {voice.person}")
        return
    asked = plain_rules.who(w, w.of("roles")[voice.role].get("records", voice.role))
    recorders = [p for role in plain_rules.roles(asked) for p in w.project.members.get(role, ())]
    if actor.person not in recorders:
        raise WayRound(f"{actor.person} wrote down what {voice.role} said")


# ---------------------------------------------------------------- may it move?


def _moved(
    w: World, event: Any, before: Sequence[e.Event], sound: frozenset[tuple[str, int, str]]
) -> None:
    track = w.project.tracks.get(event.track)
    effects = [x.passage for x in before if isinstance(x, e.DecisionTookEffect)]
    if not any(_leads(w, event, passage, track, sound) for passage in effects):
        if not _by_itself(w, event, track):
            raise WayRound(f"{event} of {track} after {effects}")


def _leads(
    w: World, event: Any, key: str, track: Track | None, sound: frozenset[tuple[str, int, str]]
) -> bool:
    """Whether this decision, taken as it should be, says just that of this track."""
    decision = w.project.decision_of(key)
    assert decision is not None
    name = decision.proposal.outcome
    gate = w.of("gates")[key.partition("#")[0]]
    way = gate["outcomes"][name]
    if (key, decision.asking, name) not in sound or track is None:
        return False
    own = gate["in"] == "any" or track.phase in plain_gates.listed(gate["in"])
    match event:
        case e.PhaseEntered(phase=phase):
            return own and phase in plain_gates.targets(way)
        case e.TrackHeld():
            return own and "hold" in way
    main = w.of("phases")[plain_gates.track(w, key.partition("#")[0])].get("main", False)
    return (own or (main and event.end == "stopped")) and way.get("end") == event.end


def _by_itself(w: World, event: Any, track: Any) -> bool:
    """A track that opens, once; or a phase that is done and ends its track."""
    match event:
        case e.PhaseEntered(phase=phase):
            opens = w.of("phases")[phase].get("opens")
            once = track is None and phase not in w.project.entries
            return once and opens is not None and (opens == "start" or _begun(w, opens))
        case e.TrackEnded(end="completed"):
            done = w.of("phases")[track.phase].get("done")
            return done is not None and plain_rules.judge(w, done) is True
    return False


def _begun(w: World, opens: Spec) -> bool:
    at = opens.get("at", "start")
    day = None if at == "start" else plain_rules.when(w, at, None)
    begun = at == "start" or (day is not None and w.day(w.now) >= day)
    return begun and ("when" not in opens or plain_rules.judge(w, opens["when"]) is True)


def _stood_still(before: Project, after: Project, happened: Sequence[e.Event]) -> None:
    """A track differs only where an event says that it moved."""
    told = (e.PhaseEntered, e.TrackEnded, e.TrackHeld, e.TrackMoving, e.TrackResumed,
            e.MoveCancelled)  # fmt: skip
    named = {x.track for x in happened if isinstance(x, told)}
    for root in {*before.tracks, *after.tracks} - named:
        if before.tracks.get(root) != after.tracks.get(root):
            raise WayRound(f"{root} moved unseen")
