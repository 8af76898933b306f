"""What crosses the border between organisations, as a project keeps it: what is shared of it, who
has taken it over, what it was taken over from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Shared:
    """What other organisations may read of a project and take over: what is named here, and
    nothing else. They know the project by `id` alone. `versions`: the papers, by their numbers.
    """

    id: str
    title: str
    at: datetime
    by: str
    about: str = ""
    theme: str = ""
    lessons: tuple[str, ...] = ()
    versions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Adoption:
    """An organisation, by its name, has begun a project with what was shared of this one.

    `id` stands in its record too.
    """

    id: str
    organisation: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Adopted:
    """What another organisation, by its name, had shared, and this project began with.

    `id` is that of the adoption, `shared` the one by which it was shared.
    """

    id: str
    shared: str
    organisation: str
    title: str
    about: str = ""
    lessons: tuple[str, ...] = ()
