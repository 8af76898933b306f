"""The ways this program says no. Kinds and their values only: how a kind becomes an exit code or an
HTTP answer, and in which language it is told, is left to the faces that tell it.

The docstring of a kind is its default message; `code` is stable and never translated.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Self


class EngineError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"
    project: str = ""  # whose command it was, where several were asked for
    text: str = ""  # the name of a sentence for readers, where there is one, and what is put in
    values: Mapping[str, object] = MappingProxyType({})

    def __init__(self, message: str = "") -> None:
        super().__init__(message or inspect.getdoc(type(self)) or self.code)

    def named(self, text: str, **values: object) -> Self:
        """Name the sentence by which a face tells this in the language of its reader."""
        self.text, self.values = text, values
        return self


class DefinitionInvalid(EngineError):
    """The definition cannot be used as it is written."""

    code = "definition-invalid"

    def __init__(self, faults: tuple[object, ...] = (), message: str = "") -> None:
        self.faults = faults
        told = "\n".join([message or inspect.getdoc(type(self)) or "", *map(str, faults)])
        super().__init__(told)


class NotFound(EngineError):
    """There is no such thing here, or it is not for you to see."""

    code = "not-found"


class NoOrganisation(NotFound):
    """There is no such organisation, or you do not belong to it."""

    def __init__(self, organisation: str) -> None:
        self.organisation = organisation
        super().__init__(f"there is no organisation {organisation}, or it is not for you to see")


class NotPermitted(EngineError):
    """Your rights in this organisation do not cover this."""

    code = "not-permitted"


class Refused(EngineError):
    """The method does not allow this now."""

    code = "refused"

    def __init__(self, blockers: tuple[object, ...] = (), message: str = "") -> None:
        self.blockers = blockers
        super().__init__(message)


class Conflict(EngineError):
    """Something that matters for this changed meanwhile."""

    code = "conflict"

    def __init__(self, changed: tuple[object, ...] = (), message: str = "") -> None:
        self.changed = changed
        super().__init__(message)


class AlreadyDecided(Conflict):
    """The gate was decided before you; what you gave was not recorded."""

    code = "already-decided"

    def __init__(self, decision: object, changed: tuple[object, ...] = ()) -> None:
        self.decision = decision
        super().__init__(changed)


class RoundOver(Conflict):
    """The round was taken before you; what you gave was not recorded."""

    code = "round-over"


class Unavailable(EngineError):
    """It cannot be done right now; try again shortly."""

    code = "unavailable"


class NoAccess(Unavailable):
    """The program has no right to a file or a folder that it needs."""

    code = "no-access"


class Uncertain(Unavailable):
    """The disk failed just as this was being kept: it may be done, or not."""

    code = "uncertain"


class Integrity(EngineError):
    """What is stored does not agree with itself."""

    code = "integrity"


class DeliveryFailed(EngineError):
    """A message could not be handed over."""

    code = "delivery-failed"

    def __init__(self, message: str = "", *, permanent: bool = False) -> None:
        self.permanent = permanent
        super().__init__(message)
