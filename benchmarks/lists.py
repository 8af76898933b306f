"""The first page of the projects, however many there are; beside entities with their members."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Final

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    relationship,
    selectinload,
)

from benchmarks.measuring import Row, alternately, at_least, at_most
from benchmarks.world import HOME, World, a_world

FEW: Final = 10_000
MANY: Final = 100_000
PAGE: Final = 50
ROUNDS: Final = 41


class Base(DeclarativeBase):
    pass


class Project(Base):
    __tablename__ = "project"
    organisation_id: Mapped[str] = mapped_column(String, primary_key=True)
    id: Mapped[str] = mapped_column(String, primary_key=True)
    number: Mapped[int]
    title: Mapped[str]
    snapshot: Mapped[bytes]
    members: Mapped[list[Member]] = relationship()


class Member(Base):
    __tablename__ = "membership"
    organisation_id: Mapped[str] = mapped_column(String, primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String, primary_key=True)
    person_id: Mapped[str] = mapped_column(String, primary_key=True)


def measure() -> Iterator[Row]:
    with a_world() as few, a_world() as many:
        for world, size in ((few, FEW), (many, MANY)):
            world.started()
            world.crowd(size)
        ways: dict[str, Callable[[], object]] = {
            "of 10,000": lambda: _page(few),
            "of 100,000": lambda: _page(many),
            "entities of 100,000": lambda: _entities(many),
        }
        times = alternately({name: repeat(way, ROUNDS) for name, way in ways.items()})
    figures = [f"{name} {times[name].told()}" for name in ways]
    page = times["of 100,000"].usual
    yield at_most("the first page of 100,000 projects / of 10,000",
                  page / times["of 10,000"].usual, 1.3, *figures)  # fmt: skip
    yield at_least("entities with their members / the first page",
                   times["entities of 100,000"].usual / page, 30)  # fmt: skip


def _page(world: World) -> None:
    assert len(world.engine.projects(HOME, "admin", limit=PAGE)) == PAGE


def _entities(world: World) -> None:
    with Session(world.store.engine) as session:
        query = select(Project).where(Project.organisation_id == HOME)
        query = query.order_by(Project.number.desc()).limit(PAGE)
        found = session.scalars(query.options(selectinload(Project.members))).all()
        assert len(found) == PAGE
