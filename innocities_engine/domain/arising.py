"""What needs arise, when those that sleep may wake, and when what comes again is there again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from innocities_engine.domain import events as e
from innocities_engine.domain import moments, needs, people, predicates
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Need, NeedKind, Opens, Role
from innocities_engine.domain.grammar import Every
from innocities_engine.domain.project import Decision, NeedInstance, NeedStatus, Passage
from innocities_engine.domain.situation import Scope, need_of, need_scope, passage_scope
from innocities_engine.domain.whens import begun, is_over


def open_need(
    c: Cursor,
    need: Need,
    key: str,
    origin: str,
    track: str,
    *,
    since: datetime | None = None,
    decision: str | None = None,
    outcome: str = "",
    **more: Any,
) -> NeedInstance:
    instance = NeedInstance(
        key=key,
        ref=need.ref,
        origin=origin,
        status=NeedStatus.DORMANT if _waits_to_open(need.opens) else NeedStatus.OPEN,
        opened_at=c.now,
        track=track,
        since=since,
        decision=decision,
        outcome=outcome,
    )
    instance = replace(instance, **more)
    c.emit(e.NeedOpened(at=c.now, need=instance))
    return instance


def _waits_to_open(opens: Opens | None) -> bool:
    return opens is not None and bool(opens.at or opens.need or opens.when)


def may_wake(c: Cursor, instance: NeedInstance) -> bool:
    """Whether all that the opening of a dormant need waits for has come."""
    s = c.situation
    opens = need_of(c.method, instance).opens
    if opens is None:  # another version of the method waits for nothing
        return True
    scope = need_scope(s, instance)
    if opens.need is not None:
        before = needs.find(s, opens.need, scope)
        if before is None or before.status not in (NeedStatus.DONE, NeedStatus.WAIVED):
            return False
    if not all(begun(s, moments.resolve(s, m, scope)) for m in opens.at.values()):
        return False
    return opens.when is None or predicates.judge(s, opens.when, scope).value is True


def open_decision_needs(
    c: Cursor, passage: Passage, decision: Decision, done_already: frozenset[str]
) -> None:
    """Open what a decision asks for: the needs of its outcome and of the roles that decided.

    `done_already`: carried needs that are met do not arise.
    """
    gate = c.method.gates[passage.gate]
    outcome = gate.outcomes[decision.proposal.outcome]
    turn = sum(d.passage == passage.key for d in c.project.decisions)
    suffix = f"#{passage.n}d{turn}"
    for need in outcome.needs.values():
        if need.id in done_already or isinstance(need.due, Every):
            continue
        key = f"{gate.id}/{need.id}{suffix}"
        if need.kind is NeedKind.WRITTEN:
            _open_written(c, need, key, passage, decision, gate.track)
            continue
        carried = need.id in outcome.carries
        since = c.now if need.fresh and not carried else None
        open_need(
            c, need, key, passage.key, gate.track,
            since=since, decision=passage.key, outcome=outcome.id,
        )  # fmt: skip
    for role_id in decision.roles:
        role = c.method.roles[role_id]
        for need in role.needs.values():
            if born_with_decision(role, need):
                key = f"{gate.id}.{role.id}/{need.id}{suffix}"
                open_need(
                    c, need, key, passage.key, gate.track,
                    since=c.now if need.fresh else None, decision=passage.key,
                )  # fmt: skip


def _open_written(
    c: Cursor, need: Need, key: str, passage: Passage, decision: Decision, track: str
) -> None:
    for i, condition in enumerate(decision.proposal.written.get(need.id, ()), start=1):
        open_need(
            c, need, f"{key}~{i}", passage.key, track,
            decision=passage.key, outcome=decision.proposal.outcome,
            text=condition.text, owner=condition.owner, due=condition.due,
        )  # fmt: skip


def born_with_decision(role: Role, need: Need) -> bool:
    """Whether a role's need opens with the decision, itself or through the chain it hangs on."""
    opens = need.opens
    while opens is not None and not opens.on_decision:
        if opens.need is None or opens.need.key not in role.needs:
            return False
        opens = role.needs[opens.need.key].opens
    return opens is not None


def open_role_needs(c: Cursor, passage: Passage) -> None:
    """Open the needs of the roles that will decide: one for the role, or one for each member."""
    gate = c.method.gates[passage.gate]
    s = c.situation
    for role_id in people.roles_asked(s, gate.decides.by, passage_scope(s, passage)):
        role = c.method.roles[role_id]
        for need in role.needs.values():
            if born_with_decision(role, need):
                continue
            members = c.project.members.get(role_id, ()) if need.each_member else ("",)
            for member in members:
                key = f"{gate.id}.{role_id}/{need.id}#{passage.n}" + (member and f"@{member}")
                if key not in c.project.needs:
                    open_need(c, need, key, passage.key, gate.track, member=member)


def open_recurring(c: Cursor, need: Need, origin: str, base: str, track: str, **more: Any) -> None:
    """Open the next occurrence of a recurring need once the one before is over.

    Occurrence n+1 begins the day after n's due; a version counts for it if handed in after that.
    """
    assert isinstance(need.due, Every)
    s = c.situation
    k = 1
    while f"{base}.{k}" in c.project.needs:
        k += 1
    opened = _origin_opened(c, origin)
    phase = "" if origin.partition("#")[0] in c.method.gates else need.owner_id
    scope = Scope(track, opened, "" if phase else origin, "", phase)
    since = opened
    if k > 1:
        before = moments.occurrence(s, need.due, scope, k - 1)
        over = is_over(s, before) if before else None
        if over is None:
            return
        s.look_again(over)
        if s.now < over:
            return
        since = over
    when = moments.occurrence(s, need.due, scope, k)
    if when is not None:
        open_need(
            c, need, f"{base}.{k}", origin, track,
            since=since if need.fresh else None, occurrence=k, slot=when.day, **more,
        )  # fmt: skip


def _origin_opened(c: Cursor, origin: str) -> datetime:
    if origin in c.project.passages:
        return c.project.passages[origin].decided_at or c.now
    phase, _, entry = origin.partition("#")
    return c.project.entries[phase][int(entry) - 1]
