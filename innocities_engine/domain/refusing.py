"""How the core says no: a refusal is a list of blockers, never a sentence."""

from __future__ import annotations

from typing import NoReturn

from innocities_engine import errors
from innocities_engine.domain.gates import Blocker


def refuse(code: str, subject: str, *who: str, **params: str) -> NoReturn:
    raise errors.Refused((Blocker(code, subject, params, who),))


def refuse_all(blockers: tuple[Blocker, ...]) -> None:
    """Refuse if there is anything to refuse for."""
    if blockers:
        raise errors.Refused(blockers)


def missing(kind: str, name: str) -> errors.NotFound:
    return errors.NotFound(f"There is no {kind} {name!r} here.")
