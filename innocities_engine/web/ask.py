"""What an ask is made of: one form, its fields, the papers it is about, why it is somebody's, by
when and what happens otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from innocities_engine.domain.definition import Outcome
    from innocities_engine.domain.project import NeedInstance, Version
    from innocities_engine.domain.situation import Situation


class Teller(Protocol):
    """Names the things of one project in one language."""

    @property
    def language(self) -> str: ...

    @property
    def s(self) -> Situation: ...

    def say(self, text: str, /, **values: object) -> str: ...

    def text(self, texts: Mapping[str, str]) -> str: ...

    def title(self, thing: str) -> str: ...

    def need(self, instance: NeedInstance) -> str: ...

    def day(self, day: date) -> str: ...

    def leads_to(self, outcome: Outcome) -> str: ...


@dataclass(frozen=True, slots=True)
class Field:
    """One control. `kind`: line, number, prose, date, address, file, choice, choices or list."""

    name: str
    label: str
    kind: str = "line"
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A version that an ask is about. `told`: what it is, and how it stands."""

    version: Version
    title: str
    told: str
    answers: tuple[tuple[str, str], ...] = ()

    @property
    def address(self) -> str:
        """Where it is, if that is on the web."""
        given = self.version.content.address if self.version.content.kind == "link" else ""
        return given if given.lower().startswith(("http://", "https://")) else ""

    @property
    def is_file(self) -> bool:
        return self.version.content.kind == "file"


@dataclass(frozen=True, slots=True)
class Ask:
    """One form. `act` is what it does, `subject` to which thing, `need` for which need; `hidden`:
    what it carries beside, by the names of fields.
    """

    act: str
    subject: str
    title: str
    fields: tuple[Field, ...] = ()
    need: str = ""
    role: str = ""
    due: date | None = None
    late: bool = False
    otherwise: str = ""
    stands: str = ""
    papers: tuple[Paper, ...] = ()
    told: tuple[str, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        return self.act, self.subject, self.need
