"""Which new version the differences between two methods demand, and which one was given."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from innocities_engine.authoring.diff.asking import Consequence
from innocities_engine.authoring.diff.weighing import Weighed
from innocities_engine.library import order


class Bump(IntEnum):
    """A step from one version to a later one; a later version may always take a larger step."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


def demanded(found: Iterable[Weighed]) -> Bump:
    """Texts: patch. What can stop a running project: major. Everything else: minor."""
    return max((_of(each) for each in found), default=Bump.NONE)


def _of(each: Weighed) -> Bump:
    if each.stops:
        return Bump.MAJOR
    return Bump.PATCH if each.consequence is Consequence.TEXT else Bump.MINOR


def made(old: str, new: str) -> Bump:
    """The step from `old` to `new`; NONE where `new` is not later."""
    before, after = order(old), order(new)
    if after <= before:
        return Bump.NONE
    first = next(i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b)
    return (Bump.MAJOR, Bump.MINOR, Bump.PATCH)[first]


def least(old: str, bump: Bump) -> str:
    """The lowest version that takes this step."""
    major, minor, patch = order(old)
    match bump:
        case Bump.MAJOR:
            return f"{major + 1}.0.0"
        case Bump.MINOR:
            return f"{major}.{minor + 1}.0"
        case Bump.PATCH:
            return f"{major}.{minor}.{patch + 1}"
    return old
