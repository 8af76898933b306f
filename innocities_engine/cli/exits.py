"""Decide which number the program ends with: the one place that maps what went wrong to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DONE: Final = 0
REFUSED: Final = 1  # or: something was found
USAGE: Final = 2
NOT_FOUND: Final = 3
CONFLICT: Final = 4
UNAVAILABLE: Final = 5
INTEGRITY: Final = 6
FAULT: Final = 70  # a fault of the program itself, as sysexits.h calls it
INTERRUPTED: Final = 130

BY_CODE: Final[Mapping[str, int]] = {
    "error": FAULT,
    "definition-invalid": REFUSED,
    "refused": REFUSED,
    "invalid": USAGE,
    "not-found": NOT_FOUND,
    "not-permitted": NOT_FOUND,
    "no-access": NOT_FOUND,
    "conflict": CONFLICT,
    "already-decided": CONFLICT,
    "round-over": CONFLICT,
    "key-reused": CONFLICT,
    "unavailable": UNAVAILABLE,
    "uncertain": UNAVAILABLE,
    "delivery-failed": UNAVAILABLE,
    "integrity": INTEGRITY,
}


def code_of(kind: str) -> int:
    """The number for a kind of error, by its stable code."""
    return BY_CODE[kind]
