"""Reminders: which rung of which ladder is due for which obligation, to which role.

A rung is due from the beginning of its day while its obligation is open. Of several rungs that have
become due unnoticed only the latest is raised and the others are overtaken; a rung is raised once
for one due date. Persons, hours and mails are no concern of this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from . import calendar, doing, judging, moments, needs, people, predicates
from .model import Context, Need, Passage, Raised, Spec, Track, World
from .people import Asked
from .reading import listed


@dataclass(frozen=True)
class Obligation:
    """Something due that is still open, who owes it, and the ladder it hangs on."""

    id: str
    due: date
    owners: tuple[str, ...]
    ladder: str | None
    here: Context
    statutory: bool = False
    confirm: tuple[str, ...] = ()


def raise_reminders(w: World) -> None:
    """Note every reminder that is due now and was not raised for the same date before."""
    for obligation in obligations(w):
        if waits_for_quiet(w, obligation):
            continue
        come = list(rungs(w, obligation))
        latest = max((day for day, _, _ in come), default=None)
        for day, rung, spec in come:
            roles = tuple(receivers(w, obligation, spec))
            raised = Raised(w.now, roles, overtaken=day != latest)
            w.state.raised.setdefault((obligation.id, rung, obligation.due), raised)


def waits_for_quiet(w: World, obligation: Obligation) -> bool:
    """Whether nothing is raised today, since the organisation is on holiday."""
    quiet = calendar.in_quiet(w.days, w.today) and not obligation.statutory
    return quiet and not w.over(w.today)


def rungs(w: World, obligation: Obligation) -> Iterator[tuple[date, str, Spec]]:
    """The rungs whose day has begun, but none from before it was owed."""
    first = obligation.here.since
    for day, rung, spec in all_rungs(w, obligation):
        if first is None or day >= first:
            yield day, rung, spec


def all_rungs(w: World, obligation: Obligation) -> Iterator[tuple[date, str, Spec]]:
    """Every rung whose day has begun, reckoned without quiet periods; an `every` is numbered.

    No hold moves the rungs of what no hold stops.
    """
    w = replace(w, days=replace(w.days, quiet=()))
    here = obligation.here.with_due(obligation.due)
    here = replace(here, track=None) if obligation.statutory else here
    for rung, spec in w.method.ladders.get(obligation.ladder or "", {}).items():
        repeat = moments.every(spec["at"])
        if repeat is None:
            found = moments.when(w, spec["at"], here)
            if found is not None and w.begun(found.day):
                yield found.day, rung, spec
            continue
        k = 1
        while (day := moments.occurrence(w, repeat, k, here)) is not None and w.begun(day):
            yield day, f"{rung}/{k}", spec
            k += 1


def receivers(w: World, obligation: Obligation, rung: Spec) -> list[str]:
    """The roles a rung goes to; `owner`, `decider`, `accepts` mean those of this obligation."""
    found: list[str] = []
    for name in map(str, listed(rung.get("to"))):
        if name == "owner":
            found += obligation.owners
        elif name == "accepts":
            found += obligation.confirm
        elif name == "decider":
            passage = obligation.here.passage
            who = judging.decider(w, passage) if passage else None
            found += who.roles if who else []
        else:
            found.append(name)
    return list(dict.fromkeys(found))


# Obligations


def obligations(w: World) -> Iterator[Obligation]:
    yield from open_needs(w)
    for passage in w.state.passages:
        if passage.status == "open":
            yield from voices(w, passage)
    for track in w.state.tracks.values():
        if track.held is not None:
            yield review_of_hold(w, track)


def open_needs(w: World) -> Iterator[Obligation]:
    for need in w.state.needs:
        day = needs.due(w, need) if needs.status(w, need) == "open" else None
        if day is None or needs.exists(w, need) is None or rests_on_nothing(w, need):
            continue
        statutory = doing.is_statutory(w, need)
        if stands_still(w, need.track) and not statutory:
            continue
        gate = need.passage.gate if need.passage else None
        confirming, _ = doing.voice_on(w, need, needs.accepters(need))
        confirm = tuple(confirming.roles) if confirming else ()
        owners = confirm if need.ticked is not None else need_owners(w, need)
        rungs_of = ladder(w, need.spec, gate)
        here = needs.context(w, need)
        yield Obligation(id_of(need), day, owners, rungs_of, here, statutory, confirm)


def rests_on_nothing(w: World, need: Need) -> bool:
    """Whether its date counts from a session that has to be asked for and was not: it moves on."""
    moment = needs.due_moment(w, need)
    fixed = need.extended is not None or need.written is not None
    if fixed or moments.every(moment) is not None:
        return False
    found = moments.when(w, moment, needs.context(w, need))
    return found is not None and found.floats


def id_of(need: Need) -> str:
    """Told apart from every other instance, carried ones and conditions included."""
    n = need.passage.n if need.passage else need.entry.n if need.entry else 1
    which = [need.place, need.occurrence, need.member or "", (need.written or {}).get("text") or ""]
    return "|".join([f"{need.ref}#{n}", *map(str, which)])


def need_owners(w: World, need: Need) -> tuple[str, ...]:
    if need.member is not None:
        return (need.member,)
    who = doing.owner(w, need)
    if isinstance(who, str) and who not in w.method.roles:
        return (who,)
    found = people.asked(w, who, needs.context(w, need))
    return tuple(found.roles) if found else ()


def stands_still(w: World, track: str) -> bool:
    return w.state.tracks[track].held is not None


def voices(w: World, passage: Passage) -> Iterator[Obligation]:
    """The voices asked for that have a due date: advice, verdicts, and once it is before them the decision."""
    here = judging.at_gate(w, passage)
    decides = w.method.decides(passage.gate)
    if (instant := moments.ready(w, passage)) is not None:
        here = replace(here, since=w.days.of(instant))
        yield from voice(w, passage, "decides", decides, judging.decider(w, passage), here)
    for advice, spec in w.method.advises(passage.gate).items():
        asked = judging.advice_exists(w, passage, advice)
        if asked and judging.advice_given(w, passage, advice) is None:
            who = judging.adviser(w, passage, advice)
            yield from voice(w, passage, advice, spec, who, here)
    rates = w.method.gates[passage.gate].get("rates")
    if isinstance(rates, dict) and unrated(w, passage):
        who = people.asked(w, rates.get("by"), here)
        yield from voice(w, passage, "rates", rates, who, here)


def unrated(w: World, passage: Passage) -> bool:
    return any(
        judging.criterion_exists(w, passage, c) and judging.verdict(w, passage, c) is None
        for c in w.method.criteria(passage.gate)
    )


def voice(
    w: World, passage: Passage, name: str, spec: Spec, who: Asked | None, here: Context
) -> Iterator[Obligation]:
    due = moments.when(w, spec["due"], here) if spec.get("due") is not None else None
    exists = predicates.holds(w, spec.get("when"), here) is not False
    statutory = moments.is_statutory(w, spec.get("due"), here)
    if stands_still(w, passage.track) and not statutory:
        return
    if due is not None and not due.floats and who is not None and exists:
        obligation = f"{passage.gate}:{name}#{passage.n}"
        rungs_of = ladder(w, spec, passage.gate)
        yield Obligation(obligation, due.day, tuple(who.roles), rungs_of, here, statutory)


def review_of_hold(w: World, track: Track) -> Obligation:
    """The review date of a hold runs on; it only reminds."""
    assert track.held is not None
    gate = track.held.gate
    passage = w.passage(gate)
    who = judging.decider(w, passage) if passage else None
    owners = tuple(who.roles) if who else ()
    here = Context(since=track.held.first)
    name = f"{track.id}:review#{len(track.holds)}"
    return Obligation(name, track.held.review, owners, ladder(w, {}, gate), here)


def ladder(w: World, spec: Spec, gate: str | None) -> str | None:
    """The ladder of the thing, else of its gate, else of the definition."""
    of_gate = w.method.gates[gate].get("remind") if gate else None
    chosen = spec.get("remind", of_gate if of_gate is not None else w.method.raw.get("remind"))
    return None if chosen is None else str(chosen)
