"""Faults put into the engine by hand, each of which the machine alone has to find.

A mutant is a piece of a module's text and what stands there instead. `where` names a walk that
finds it: a case and the number that the walk is chosen by.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import innocities_engine

DOMAIN = Path(innocities_engine.__file__).parent / "domain"
WALKS, STEPS = 8, 80  # of each walk that finds a mutant


@dataclass(frozen=True)
class Mutant:
    fault: str
    module: str
    text: str
    instead: str
    where: tuple[str, int]

    @property
    def name(self) -> str:
        return f"innocities_engine.domain.{self.module}"

    def source(self) -> str:
        """The module with the fault in it."""
        sound = (DOMAIN / f"{self.module}.py").read_text(encoding="utf-8")
        found = sound.count(self.text)
        if found != 1:
            raise LookupError(f"{self.fault}: its text stands {found} times in {self.module}.py")
        return sound.replace(self.text, self.instead)


MUTANTS = (
    # ------------------------------------------------------------ needs
    Mutant(
        "a version counts for a later instance, however old it is", "needs",
        "return (since is None or version.at > since) and artefacts",
        "return artefacts",
        ("rounds", 4),
    ),
    Mutant(
        "a gate that is needed twice is met by once", "needs",
        "if need.times > 1:",
        "if need.times > 2:",
        ("rounds", 1),
    ),
    Mutant(
        "a dormant link of a chain holds nothing until it is awake", "needs",
        "link = find(s, opens.need, need_scope(s, link))",
        "return False",
        ("crossroads", 1),
    ),
    Mutant(
        "a gate that a turn made dormant still counts as settled", "needs",
        "if p.status is PassageStatus.SETTLED and not p.void",
        "if p.status is PassageStatus.SETTLED",
        ("alarms", 1),
    ),
    Mutant(
        "an extended date is forgotten", "needs",
        "    if instance.due is not None:\n",
        "    if instance.due is not None and not instance.extended:\n",
        ("papers", 1),
    ),
    Mutant(
        "ready counts from the asking, whatever was done since", "needs",
        "return max([passage.asked_at, *(at for at in met if at)])",
        "return passage.asked_at",
        ("chambers", 1),
    ),
    Mutant(
        "a waiver makes nothing ready", "needs",
        "if instance.status not in (NeedStatus.DONE, NeedStatus.WAIVED):\n        return None\n    if not blocks",
        "if instance.status is not NeedStatus.DONE:\n        return None\n    if not blocks",
        ("chambers", 4),
    ),
    Mutant(
        "a paper to be signed counts without its approval", "needs",
        'status = "approved" if approver is not None else "submitted"',
        'status = "submitted"',
        ("chambers", 1),
    ),
    # ------------------------------------------------------------ the Review
    Mutant(
        "what is only recommended holds the gate shut", "gates",
        "            (found.required.value is not False),\n",
        "            True,\n",
        ("papers", 1),
    ),
    Mutant(
        "a criterion may be one step below what it must reach", "gates",
        "criterion.scale.index(given) <= criterion",
        "criterion.scale.index(given) - 1 <= criterion",
        ("papers", 1),
    ),
    Mutant(
        "a criterion that nobody rated lets the gate pass", "gates",
        'found.append(Blocker("criterion_unrated", criterion.id, {}, who))',
        "continue",
        ("papers", 1),
    ),
    Mutant(
        "the gate waits for advice that is not required", "gates",
        "if not voice.required or judgements",
        "if judgements",
        ("chambers", 1),
    ),
    Mutant(
        "an open gate does not hold shut what it blocks", "gates",
        'found.append(Blocker("gate_blocks", other.id))',
        "continue",
        ("alarms", 1),
    ),
    Mutant(
        "nobody notices that the deciding role is empty", "gates",
        "    empty = people.empty_roles(s, asked.who)\n",
        "    empty = ()\n",
        ("alarms", 1),
    ),
    Mutant(
        "a need is carried over although the outcome does not take it along", "gates",
        "        if when is None or predicates.judge(s, when, scope).value is True:\n            keys.add",
        "        if True:\n            keys.add",
        ("terms", 1),
    ),
    Mutant(
        "an unknown fact behind a need is not asked for first", "gates",
        "if waits and found.required.value is not False:",
        "if waits and found.required.value is None:",
        ("crossroads", 1),
    ),
    Mutant(
        "one declaration frees every member", "gates",
        ">= leaf.quorum.needed(len(seats))",
        ">= 1",
        ("chambers", 1),
    ),
    # ------------------------------------------------------------ people and voices
    Mutant(
        "a quorum is one too large", "people",
        "for value, n in tally.items() if n >= needed)",
        "for value, n in tally.items() if n > needed)",
        ("papers", 1),
    ),
    Mutant(
        "a quorum is one too small", "people",
        "for value, n in tally.items() if n >= needed)",
        "for value, n in tally.items() if n >= max(1, needed - 1))",
        ("alarms", 1),
    ),
    Mutant(
        "the voice of somebody who left still counts", "people",
        "elif voice.person in speakers.get(member, ()):",
        "else:",
        ("chambers", 1),
    ),
    Mutant(
        "a substitute goes on after the last day", "people",
        "and x.first <= s.today <= x.last",
        "and x.first <= s.today",
        ("chambers", 1),
    ),
    Mutant(
        "a declared conflict takes no voice away", "people",
        "if Exclusion.CONFLICTED in rules:",
        "if not rules:",
        ("alarms", 1),
    ),
    Mutant(
        "whoever handed in a paper may approve it", "people",
        "if Exclusion.SUBMITTER in rules:",
        "if not rules:",
        ("papers", 1),
    ),
    Mutant(
        "one good verdict stands for the whole quorum", "people",
        "return scale[ranks[needed - 1]] if",
        "return scale[ranks[0]] if",
        ("chambers", 1),
    ),
    Mutant(
        "a role counts as filled with one member too few", "people",
        "return len(holders(s, role)) >= max(1, s.method.roles[role].seats_at_least)",
        "return len(holders(s, role)) >= max(1, s.method.roles[role].seats_at_least - 1)",
        ("crossroads", 1),
    ),
    Mutant(
        "a weighted score takes the best verdict for the mean", "judgements",
        "sum(counts, Decimal(0)) / len(counts)",
        "max(counts)",
        ("chambers", 2),
    ),
    Mutant(
        "a member votes before declaring interests", "judgements",
        "return not any(_owes(s, passage, voice.role, member) for member in given_by)",
        "return True",
        ("chambers", 1),
    ),
    Mutant(
        "an adviser need not wait for the one before", "judging",
        "if voice.after and _still_asked(c, gate, passage, voice.after):",
        "if voice.after and not voice.after:",
        ("chambers", 8),
    ),
    Mutant(
        "one waiver is enough where two have to agree", "confirming",
        "if WAIVED in people.agreed(c.situation, who, ballot):",
        "if given:",
        ("chambers", 1),
    ),
    Mutant(
        "a raised reminder is forgotten", "evolve",
        "return replace(p, raised=_put(p.raised, x.key, x.at))",
        "return p",
        ("papers", 1),
    ),
    Mutant(
        "minutes count with fewer present than the quorum asks", "minutes",
        "if len(there) < needed:",
        "if not there:",
        ("chambers", 6),
    ),
    Mutant(
        "anybody may be named as present", "minutes",
        "if p not in seated)",
        "if False)",
        ("chambers", 1),
    ),
    Mutant(
        "a session may be still to come", "minutes",
        "not since <= recorded.on <= s.today",
        "not since <= recorded.on",
        ("chambers", 2),
    ),
    Mutant(
        "a session may have been before the last decision of the gate", "minutes",
        "return max([began, *(moments.held_on(s, decision) for decision in before)])",
        "return began",
        ("chambers", 1),
    ),
    Mutant(
        "a body decides on what came later", "minutes",
        "since <= recorded.on < came:",
        "since <= recorded.on < came < since:",
        ("sessions", 1),
    ),
    Mutant(
        "what a body is said to have read is not believed", "minutes",
        "return judgements.papers(s, passage) if command.papers is None else ()",
        "return judgements.papers(s, passage)",
        ("sessions", 7),
    ),
    Mutant(
        "a vote on one paper counts for another", "votes",
        "if before.get(key, papers) != papers}",
        "if False}",
        ("chambers", 1),
    ),
    # ------------------------------------------------------------ predicates
    Mutant(
        "at least so many means more than so many", "verdicts",
        "if sure >= n:",
        "if sure > n:",
        ("crossroads", 1),
    ),
    Mutant(
        "the best value does not count a hundred in a score", "judgements",
        "HUNDRED * (steps - criterion.scale.index(value)) / steps if",
        "HUNDRED * (steps - criterion.scale.index(value)) / (steps + 1) if",
        ("chambers", 1),
    ),
    Mutant(
        "an unknown part of a rule counts as false", "verdicts",
        "    return undecided(verdicts) or TRUE",
        "    return FALSE if undecided(verdicts) else TRUE",
        ("crossroads", 4),
    ),
    Mutant(
        "none of these means not all of these", "predicates",
        "case NoneOf(of):\n            return every([negated(judge(s, p, scope)) for p in of])",
        "case NoneOf(of):\n            return negated(every([judge(s, p, scope) for p in of]))",
        ("crossroads", 1),
    ),
    Mutant(
        "a named rule that is unknown is false", "predicates",
        "        verdict = judge(s, fact.rule, scope)\n        return verdict.value, verdict.unknown",
        "        verdict = judge(s, fact.rule, scope)\n        return verdict.value is True, verdict.unknown",
        ("crossroads", 1),
    ),
    # ------------------------------------------------------------ settling
    Mutant(
        "a challenge does not hold back the effect", "effects",
        "        and c.project.open_passage(gate.id) is not None\n",
        "        and c.project.open_passage(gate.id) is gate\n",
        ("alarms", 1),
    ),
    Mutant(
        "a decision takes effect before what holds the move is done", "effects",
        "            if found.is_open and found.required.value is not False:\n                return True",
        "            if found.is_open and found.waived:\n                return True",
        ("terms", 1),
    ),
    Mutant(
        "stopping the project leaves its other tracks running", "effects",
        'if root == c.method.main_root and end == "stopped":',
        'if root == c.method.main_root and end == "ended":',
        ("sidelines", 5),
    ),
    Mutant(
        "acts stay done although everything is asked again", "effects",
        "by_hand and instance.status in (NeedStatus.DONE, NeedStatus.HANDED_IN)",
        "by_hand and instance.status in (NeedStatus.HANDED_IN,)",
        ("papers", 1),
    ),
    Mutant(
        "met criteria have to be rated again", "effects",
        'keep = ask == "unmet" and voice.kind is VoiceKind.VERDICT',
        "keep = False",
        ("papers", 1),
    ),
    Mutant(
        "approvals survive that everything is asked again", "effects",
        '    if ask == "all":\n        _void_approvals(c, passage)\n',
        '    if ask == "all":\n',
        ("papers", 1),
    ),
    Mutant(
        "what time brings about is dated when somebody looks", "settle",
        "            c.look_from(instant)\n",
        "            c.look_from(instant)\n            c.now = now\n",
        ("sidelines", 1),
    ),
    Mutant(
        "what a cancelled decision asked for stays open", "opening",
        "        if instance.decision == passage.key:\n            _lapse(c, instance)",
        "        if instance.decision == passage:\n            _lapse(c, instance)",
        ("alarms", 4),
    ),
    Mutant(
        "a track starts after the project was stopped", "settle",
        'return main is not None and main.end == "stopped"',
        "return main is None and bool(c.project.tracks)",
        ("sidelines", 8),
    ),
    Mutant(
        "what is asked again keeps its advice", "effects",
        "            found.append((voice.key, keep and _is_met_criterion(c, passage, item)))",
        "            found.append((voice.key, voice.kind is VoiceKind.ADVICE or (keep and _is_met_criterion(c, passage, item))))",
        ("chambers", 1),
    ),
    # ------------------------------------------------------------ opening and lapsing
    Mutant(
        "the needs of a phase outlive it", "opening",
        "if instance.track == track and not instance.decision and _is_phase_need(c, instance):",
        "if instance.track == track and instance.decision and _is_phase_need(c, instance):",
        ("rounds", 1),
    ),
    Mutant(
        "a turn makes dormant only the gates of its target", "opening",
        "settled and again.intersection(gate.phases):",
        "settled and phase in gate.phases:",
        ("alarms", 6),
    ),
    Mutant(
        "a gate that comes again takes the papers of the time before", "opening",
        "since = _end_of(before) if before else None",
        "since = None",
        ("rounds", 1),
    ),
    Mutant(
        "a date that opened a gate opens it once more", "opening",
        "        if slot not in taken and begun(s, when):\n",
        "        if begun(s, when):\n",
        ("sidelines", 1),
    ),
    Mutant(
        "what comes again begins one time too late", "arising",
        "before = moments.occurrence(s, need.due, scope, k - 1)",
        "before = moments.occurrence(s, need.due, scope, k)",
        ("rounds", 1),
    ),
    Mutant(
        "what the ending decision asks for lapses with the track", "opening",
        "keep and instance.decision == keep and _fresh(c, instance)",
        "keep and instance.decision != keep and _fresh(c, instance)",
        ("papers", 1),
    ),
    # ------------------------------------------------------------ time
    Mutant(
        "a hold moves no date", "moments",
        "days = hold_days(s, hold, since)",
        "days = 0 * hold_days(s, hold, since)",
        ("rounds", 1),
    ),
    Mutant(
        "a hold moves a statutory date, too", "moments",
        "if span.kind is DurationKind.STATUTORY or moment.anchor.kind not in _STANDS_STILL:",
        "if moment.anchor.kind not in _STANDS_STILL:",
        ("rounds", 1),
    ),
    Mutant(
        "a session is reached although it is too late to ask for it", "moments",
        "        if closes >= asked_on:\n",
        "        if found >= asked_on:\n",
        ("sessions", 1),
    ),
    Mutant(
        "the earliest stands for the latest", "moments",
        "else _chosen(s, whens, max)",
        "else _chosen(s, whens, min)",
        ("sessions", 1),
    ),
    Mutant(
        "a yearly date is always that of this year", "moments",
        "return found if found >= on_or_after else _clamped(on_or_after.year + 1, month, day)",
        "return found",
        ("sessions", 1),
    ),
    Mutant(
        "a paper that rests on an older version is not stale", "artefacts",
        "if current is not None and current.n > n:",
        "if current is not None and current.n > n + 1:",
        ("papers", 1),
    ),
    Mutant(
        "a project sleeps through what time would change", "reminders",
        "ahead = [alarm for alarm in c.alarms if alarm > now]",
        "ahead = [alarm for alarm in c.alarms if alarm > now + timedelta(days=30)]",
        ("sidelines", 1),
    ),
    Mutant(
        "a reminder is raised at every sweep", "reminders",
        "[line for line in all_lines if line.key not in s.project.raised]",
        "[line for line in all_lines if line.key]",
        ("papers", 1),
    ),
    Mutant(
        "a gate looks at the newest version though another was presented", "artefacts",
        "    if frozen is None:\n        return newest",
        "    if frozen is None or frozen:\n        return newest",
        ("sessions", 2),
    ),
    Mutant(
        "a withdrawn version is the newest", "artefacts",
        "return [v for v in project.versions.get(artefact, ()) if v.status in STANDING]",
        "return [v for v in project.versions.get(artefact, ()) if v.status in STANDING or v.status is VersionStatus.WITHDRAWN]",
        ("sessions", 4),
    ),
    # ------------------------------------------------------------ papers
    Mutant(
        "a decision does not rest on the papers of its phase", "judgements",
        "        of_phase = need.place is Place.PHASE and needs.is_asked_for(s, instance)\n",
        "        of_phase = False\n",
        ("terms", 1),
    ),
    # ------------------------------------------------------------ reminders
    Mutant(
        "a reminder goes to the owner where the decider is meant", "reminders",
        "            found += obligation.deciders\n",
        "            found += obligation.owners\n",
        ("terms", 1),
    ),
    Mutant(
        "an escalation reaches the owner alone", "reminders",
        "        else:\n            found.append(name)\n    return tuple(dict",
        "        elif not rung.escalation:\n            found.append(name)\n    return tuple(dict",
        ("papers", 1),
    ),
    Mutant(
        "what is ticked off goes on reminding its owner", "reminders",
        "confirmers if handed_in else needs.owners(s, instance)",
        "needs.owners(s, instance)",
        ("papers", 1),
    ),
    Mutant(
        "a reminder rings a day late", "reminders",
        "instant=calendar.start_of_day(s.inputs.calendar, day)",
        "instant=calendar.start_of_day(s.inputs.calendar, day + timedelta(days=1))",
        ("rounds", 1),
    ),
    Mutant(
        "a rung from before it was owed is told", "reminders",
        "if counted is None or counted < opened:",
        "if counted is None:",
        ("terms", 1),
    ),
    Mutant(
        "of rungs due at once every one is told", "reminders",
        "((line, line.counted != latest) for line in fresh if",
        "((line, False) for line in fresh if",
        ("rounds", 1),
    ),
    Mutant(
        "only one of two rungs of a day is told", "reminders",
        "(line, line.counted != latest) for",
        "(line, line is not [n for n in all_lines if n.instant <= s.now][-1]) for",
        ("terms", 1),
    ),
    Mutant(
        "a reminder is raised in a quiet period", "reminders",
        "return calendar.out_of_quiet(s.inputs.calendar, max(day, s.today))",
        "return day",
        ("sessions", 1),
    ),
    Mutant(
        "rungs are counted past quiet periods", "reminders",
        "inputs = replace(s.inputs, calendar=calendar.without_quiet(s.inputs.calendar))",
        "inputs = s.inputs",
        ("sessions", 1),
    ),
    Mutant(
        "nobody is reminded of the review of a hold", "reminders",
        "if track.status is not TrackStatus.HELD or track.held_by is None:",
        "if track.status is TrackStatus.HELD or track.held_by is None:",
        ("rounds", 1),
    ),
    Mutant(
        "a session that nobody asked for is reminded of", "reminders",
        "if due is None or stopped or moments.moves_on(obligation.due):",
        "if due is None or stopped:",
        ("sessions", 1),
    ),
    Mutant(
        "the decider is reminded before the papers are ready", "reminders",
        "if needs.ready_at(s, passage.key) is not None and not waits:",
        "if gate.decides:",
        ("sessions", 1),
    ),
    Mutant(
        "an adviser who has spoken is reminded", "reminders",
        "if judgements.advice_given(s, gate.id, voice.id) is None and _asked",
        "if _asked",
        ("chambers", 1),
    ),
    # ------------------------------------------------------------ commands
    Mutant(
        "a passing outcome needs no empty Review", "deciding",
        "blockers = review.blockers if outcome.passing else unoffered",
        "blockers = unoffered",
        ("rounds", 1),
    ),
    Mutant(
        "anybody may override a shut gate", "deciding",
        "if OVERRIDE not in actor.rights:",
        "if OVERRIDE in actor.rights and not actor.person:",
        ("sessions", 1),
    ),
    Mutant(
        "a decision need not carry what is due with it", "deciding",
        "lacking = proposals.not_carried(c, passage, gate, outcome, proposal)",
        "lacking = ()",
        ("papers", 1),
    ),
    Mutant(
        "signing leaves the baseline that is replaced", "enacting",
        "for other in _same_baseline(c, need.of):",
        "for other in {need.of}:",
        ("papers", 1),
    ),
    Mutant(
        "a new decision leaves the hold of its own gate standing", "enacting",
        "gate.id and outcome.effect is not Effect.HOLD:",
        "gate.id and outcome.effect is Effect.HOLD:",
        ("alarms", 4),
    ),
    Mutant(
        "anybody may resume", "raising",
        '    if actor.person not in allowed:\n        refuse("not_entitled", root',
        '    if not allowed:\n        refuse("not_entitled", root',
        ("rounds", 1),
    ),
    Mutant(
        "a gate is raised while it is open", "raising",
        "    if not opening.may_open(c, gate):\n        refuse",
        "    if not opening.alive(track):\n        refuse",
        ("rounds", 1),
    ),
    Mutant(
        "a condition may be due later than its bound", "proposals",
        "bound is not None and condition.due > bound:",
        "bound is not None and condition.due < bound - condition.due.resolution * 9999:",
        ("rounds", 1),
    ),
    Mutant(
        "a review of a hold may lie as far ahead as one likes", "proposals",
        "if not s.today < proposal.review_on <= latest:",
        "if not s.today < proposal.review_on:",
        ("rounds", 1),
    ),
    Mutant(
        "a stranger may hand in", "handing_in",
        "if actor.person not in (*owners, *people.acting(s, needs.leaders(s))):",
        "if not actor.person:",
        ("papers", 1),
    ),
    Mutant(
        "an act is done although another one holds it", "handing_in",
        "    _not_held(c, instance)\n",
        "",
        ("crossroads", 1),
    ),
    Mutant(
        "an act is done before anybody confirmed it", "handing_in",
        "if confirmers_of(c.situation, instance, need) is not None:",
        "if confirmers_of(c.situation, instance, need) == frozenset():",
        ("papers", 1),
    ),
    # ------------------------------------------------------------ folding
    Mutant(
        "a hold goes on counting after it was resumed", "evolve",
        "        held_by=None,\n        holds=_released(p.tracks[x.track], x.at),\n    )\n\n\ndef _ended",
        "        held_by=None,\n    )\n\n\ndef _ended",
        ("rounds", 1),
    ),
    Mutant(
        "whoever held a role before still holds it", "evolve",
        "return replace(p, members=_put(p.members, x.role, x.members))",
        "return replace(p, members=_put(p.members, x.role, (*p.members.get(x.role, ()), *x.members)))",
        ("papers", 1),
    ),
    Mutant(
        "the papers stay frozen when the gate is asked again", "evolve",
        "        asked_at=x.at,\n        presented=None,\n",
        "        asked_at=x.at,\n",
        ("papers", 1),
    ),
    Mutant(
        "a turn makes nothing dormant", "evolve",
        "return _on_passage(p, x.passage, void=True)",
        "return _on_passage(p, x.passage, void=False)",
        ("alarms", 1),
    ),
)  # fmt: skip

# On the way to landing every third one is walked under, each night all of them.
TRIED = MUTANTS if os.environ.get("INNOCITIES_FULL") else MUTANTS[::3]
