"""How the core says no: a refusal is a list of blockers, never a sentence."""

from __future__ import annotations

from typing import Final, NoReturn

from innocities_engine import errors
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.worded import Worded

KINDS: Final = {
    "track": Worded("track"),
    "shared project": Worded("shared project"),
    "artefact": Worded("artefact"),
    "version": Worded("version"),
    "need": Worded("need"),
    "outcome": Worded("outcome"),
    "role": Worded("role"),
    "fact": Worded("fact"),
    "gate": Worded("gate"),
    "criterion": Worded("criterion"),
    "adviser": Worded("adviser"),
}


def refuse(code: str, subject: str, *who: str, **params: str) -> NoReturn:
    raise errors.Refused((Blocker(code, subject, params, who),))


def refuse_all(blockers: tuple[Blocker, ...]) -> None:
    """Refuse if there is anything to refuse for."""
    if blockers:
        raise errors.Refused(blockers)


def missing(kind: str, name: str) -> errors.NotFound:
    return errors.NotFound(Worded("There is no {kind} “{name}” here.", kind=KINDS[kind], name=name))
