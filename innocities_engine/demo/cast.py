"""People who do what a project asks of them next.

The cast reads the Review as any manager would and issues the commands that mend it, each by
somebody who may. It knows nothing that the program does not tell, and has no other way in.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from innocities_engine import library
from innocities_engine.demo import looking
from innocities_engine.demo.saying import Script, proposal, value
from innocities_engine.domain import commands as k
from innocities_engine.domain import gates, handing_in, judgements, needs, people
from innocities_engine.domain.definition import Gate, Need, NeedKind, Outcome
from innocities_engine.domain.gates import Blocker, Review
from innocities_engine.domain.grammar import RoleWho, Who
from innocities_engine.domain.project import (
    Content,
    NeedInstance,
    NeedStatus,
    Passage,
    Recorded,
)
from innocities_engine.domain.situation import Situation, need_of, need_scope, passage_scope
from innocities_engine.engine import Engine, View
from innocities_engine.office import Office
from innocities_engine.store import files

MOST_STEPS = 400
MOST_WEEKS = 300
WEEK = 7  # days


class Stuck(AssertionError):
    """The story asks for something that the method never allows."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody in one organisation, playing one project, or several that go alike.

    What the first of the projects asks for is done in all of them, together or not at all.
    """

    engine: Engine
    organisation: str
    projects: tuple[str, ...]
    company: Mapping[str, tuple[str, ...]]
    manager: str
    wait_until: Callable[[datetime], None]
    office: Office

    # ------------------------------------------------------------ looking

    def view(self) -> View:
        return self.engine.view(self.organisation, self.projects[0], self.manager)

    def situation(self) -> Situation:
        view = self.view()
        return Situation(view.method, view.project, view.inputs, view.now)

    def passage(self, gate: str) -> Passage:
        """The open instance of a gate; weeks pass, with their daily duties, until there is one."""
        for _ in range(MOST_WEEKS):
            passage = self.view().project.open_passage(gate)
            if passage is not None:
                return passage
            self.live(WEEK)
        raise Stuck(f"{gate} never opens")

    def let_time_pass(self, days: int = 1) -> None:
        self.wait_until(self.engine.clock() + timedelta(days=days))

    def live(self, days: int) -> None:
        """Days go by, and week after week everybody does their duties."""
        for _ in range(days // WEEK):
            self.let_time_pass(WEEK)
            self.do_duties()
        self.let_time_pass(days % WEEK)

    def do_duties(self) -> None:
        """Do what is due within a week and belongs to no story."""
        for _ in range(MOST_STEPS):
            s = self.situation()
            todo = next((n for n in s.project.needs.values() if looking.is_duty(s, n)), None)
            if todo is None:
                return
            self.meet(s, todo, Script())
        raise Stuck(f"{todo} is never met")

    # ------------------------------------------------------------ doing

    def do(self, command: k.Command, actor: str) -> None:
        asked = [(project, command) for project in self.projects]
        self.engine.execute_together(self.organisation, asked, actor)

    def paper(self, name: str, language: str) -> Content:
        """A paper as it is handed in: the method's own template, kept as a file."""
        method = self.view().method
        text = library.template_text(method, name, language) or name
        kept = files.keep(self.engine.store, self.organisation, io.BytesIO(text.encode("utf-8")))
        return Content(kept.sha256, f"{name}.md", "file", kept.size)

    def pass_gate(self, gate: str, outcome: str, script: Script | None = None) -> None:
        """Bring a gate as far as the outcome asks, and have it decided."""
        script = script or Script()
        passage = self.passage(gate)
        definition = self.view().method.gates[gate].outcomes[outcome]
        self.make_ready(gate, passage, definition, script)
        self.present(gate)
        self.decide(gate, definition, script)

    def make_ready(self, gate: str, passage: Passage, outcome: Outcome, script: Script) -> None:
        for _ in range(MOST_STEPS):
            s = self.situation()
            review = gates.review(s, s.project.passages[passage.key], outcome)
            todo = [b for b in review.blockers if outcome.passing or looking.asks_who_decides(b)]
            if not todo:
                return
            self.mend(s, s.method.gates[gate], todo[0], review, script)
        raise Stuck(f"{gate} is never ready for {outcome.id}: {todo}")

    def mend(
        self, s: Situation, gate: Gate, blocker: Blocker, review: Review, script: Script
    ) -> None:
        passage = s.project.passages[review.passage]
        match blocker.code:
            case "need_open":
                self.meet(s, s.project.needs[blocker.subject], script)
            case "criterion_unrated" | "criterion_below":
                self.rate(s, gate, passage, looking.same_raters(gate, blocker, review), script)
            case "advice_missing":
                self.advise(s, gate, passage, blocker.subject)
            case "answer_first":
                self.answer(s, blocker.subject, script)
            case "role_empty":
                self.fill(blocker.subject)
            case "gate_blocks":
                other = s.method.gates[blocker.subject]
                self.pass_gate(other.id, looking.passing(other), script)
            case _:
                raise Stuck(f"{gate.id}: {blocker}")

    # ------------------------------------------------------------ needs

    def meet(self, s: Situation, instance: NeedInstance, script: Script) -> None:
        need = need_of(s.method, instance)
        if instance.status is NeedStatus.DORMANT:
            self.let_time_pass()
            return
        if need.kind in needs.BY_HAND:
            self.tick_off(s, instance, need)
        elif need.kind is NeedKind.ARTEFACT and need.done is None:
            self.hand_in(s, instance, need, script)
        elif need.kind is NeedKind.ROLE:
            self.fill(need.of)
        elif need.kind is NeedKind.FACT:
            self.answer(s, need.of, script)
        elif need.kind is NeedKind.GATE:
            self.pass_gate(need.of, looking.passing(s.method.gates[need.of]), script)
        else:
            self.bring_about(s, instance, need, script)

    def tick_off(self, s: Situation, instance: NeedInstance, need: Need) -> None:
        if instance.status is NeedStatus.HANDED_IN:
            for person in sorted(handing_in.confirmers_of(s, instance, need) or ()):
                if self.view().project.needs[instance.key].status is NeedStatus.HANDED_IN:
                    self.do(k.Accept(instance.key), person)
            return
        owner = self.someone(s, needs.owners(s, instance))
        self.do(k.TickOff(instance.key, member=instance.member), owner)

    def hand_in(self, s: Situation, instance: NeedInstance, need: Need, script: Script) -> None:
        """Hand in what is missing; approve what stands but is not approved."""
        trial = replace(need, status="submitted")
        if needs.satisfied(s, instance, trial, need_scope(s, instance)).value:
            self.approve(s, need.of)
            return
        self.submit(s, need.of, script, needs.owners(s, instance))

    def submit(
        self, s: Situation, artefact: str, script: Script, owners: tuple[str, ...] = ()
    ) -> None:
        form = s.method.artefacts[artefact].form
        answers = {fact: value(s, fact, script) for fact in form}
        content = self.paper(artefact, s.method.languages[0])
        self.do(k.Submit(artefact, content, answers), self.someone(s, owners))

    def approve(self, s: Situation, artefact: str) -> None:
        before = s.project.versions[artefact][-1]
        scope = judgements.project_scope(s)
        whos = looking.approvers(s, artefact)
        for role in people.roles_asked(s, whos, scope):
            if not people.is_filled(s, role):
                self.fill(role)
        s = self.situation()
        for person in people.people_of(s, whos, scope):
            if person != before.by:
                self.do(k.Approve(artefact), person)
                if self.view().project.versions[artefact][-1].status.value == "approved":
                    return

    def bring_about(self, s: Situation, instance: NeedInstance, need: Need, script: Script) -> None:
        """A wait or a rule: answer what it asks, fill what it counts, else let time pass."""
        found = needs.finding(s, instance)
        for fact in sorted(found.waits):
            if fact in s.method.facts:
                self.answer(s, fact, script)
                return
        for role in looking.roles_counted(s.method, need):
            if not people.is_filled(s, role):
                self.fill(role)
                return
        self.let_time_pass()

    # ------------------------------------------------------------ facts and roles

    def answer(self, s: Situation, fact: str, script: Script) -> None:
        forms = s.method.form_of.get(fact, ())
        if forms:
            self.submit(s, forms[0], script)
            return
        by = s.method.facts[fact].by
        roles = people.roles_asked(s, by, judgements.project_scope(s)) if by else ()
        self.do(k.AnswerFact(fact, value(s, fact, script)), self.someone(s, roles))

    def fill(self, role: str) -> None:
        self.do(k.Assign(role, self.company[role]), self.manager)

    def someone(self, s: Situation, roles: tuple[str, ...]) -> str:
        """Somebody who holds one of these roles, else who leads the project, else anybody."""
        for name in (*roles, *needs.leaders(s)):
            if name not in s.method.roles:
                return name
            if not people.holders(s, name) and name in self.company:
                self.fill(name)
                return self.company[name][0]
            if people.holders(s, name):
                return people.holders(s, name)[0]
        return next(iter(s.project.members.values()))[0]

    # ------------------------------------------------------------ voices

    def speakers(
        self, s: Situation, who: Who, passage: Passage
    ) -> Iterator[tuple[str, Recorded | None]]:
        """Yield who gives a voice: the recorder of a body once, or members one by one."""
        asked = people.asked(s, who, passage_scope(s, passage)).who
        for leaf in people.leaves(asked):
            yield from self._of_role(s, leaf, passage)

    def _of_role(
        self, s: Situation, leaf: RoleWho, passage: Passage
    ) -> Iterator[tuple[str, Recorded | None]]:
        if not people.is_filled(s, leaf.role):
            self.fill(leaf.role)
            s = self.situation()
        role = s.method.roles[leaf.role]
        members = looking.free(s, leaf.role, passage)
        if role.records is not None:
            scope = judgements.project_scope(s)
            for recording in people.roles_asked(s, role.records, scope):
                if not people.holders(s, recording):
                    self.fill(recording)
            s = self.situation()
            recorder = people.people_of(s, role.records, scope)[0]
            record = Recorded(recorder, members, f"§ {s.today.day}/{s.today.year}", s.today)
            yield recorder, record
            return
        for member in members:
            able = (member, *people.substitutes(s, member, leaf.role))
            yield able[-1], None

    def rate(
        self, s: Situation, gate: Gate, passage: Passage, criteria: Sequence[str], script: Script
    ) -> None:
        """Rate, in one go, criteria that the same people judge."""
        values = {c: script.verdicts.get(c, gate.criteria[c].scale[0]) for c in criteria}
        by = judgements.raters_of(gate, gate.criteria[criteria[0]])
        for person, record in self.speakers(s, by, passage):
            if self.stepped_aside(passage, person):
                continue
            self.do(k.Rate(gate.id, values, record), person)
            s = self.situation()
            if all(judgements.verdict_of(s, gate.id, c) == v for c, v in values.items()):
                return

    def advise(self, s: Situation, gate: Gate, passage: Passage, advice: str) -> None:
        voice = gate.advises[advice]
        value = (voice.scale or tuple(gate.outcomes))[0]
        for person, record in self.speakers(s, voice.by, passage):
            if self.stepped_aside(passage, person):
                continue
            self.do(k.Advise(gate.id, advice, value, recorded=record), person)
            if judgements.advice_given(self.situation(), gate.id, advice):
                return

    def stepped_aside(self, passage: Passage, person: str) -> bool:
        return person in self.view().project.conflicts.get(passage.key, ())

    def present(self, gate: str) -> None:
        passage = self.view().project.open_passage(gate)
        if passage is not None and passage.presented is None:
            s = self.situation()
            self.do(k.Present(gate), self.someone(s, needs.leaders(s)))

    def decide(self, gate_id: str, outcome: Outcome, script: Script) -> None:
        """Everybody asked gives their vote on one proposal until it is taken."""
        s = self.situation()
        passage = s.project.open_passage(gate_id)
        assert passage is not None
        gate = s.method.gates[gate_id]
        language = s.method.languages[0]
        stated = proposal(
            s, gate, passage, outcome, script, self.company, lambda a: self.paper(a, language)
        )
        taken = len(s.project.decisions)
        for person, record in self.speakers(s, gate.decides.by, passage):
            if self.stepped_aside(passage, person):
                continue
            self.do(k.Decide(gate_id, stated, script.reason, record), person)
            if len(self.view().project.decisions) > taken:
                return
        raise Stuck(f"{gate_id}: no quorum for {outcome.id}")

    # ------------------------------------------------------------ what stories ask for

    def judge(self, gate: str, script: Script) -> None:
        """Rate every criterion of the open instance as the story says."""
        passage = self.passage(gate)
        for criterion in self.view().method.gates[gate].criteria:
            s = self.situation()
            self.rate(s, s.method.gates[gate], passage, [criterion], script)

    def settle_open_needs(self) -> None:
        """Do what is open and can be done by hand, as far as it goes without waiting."""
        for _ in range(MOST_STEPS):
            s = self.situation()
            todo = [n for n in s.project.needs.values() if n.decision and looking.by_hand(s, n)]
            if not todo:
                return
            self.meet(s, todo[0], Script())

    def meet_condition(self, number: int) -> None:
        """Tick off the so-manieth written condition, and have it confirmed."""
        for _ in range(2):
            s = self.situation()
            found = [n for n in s.project.needs.values() if n.key.endswith(f"~{number}")]
            if found and found[0].status in (NeedStatus.OPEN, NeedStatus.HANDED_IN):
                self.meet(s, found[0], Script())

    def resume(self) -> None:
        """Whoever held the project lets it go on."""
        s = self.situation()
        track = s.project.tracks[s.method.main_root]
        assert track.held_by is not None
        passage = s.project.passages[track.held_by]
        who = s.method.gates[passage.gate].decides.by
        self.do(k.Resume(), people.people_of(s, who, passage_scope(s, passage))[0])

    def conflict(self, gate: str, person: str, reason: str) -> None:
        self.passage(gate)
        self.do(k.DeclareConflict(gate, reason), person)

    def stand_in(self, person: str, substitute: str, role: str, days: int) -> None:
        """Let somebody stand in from today on."""
        today = self.situation().today
        until = today + timedelta(days=days)
        self.office.substitute(
            self.organisation, k.Substitution(person, substitute, today, until, role), self.manager
        )
