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

from innocities_engine.domain import recounting, values
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.migration import Migration
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
    Version,
)
from innocities_engine.domain.renaming import Names

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
            voices={voice.key: voice for voice in recounting.counting(self)},
            conflicts=self._by_passage(p.conflicts),
            decisions=tuple(self._decision(d) for d in p.decisions if n.passage(d.passage)),
            truths=n.known(n.gates, p.truths),
            raised=self.raised(),
            dates={key: day for old, day in p.dates.items()
                   if (key := self.obligation(old)) is not None},
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
        yield from (("voice", voice.subject) for voice in recounting.fallen(self))

    # ------------------------------------------------------------ keys

    def obligation(self, key: str) -> str | None:
        """The key of something owed, or None where it is owed no more."""
        kind, _, subject = key.partition(":")
        root, _, n = subject.partition("#")
        if kind != "review":
            return self.names.obligation(key, self.need_keys)
        new = self._root(root)
        return f"review:{new}#{n}" if new else None

    def _root(self, root: str) -> str | None:
        """The track on which the project is where a track has been."""
        track = self.project.tracks.get(root)
        phase = self.new.phases.get(self.names.phases.get(track.phase, "")) if track else None
        return phase.track if phase else None

    def keys(self, move: Migration) -> dict[str, str]:
        """The keys of what is owed that the names in a move do not tell, in either direction."""
        reviews = (f"review:{root}#{len(t.holds)}" for root, t in self.project.tracks.items())
        found = self.need_keys | {key: new for key in reviews if (new := self.obligation(key))}
        back = move.reversed()
        return {old: new for old, new in found.items()
                if move.owed(old) != new or back.owed(new) != old}  # fmt: skip

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
        main = self.old.main_root
        living = {self._root(r) for r, t in self.project.tracks.items() if t.end is None}
        found: dict[str, Track] = {}
        for root, track in self.project.tracks.items():
            if root == main and track.end is not None:
                phase = self.names.phases.get(track.phase, self.new.main_root)
                found[self.new.main_root] = replace(track, phase=phase)
                continue
            there, moved = self._root(root), self._track(root, track)
            if there is None and track.end is not None and moved is not None:
                there = self.new.phases[moved.phase].track
            # What has ended gives way to what runs, and ends nothing else.
            over = track.end is not None and there in (self.new.main_root, *living)
            if there is not None and moved is not None and not over:
                found[there] = moved
        return found

    def _track(self, root: str, track: Track) -> Track | None:
        """One that has ended or is left behind may be gone but for the phase it began with."""
        if track.phase not in self.names.phases:
            first = self.names.phases.get(root)
            return replace(track, phase=first) if first is not None else None
        phase, entry = self._entry(track.phase, track.entry)
        moving, held_by = self._there(track.moving), self._there(track.held_by)
        return replace(track, phase=phase, entry=entry, moving=moving, held_by=held_by)

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
            slot=self._slot(passage),
            presented=shown and replace(shown, versions=self._numbers(shown.versions)),
        )

    def _slot(self, passage: Passage) -> str:
        """What is counted from an entry names it. What was passed is not asked again because two
        phases have become one: it was passed for all those entries as well.
        """
        name, _, entry = passage.slot.partition("@")
        phase, _, n = entry.partition("#")
        if phase not in self.names.phases or phase not in self.project.entries:
            return passage.slot
        new, number = self._entry(phase, int(n))
        visits = [each for _, each, _ in self._visits[new]]
        if passage.status is PassageStatus.SETTLED and not passage.void:
            while number < len(visits) and visits[number] != phase:
                number += 1
        return f"{name}@{new}#{number}"

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
            if (new := self.obligation(obligation)) is not None:
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
        return {f: each for f, each in known.items() if self._is_understood(f, each.value)}

    def _understood(self, answers: Mapping[str, bool | str]) -> dict[str, bool | str]:
        """Those of a form, too; what was asked by a question that is gone stays to be read."""
        told = self._values(answers)
        return {fact: value for fact, value in told.items() if self._is_understood(fact, value)}

    def _is_understood(self, fact: str, value: bool | str) -> bool:
        return values.is_legible(self.new.facts.get(fact), value)

    # ------------------------------------------------------------ decisions

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
