"""What is true of the versions of an artefact: which counts, how far it got, if it is stale."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from innocities_engine.domain.project import (
    STANDING,
    Passage,
    Project,
    Version,
    VersionStatus,
)

if TYPE_CHECKING:
    from innocities_engine.domain.situation import Situation
    from innocities_engine.domain.whens import When


def standing(project: Project, artefact: str) -> list[Version]:
    """The versions that stand, oldest first."""
    return [v for v in project.versions.get(artefact, ()) if v.status in STANDING]


def newest(project: Project, artefact: str) -> Version | None:
    """A need looks at the newest standing version only."""
    for version in reversed(project.versions.get(artefact, ())):
        if version.status in STANDING:
            return version
    return None


def baseline(project: Project, artefact: str) -> Version | None:
    """The version a decision signed, until another takes its place."""
    signed = [v for v in standing(project, artefact) if v.status is VersionStatus.SIGNED]
    return signed[-1] if signed else None


def looked_at(project: Project, artefact: str, passage: Passage | None) -> Version | None:
    """The version a gate looks at: the one presented to its decider, else the newest."""
    frozen = passage.presented.versions.get(artefact) if passage and passage.presented else None
    if frozen is None:
        return newest(project, artefact)
    return next((v for v in standing(project, artefact) if v.n == frozen), None)


def counting(project: Project, artefact: str, passage: Passage | None = None) -> list[Version]:
    """The versions a need may be met by: the one looked at, and the signed baseline."""
    found = (looked_at(project, artefact, passage), baseline(project, artefact))
    return [v for i, v in enumerate(found) if v is not None and v not in found[:i]]


def reaches(version: Version, status: str) -> bool:
    match status:
        case "approved":
            return version.status in (VersionStatus.APPROVED, VersionStatus.SIGNED)
        case "signed":
            return version.status is VersionStatus.SIGNED
    return version.status in STANDING


def meets(s: Situation, artefact: str, status: str, since: datetime | None = None) -> bool:
    """Whether a version that counts has this status and is younger than `since`."""
    return any(
        reaches(v, status) and (since is None or v.at > since)
        for v in counting(s.project, artefact)
    )


def is_newer(s: Situation, version: Version, when: When) -> bool:
    """Younger than a happening by instants, than a date by days; what is unknown limits nothing."""
    if when.day is not None:
        return s.day_of(version.at) > when.day
    return when.instant is None or version.at > when.instant


def is_stale(project: Project, version: Version) -> bool:
    """Something this version rests on has a newer standing version."""
    for source, n in version.rests_on.items():
        current = newest(project, source)
        if current is not None and current.n > n:
            return True
    return False
