"""Decide how it is told why a gate is not open: that it has been decided, that the project stands
elsewhere, or what it still waits for.
"""

from __future__ import annotations

from collections.abc import Iterator

from innocities_engine import wording
from innocities_engine.cli import happenings
from innocities_engine.cli.teller import Teller
from innocities_engine.domain import moments, needs, opening, predicates
from innocities_engine.domain.definition import Gate
from innocities_engine.domain.grammar import Every
from innocities_engine.domain.project import NeedStatus, PassageStatus
from innocities_engine.domain.situation import phase_scope
from innocities_engine.domain.whens import begun


def why(t: Teller, gate: Gate) -> str:
    """What keeps it from being open now, in sentences; "" if nothing is known to."""
    return " ".join(_sentences(t, gate))


def _sentences(t: Teller, gate: Gate) -> Iterator[str]:
    track = t.project.tracks.get(gate.track)
    passages = [p for p in t.project.passages_of(gate.id) if not p.void]
    last = passages[-1] if passages else None
    phases = " / ".join(map(t.title, gate.phases))
    decided = last.outcome if last and last.status is not PassageStatus.LAPSED else None
    if track is None:
        yield t.say("unopened.not_begun", phases=phases)
        return
    if decided:
        yield t.say("unopened.decided", outcome=happenings.outcome(t, gate.id, decided))
    if not opening.alive(track):
        if not decided:
            yield t.say("unopened.over", phases=phases)
    elif track.phase in gate.phases:
        yield from _waits_for(t, gate, track.phase)
    elif not decided or opening.ahead(t.method, track.phase).intersection(gate.phases):
        yield t.say("unopened.elsewhere", phases=phases, phase=t.title(track.phase))


def _waits_for(t: Teller, gate: Gate, phase: str) -> Iterator[str]:
    """What the method says of when it comes up, as far as that is not so yet."""
    from innocities_engine.authoring.plainly import Plainly

    s, plainly, scope = t.s, Plainly(t.method, t.language), phase_scope(t.s, phase)
    if gate.when is not None and predicates.judge(s, gate.when, scope).value is not True:
        yield t.say("unopened.only_if", when=plainly.rule(gate.when))
    opens = gate.opens
    if opens is None:
        return
    if opens.when is not None and predicates.judge(s, opens.when, scope).value is not True:
        yield t.say("unopened.once", when=plainly.rule(opens.when))
    if opens.need is not None:
        before = needs.find(s, opens.need, scope)
        if before is None or before.status is not NeedStatus.DONE:
            yield t.say("unopened.after", thing=plainly.need(opens.need))
    ahead = [
        plainly.moment(moment)
        for moment in opens.at.values()
        if isinstance(moment, Every) or not begun(s, moments.resolve(s, moment, scope))
    ]
    if ahead:
        yield t.say("unopened.at", moment=wording.listed(t.language, ahead, "and"))
    if opens.by is not None:
        yield t.say("unopened.raised", who=plainly.who(opens.by))
