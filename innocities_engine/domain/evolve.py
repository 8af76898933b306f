"""Fold events into the state of a project.

`evolve` evaluates no rule and needs no method: an event already carries every consequence, so
replaying the stored events gives the stored state, now and in every later release.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from innocities_engine.domain import events as e
from innocities_engine.domain import migrated
from innocities_engine.domain.project import (
    Answer,
    Correction,
    Hold,
    MailPause,
    NeedStatus,
    PassageStatus,
    Project,
    Track,
    TrackStatus,
    VersionStatus,
)

V = TypeVar("V")


def evolve(project: Project, event: e.Event) -> Project:
    """Return the project as it is after `event`."""
    changed = _FOLDS[type(event)](project, event)
    if project.as_of is not None and event.at <= project.as_of:
        return changed  # most events of a command happen at one instant
    return replace(changed, as_of=event.at)


def fold(project: Project, happened: Iterable[e.Event]) -> Project:
    for event in happened:
        project = evolve(project, event)
    return project


def _put(mapping: Mapping[str, V], key: str, value: V) -> dict[str, V]:
    return {**mapping, key: value}


# ---------------------------------------------------------------- project, people, facts


def _started(p: Project, x: e.ProjectStarted) -> Project:
    return replace(
        p,
        id=x.project,
        organisation=x.organisation,
        title=x.title,
        method=x.method,
        version=x.version,
        digest=x.digest,
        started_at=x.at,
        origin=x.origin,
    )


def _spawned(p: Project, x: e.ProjectSpawned) -> Project:
    return replace(p, children=(*p.children, x.child))


def _role_filled(p: Project, x: e.RoleFilled) -> Project:
    return replace(p, members=_put(p.members, x.role, x.members))


def _handed_over(p: Project, x: e.DutiesHandedOver) -> Project:
    owned = {key: replace(p.needs[key], owner=x.to) for key in x.needs}
    raised = {key: replace(p.passages[key], heir=x.to) for key in x.passages}
    return replace(p, needs={**p.needs, **owned}, passages={**p.passages, **raised})


def _fact_answered(p: Project, x: e.FactAnswered) -> Project:
    if x.need:
        need = p.needs[x.need]
        return replace(
            p, needs=_put(p.needs, x.need, replace(need, answers=_answered(need.answers, x)))
        )
    return replace(p, facts=_answered(p.facts, x))


def _answered(answers: Mapping[str, Answer], x: e.FactAnswered) -> dict[str, Answer]:
    kept = {fact: answer for fact, answer in answers.items() if fact != x.fact}
    if x.value is not None:
        kept[x.fact] = Answer(x.value, x.at, x.by)
    return kept


# ---------------------------------------------------------------- tracks


def _phase_entered(p: Project, x: e.PhaseEntered) -> Project:
    entries = _put(p.entries, x.phase, (*p.entries.get(x.phase, ()), x.at))
    before = p.tracks.get(x.track)
    holds = _released(before, x.at) if before else ()
    track = Track(TrackStatus.RUNNING, x.phase, x.entry, x.at, holds=holds)
    return replace(p, entries=entries, tracks=_put(p.tracks, x.track, track))


def _on_track(p: Project, name: str, **changes: Any) -> Project:
    return replace(p, tracks=_put(p.tracks, name, replace(p.tracks[name], **changes)))


def _released(track: Track, at: datetime) -> tuple[Hold, ...]:
    return tuple(h if h.until else replace(h, until=at) for h in track.holds)


def _moving(p: Project, x: e.TrackMoving) -> Project:
    track = p.tracks[x.track]
    return _on_track(
        p,
        x.track,
        status=TrackStatus.MOVING,
        moving=x.passage,
        held_by=None,
        review_on=None,
        holds=_released(track, x.at),
    )


def _move_cancelled(p: Project, x: e.MoveCancelled) -> Project:
    decisions = tuple(
        replace(d, state="cancelled") if d.passage == x.passage and d.state == "pending" else d
        for d in p.decisions
    )
    p = replace(p, decisions=decisions)
    if p.tracks[x.track].moving != x.passage:
        return p
    return _on_track(p, x.track, status=TrackStatus.RUNNING, moving=None)


def _held(p: Project, x: e.TrackHeld) -> Project:
    track = p.tracks[x.track]
    holds = track.holds
    if not holds or holds[-1].until is not None:
        holds = (*holds, Hold(x.at))
    return _on_track(
        p,
        x.track,
        status=TrackStatus.HELD,
        moving=None,
        review_on=x.review_on,
        held_by=x.passage,
        holds=holds,
    )


def _resumed(p: Project, x: e.TrackResumed) -> Project:
    return _on_track(
        p,
        x.track,
        status=TrackStatus.RUNNING,
        moving=None,
        review_on=None,
        held_by=None,
        holds=_released(p.tracks[x.track], x.at),
    )


def _ended(p: Project, x: e.TrackEnded) -> Project:
    return _on_track(
        p,
        x.track,
        status=TrackStatus.ENDED,
        moving=None,
        review_on=None,
        held_by=None,
        end=x.end,
        holds=_released(p.tracks[x.track], x.at),
    )


# ---------------------------------------------------------------- gates


def _on_passage(p: Project, key: str, **changes: Any) -> Project:
    return replace(p, passages=_put(p.passages, key, replace(p.passages[key], **changes)))


def _gate_opened(p: Project, x: e.GateOpened) -> Project:
    return replace(p, passages=_put(p.passages, x.passage.key, x.passage))


def _asked_again(p: Project, x: e.GateAskedAgain) -> Project:
    return _on_passage(
        _by_the_method(p, lambda key: x.passage in key),
        x.passage,
        status=PassageStatus.OPEN,
        asking=p.passages[x.passage].asking + 1,
        asked_at=x.at,
        presented=None,
        round="",
    )


def _presented(p: Project, x: e.PapersPresented) -> Project:
    return _on_passage(p, x.passage, presented=x.presentation)


def _taken_back(p: Project, x: e.PapersTakenBack) -> Project:
    return _on_passage(p, x.passage, presented=None, round="")


def _joined(p: Project, x: e.RoundJoined) -> Project:
    return _on_passage(p, x.passage, round=x.round)


def _missed(p: Project, x: e.RoundMissed) -> Project:
    return _on_passage(p, x.passage, missed=x.at)


def _decided(p: Project, x: e.GateDecided) -> Project:
    decision = replace(x.decision, state="pending")
    p = replace(p, decisions=(*p.decisions, decision))
    return _on_passage(
        p,
        decision.passage,
        status=PassageStatus.DECIDED,
        outcome=decision.proposal.outcome,
        decided_at=x.at,
    )


def _took_effect(p: Project, x: e.DecisionTookEffect) -> Project:
    decisions = tuple(
        replace(d, state="in force") if d.passage == x.passage and d.state == "pending" else d
        for d in p.decisions
    )
    p = replace(p, decisions=decisions)
    if x.settled:
        return _on_passage(p, x.passage, status=PassageStatus.SETTLED, settled_at=x.at)
    return _on_passage(p, x.passage, status=PassageStatus.OPEN)


def _gate_lapsed(p: Project, x: e.GateLapsed) -> Project:
    return _on_passage(p, x.passage, status=PassageStatus.LAPSED)


def _made_dormant(p: Project, x: e.GateMadeDormant) -> Project:
    return _on_passage(p, x.passage, void=True)


# ---------------------------------------------------------------- needs


def _on_need(p: Project, key: str, **changes: Any) -> Project:
    return replace(p, needs=_put(p.needs, key, replace(p.needs[key], **changes)))


def _need_opened(p: Project, x: e.NeedOpened) -> Project:
    return replace(p, needs=_put(p.needs, x.need.key, x.need))


def _need_woken(p: Project, x: e.NeedWoken) -> Project:
    return _on_need(p, x.need, status=NeedStatus.OPEN, opened_at=x.at)


def _need_handed_in(p: Project, x: e.NeedHandedIn) -> Project:
    return _on_need(p, x.need, status=NeedStatus.HANDED_IN, done_by=x.by, done_on=x.on)


def _need_done(p: Project, x: e.NeedDone) -> Project:
    need = p.needs[x.need]
    return _on_need(
        p,
        x.need,
        status=NeedStatus.DONE,
        done_at=x.at,
        done_by=x.by or need.done_by,
        done_on=x.on or need.done_on,
    )


def _need_reopened(p: Project, x: e.NeedReopened) -> Project:
    need = p.needs[x.need]
    return _on_need(
        _by_the_method(p, lambda key: key == x.need),
        x.need,
        status=NeedStatus.OPEN,
        since=x.since or need.since,
        done_at=None,
        done_by="",
        done_on=None,
        reason="",
    )


def _need_waived(p: Project, x: e.NeedWaived) -> Project:
    return _on_need(
        p, x.need, status=NeedStatus.WAIVED, done_at=x.at, done_by=x.by, reason=x.reason
    )


def _need_status(status: NeedStatus) -> Callable[[Project, Any], Project]:
    return lambda p, x: _on_need(p, x.need, status=status)


def _need_extended(p: Project, x: e.NeedExtended) -> Project:
    p = _by_the_method(p, lambda key: key == x.need)
    return _on_need(p, x.need, due=x.due, extended=True)


def _by_the_method(p: Project, is_asked: Callable[[str], bool]) -> Project:
    """What is asked anew is due as the method has it, whatever a migration had fixed."""
    if not any(map(is_asked, p.dates)):
        return p
    return replace(p, dates={key: day for key, day in p.dates.items() if not is_asked(key)})


# ---------------------------------------------------------------- artefact versions, voices


def _submitted(p: Project, x: e.VersionSubmitted) -> Project:
    artefact = x.version.artefact
    return replace(
        p, versions=_put(p.versions, artefact, (*p.versions.get(artefact, ()), x.version))
    )


def _version_status(status: VersionStatus) -> Callable[[Project, Any], Project]:
    def fold_status(p: Project, x: Any) -> Project:
        signed = {"signed_by": x.passage} if status is VersionStatus.SIGNED else {}
        versions = tuple(
            replace(v, status=status, **signed) if v.n == x.n else v for v in p.versions[x.artefact]
        )
        return replace(p, versions=_put(p.versions, x.artefact, versions))

    return fold_status


def _voice_given(p: Project, x: e.VoiceGiven) -> Project:
    """One person speaks from one seat of a role: from another one, they have left the first."""
    others = {key: v for key, v in p.voices.items() if not v.is_of_speaker(x.voice)}
    return replace(p, voices=_put(others, x.voice.key, x.voice))


def _voices_voided(p: Project, x: e.VoicesVoided) -> Project:
    gone = set(x.voices)
    return replace(p, voices={key: v for key, v in p.voices.items() if key not in gone})


def _conflict(p: Project, x: e.ConflictDeclared) -> Project:
    people = p.conflicts.get(x.passage, ())
    if x.person in people:
        return p
    return replace(p, conflicts=_put(p.conflicts, x.passage, (*people, x.person)))


def _overridden(p: Project, x: e.GateOverridden) -> Project:
    return replace(p, overrides=(*p.overrides, x.passage))


def _corrected(p: Project, x: e.DecisionCorrected) -> Project:
    """What marks a project for ever, or has to do with mail or with others alone, stays."""
    mark = Correction(x.passage, x.outcome, x.decided_at, x.at, x.by, x.reason)
    return replace(
        x.before,
        corrections=(*p.corrections, mark),
        overrides=p.overrides,
        shared=p.shared,
        adoptions=p.adoptions,
        mail_pause=p.mail_pause,
        migrations=p.migrations,
    )


def _mail_paused(p: Project, x: e.MailPaused) -> Project:
    return replace(p, mail_pause=MailPause(x.since, x.until, x.by, x.reason))


def _rule_turned(p: Project, x: e.RuleTurned) -> Project:
    return replace(p, truths=_put(p.truths, x.rule, x.value))


def _raised(p: Project, x: e.ReminderRaised) -> Project:
    return replace(p, raised=_put(p.raised, x.key, x.at))


_FOLDS: dict[type, Callable[[Project, Any], Project]] = {
    e.ProjectStarted: _started,
    e.ProjectTakenIn: lambda p, x: replace(p, taken_in_at=x.at),
    e.ProjectSpawned: _spawned,
    e.ProjectShared: lambda p, x: replace(p, shared=x.shared),
    e.ProjectUnshared: lambda p, x: replace(p, shared=None),
    e.ProjectAdopted: lambda p, x: replace(p, adoptions=(*p.adoptions, x.adoption)),
    e.SolutionAdopted: lambda p, x: replace(p, adopted=x.adopted),
    e.RoleFilled: _role_filled,
    e.DutiesHandedOver: _handed_over,
    e.FactAnswered: _fact_answered,
    e.PhaseEntered: _phase_entered,
    e.TrackMoving: _moving,
    e.MoveCancelled: _move_cancelled,
    e.TrackHeld: _held,
    e.TrackResumed: _resumed,
    e.TrackEnded: _ended,
    e.GateOpened: _gate_opened,
    e.GateAskedAgain: _asked_again,
    e.PapersPresented: _presented,
    e.PapersTakenBack: _taken_back,
    e.RoundJoined: _joined,
    e.RoundMissed: _missed,
    e.GateDecided: _decided,
    e.DecisionTookEffect: _took_effect,
    e.GateLapsed: _gate_lapsed,
    e.GateMadeDormant: _made_dormant,
    e.NeedOpened: _need_opened,
    e.NeedWoken: _need_woken,
    e.NeedHandedIn: _need_handed_in,
    e.NeedDone: _need_done,
    e.NeedReopened: _need_reopened,
    e.NeedWaived: _need_waived,
    e.NeedCarried: _need_status(NeedStatus.CARRIED),
    e.NeedLapsed: _need_status(NeedStatus.LAPSED),
    e.NeedExtended: _need_extended,
    e.VersionSubmitted: _submitted,
    e.VersionApproved: _version_status(VersionStatus.APPROVED),
    e.ApprovalVoided: _version_status(VersionStatus.SUBMITTED),
    e.VersionReturned: _version_status(VersionStatus.RETURNED),
    e.VersionWithdrawn: _version_status(VersionStatus.WITHDRAWN),
    e.VersionSigned: _version_status(VersionStatus.SIGNED),
    e.VersionSuperseded: _version_status(VersionStatus.SUPERSEDED),
    e.VoiceGiven: _voice_given,
    e.VoicesVoided: _voices_voided,
    e.ConflictDeclared: _conflict,
    e.GateOverridden: _overridden,
    e.DecisionCorrected: _corrected,
    migrated.ProjectMigrated: migrated.moved,
    migrated.DatesFixed: migrated.fixed,
    migrated.MigrationUndone: migrated.moved_back,
    e.MailPaused: _mail_paused,
    e.MailResumed: lambda p, x: replace(p, mail_pause=None),
    e.Commented: lambda p, x: p,
    e.RuleTurned: _rule_turned,
    e.ReminderRaised: _raised,
}
