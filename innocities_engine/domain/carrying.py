"""Carry the state of a project over to another version of its method.

What was handed in, said and decided stays, under the names of the new version; what the new version
has no place for is left behind, and told. Nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from innocities_engine.domain import values
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.needs import UNMET
from innocities_engine.domain.project import (
    Answer,
    Decision,
    NeedInstance,
    NeedStatus,
    Passage,
    PassageStatus,
    Project,
    Proposal,
    Track,
    TrackStatus,
    Version,
    Voice,
    VoiceKind,
)
from innocities_engine.domain.renaming import Names, asks_alike, ruled_alike

V = TypeVar("V")


@dataclass(frozen=True)
class Carrying:
    """One project on its way from `old` to `new`; `asked_anew`: waived needs to be asked again."""

    old: Methodology
    new: Methodology
    names: Names
    project: Project
    asked_anew: frozenset[str] = frozenset()

    def carried(self) -> Project:
        """The project under the names of the new version."""
        p, n, keys = self.project, self.names, self.need_keys
        passages = {key: self._passage(each) for old, each in p.passages.items()
                    if (key := n.passage(old)) is not None}  # fmt: skip
        return replace(
            p,
            method=self.new.id,
            version=self.new.version,
            digest=self.new.digest,
            tracks=self._tracks(),
            entries={new: tuple(at for at, _, _ in told) for new, told in self._visits.items()},
            passages=passages,
            needs={keys[old]: self._need(each, keys[old])
                   for old, each in p.needs.items() if old in keys},
            versions={self.artefact(a): tuple(map(self._version, held))
                      for a, held in p.versions.items()},
            facts=self._facts(p.facts),
            members=n.known(n.roles, p.members),
            voices={voice.key: voice for voice in self._voices()},
            conflicts=self._by_passage(p.conflicts),
            decisions=tuple(self._decision(d) for d in p.decisions if n.passage(d.passage)),
            truths=n.known(n.gates, p.truths),
            raised=self.raised(),
            dates={key: day for old, day in p.dates.items()
                   if (key := n.obligation(old, keys)) is not None},
            overrides=tuple(n.passage(key) or key for key in p.overrides),
            children=tuple(replace(c, place=self._place(c.place)) for c in p.children),
            shared=p.shared and replace(p.shared, versions={
                self.artefact(a): number for a, number in p.shared.versions.items()}),
        )  # fmt: skip

    def lost(self) -> Iterator[tuple[str, str]]:
        """What lived and has no place in the new version: its kind and its old name."""
        p, n = self.project, self.names
        yield from (("need", need.ref) for key, need in p.needs.items()
                    if key not in self.need_keys and need.status in UNMET)  # fmt: skip
        yield from (("gate", x.gate) for x in p.passages.values() if n.passage(x.key) is None)
        yield from (("role", role) for role in p.members if role not in n.roles)
        kept = self._facts(p.facts)
        yield from (("fact", fact) for fact in p.facts if n.facts.get(fact) not in kept)
        spoken = {(voice.kind, voice.at, voice.key) for voice in self._voices()}
        for voice in p.voices.values():
            new = self._voice(voice)
            if new is None or (new.kind, new.at, new.key) not in spoken:
                yield "voice", voice.subject

    # ------------------------------------------------------------ phases

    @cached_property
    def _visits(self) -> dict[str, list[tuple[datetime, str, int]]]:
        """The entries to each phase of the new version, each with what it was called before."""
        found: dict[str, list[tuple[datetime, str, int]]] = {}
        for phase, instants in self.project.entries.items():
            if (new := self.names.phases.get(phase)) is not None:
                told = [(at, phase, n) for n, at in enumerate(instants, 1)]
                found[new] = sorted([*found.get(new, ()), *told])
        return found

    def _entry(self, phase: str, n: int) -> tuple[str, int]:
        new = self.names.phases[phase]
        told = [(old, number) for _, old, number in self._visits[new]]
        return new, told.index((phase, n)) + 1

    def _tracks(self) -> dict[str, Track]:
        found: dict[str, Track] = {}
        for root, track in self.project.tracks.items():
            if root == self.old.main_root and track.status is TrackStatus.ENDED:
                phase = self.names.phases.get(track.phase, self.new.main_root)
                found[self.new.main_root] = replace(track, phase=phase)
                continue
            if track.phase not in self.names.phases:  # it ended, or is left behind
                new_root = self.names.phases.get(root)
                if new_root is not None and track.status is TrackStatus.ENDED:
                    found[self.new.phases[new_root].track] = replace(track, phase=new_root)
                continue
            phase, entry = self._entry(track.phase, track.entry)
            found[self.new.phases[phase].track] = replace(
                track,
                phase=phase,
                entry=entry,
                moving=self._there(track.moving),
                held_by=self._there(track.held_by),
            )
        return found

    def _there(self, passage: str | None) -> str | None:
        return self.names.passage(passage) if passage else passage

    def _place(self, place: str) -> str:
        """Where a project was started: a phase, or a gate and its outcome."""
        gate, dot, outcome = place.partition(".")
        if not dot:
            return self.names.phases.get(place, place)
        there = self.names.gates.get(gate, gate)
        return f"{there}.{self.names.outcomes.get((gate, outcome), outcome)}"

    # ------------------------------------------------------------ gates and needs

    def _passage(self, passage: Passage) -> Passage:
        outcome, shown = passage.outcome, passage.presented
        return replace(
            passage,
            gate=self.names.gates[passage.gate],
            outcome=outcome and self.names.outcomes.get((passage.gate, outcome), outcome),
            slot=self._slot(passage.slot),
            presented=shown and replace(shown, versions=self._numbers(shown.versions)),
        )

    def _slot(self, slot: str) -> str:
        """What is counted from an entry names its phase."""
        name, at, entry = slot.partition("@")
        phase, mark, number = entry.partition("#")
        return f"{name}{at}{self.names.phases.get(phase, phase)}{mark}{number}"

    @cached_property
    def need_keys(self) -> dict[str, str]:
        """The keys of the needs that live on."""
        found = {}
        for key, instance in self.project.needs.items():
            origin = instance.origin.partition("#")[0]
            visited = origin not in self.project.entries or origin in self.names.phases
            if visited and (new := self.names.need(self._renumbered(instance))) is not None:
                found[key] = new
        return found

    def _renumbered(self, instance: NeedInstance) -> NeedInstance:
        """The need of an entry whose number is another among those of the new version."""
        phase, _, n = instance.origin.partition("#")
        if phase not in self.names.phases or phase not in self.project.entries:
            return instance
        _, number = self._entry(phase, int(n))
        head, _, rest = instance.key.partition("#")
        return replace(
            instance,
            origin=f"{phase}#{number}",
            key=f"{head}#{number}{rest.removeprefix(n)}",
        )

    def _need(self, instance: NeedInstance, key: str) -> NeedInstance:
        definition = self.names.needs[instance.ref, instance.outcome]
        origin = self.names.origin(self._renumbered(instance).origin)
        assert origin is not None
        gate = self.names.gates.get(instance.origin.partition("#")[0], "")
        place = origin.partition("#")[0]
        track = (self.new.gates[place] if gate else self.new.phases[place]).track
        if instance.ref in self.asked_anew and instance.status is NeedStatus.WAIVED:
            instance = replace(
                instance, status=NeedStatus.OPEN, done_at=None, done_by="", reason=""
            )
        return replace(
            instance,
            key=key,
            ref=definition.ref,
            origin=origin,
            track=track,
            decision=self._there(instance.decision),
            outcome=self._outcome(instance),
            owner=self._owner(instance.owner),
            answers=self._facts(instance.answers),
        )

    def _owner(self, owner: str) -> str:
        """Where the role that owes it is gone, whoever leads the project owes it."""
        if owner in self.old.roles and owner not in self.names.roles:
            return next((role.id for role in self.new.roles.values() if role.leads), owner)
        return self.names.roles.get(owner, owner)

    def _outcome(self, instance: NeedInstance) -> str:
        gate = instance.origin.partition("#")[0]
        return self.names.outcomes.get((gate, instance.outcome), instance.outcome)

    def _by_passage(self, mapping: Mapping[str, V]) -> dict[str, V]:
        return {key: each for old, each in mapping.items()
                if (key := self.names.passage(old)) is not None}  # fmt: skip

    def raised(self) -> dict[str, datetime]:
        """The rungs that were raised, of what is still owed."""
        found = {}
        for key, at in self.project.raised.items():
            obligation, bar, rest = key.partition("|")
            if (new := self.names.obligation(obligation, self.need_keys)) is not None:
                found[f"{new}{bar}{rest}"] = at
        return found

    # ------------------------------------------------------------ papers and answers

    def artefact(self, artefact: str) -> str:
        """Papers stay, also those that nothing asks for any more; those give way to one that is
        called so now, under a name that no thing of a method can have.
        """
        if artefact in self.names.artefacts:
            return self.names.artefacts[artefact]
        taken = artefact in self.names.artefacts.values()
        return f"{artefact}~{self.project.version}" if taken else artefact

    def _numbers(self, versions: Mapping[str, int]) -> dict[str, int]:
        return {self.artefact(artefact): n for artefact, n in versions.items()}

    def _version(self, version: Version) -> Version:
        signed = version.signed_by
        return replace(
            version,
            artefact=self.artefact(version.artefact),
            answers=self._understood(version.answers),
            rests_on=self._numbers(version.rests_on),
            signed_by=signed and (self.names.passage(signed) or signed),
        )

    def _values(self, answers: Mapping[str, V]) -> dict[str, V]:
        return {self.names.facts.get(fact, fact): value for fact, value in answers.items()}

    def _facts(self, answers: Mapping[str, Answer]) -> dict[str, Answer]:
        """The answers that the new version understands; the others are unknown from now on."""
        known = self.names.known(self.names.facts, answers)
        return {fact: each for fact, each in known.items() if self._fits(fact, each.value)}

    def _understood(self, answers: Mapping[str, bool | str]) -> dict[str, bool | str]:
        """Those of a form, too; what was asked by a question that is gone stays to be read."""
        told = self._values(answers)
        return {f: v for f, v in told.items() if f not in self.new.facts or self._fits(f, v)}

    def _fits(self, fact: str, value: bool | str) -> bool:
        try:
            values.canonical(self.new.facts[fact], value)
        except ValueError:
            return False
        return True

    # ------------------------------------------------------------ voices and decisions

    def _voices(self) -> Iterator[Voice]:
        for voice in self.project.voices.values():
            new = self._voice(voice)
            if new is not None and self._still_counts(voice):
                yield new

    def _voice(self, voice: Voice) -> Voice | None:
        """A voice under its new name, if what it is about and whose it is have one."""
        role = self.names.roles.get(voice.role)
        subject = self._subject(voice)
        if role is None or subject is None:
            return None
        return replace(voice, role=role, subject=subject, value=self._said(voice))

    def _said(self, voice: Voice) -> str:
        """An advice may name an outcome."""
        gate = voice.subject.partition("#")[0]
        advice = voice.kind is VoiceKind.ADVICE
        return self.names.outcomes.get((gate, voice.value), voice.value) if advice else voice.value

    def _subject(self, voice: Voice) -> str | None:
        match voice.kind:
            case VoiceKind.APPROVAL:
                artefact, _, n = voice.subject.partition("@")
                return f"{self.artefact(artefact)}@{n}"
            case VoiceKind.ACCEPTANCE | VoiceKind.WAIVER:
                return self.need_keys.get(voice.subject)
        passage, slash, item = voice.subject.partition("/")
        there, gate = self.names.passage(passage), passage.partition("#")[0]
        if there is None or not slash:
            return there
        ids = self.names.criteria if voice.kind is VoiceKind.VERDICT else self.names.advises
        named = ids.get((gate, item))
        return f"{there}/{named}" if named is not None else None

    def _still_counts(self, voice: Voice) -> bool:
        """A verdict on a changed scale, and a voice on what was changed, count no more."""
        if voice.kind is VoiceKind.APPROVAL:
            return True
        if voice.kind in (VoiceKind.WAIVER, VoiceKind.ACCEPTANCE):
            return self._asks_as_before(self.project.needs[voice.subject])
        passage, _, item = voice.subject.partition("/")
        gate = passage.partition("#")[0]
        before, after = self.old.gates[gate], self.new.gates[self.names.gates[gate]]
        match voice.kind:
            case VoiceKind.VERDICT:
                there = after.criteria[self.names.criteria[gate, item]]
                return there.scale == before.criteria[item].scale
            case VoiceKind.ADVICE:
                scale = after.advises[self.names.advises[gate, item]].scale
                was = before.advises[item].scale
                return tuple(self.names.outcomes.get((gate, x), x) for x in was) == scale
        return self._is_settled(passage) or ruled_alike(before, after)

    def _asks_as_before(self, instance: NeedInstance) -> bool:
        name = (instance.ref, instance.outcome)
        if instance.ref in self.asked_anew:
            return False
        return asks_alike(self.old.needs_named[name], self.names.needs[name], self.names)

    def _is_settled(self, passage: str) -> bool:
        return self.project.passages[passage].status is not PassageStatus.OPEN

    def _decision(self, decision: Decision) -> Decision:
        n, gate = self.names, decision.passage.partition("#")[0]
        offer = decision.proposal
        needs = {key: each.id for (ref, outcome), each in n.needs.items()
                 if outcome == offer.outcome and (key := ref.rpartition("/")[2])}  # fmt: skip
        target = decision.target
        return replace(
            decision,
            passage=n.passage(decision.passage) or decision.passage,
            proposal=Proposal(
                outcome=n.outcomes.get((gate, offer.outcome), offer.outcome),
                to=offer.to and n.phases.get(offer.to, offer.to),
                review_on=offer.review_on,
                written={needs.get(key, key): each for key, each in offer.written.items()},
                appoint={n.roles.get(role, role): each for role, each in offer.appoint.items()},
                answers=self._values(offer.answers),
                attach={self.artefact(a): each for a, each in offer.attach.items()},
            ),
            roles=tuple(n.roles.get(role, role) for role in decision.roles),
            versions=self._numbers(decision.versions),
            target=target and n.phases.get(target, target),
        )
