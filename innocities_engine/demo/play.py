"""Set the demonstration up, play it, and tell what happened; every figure told is queried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from innocities_engine import library
from innocities_engine.demo import looking
from innocities_engine.demo.cast import Cast
from innocities_engine.demo.stage import Stage
from innocities_engine.demo.stories import STORIES, Story
from innocities_engine.demo.world import FIRST_DAY, MEETINGS, WORLDS, World
from innocities_engine.engine import Engine
from innocities_engine.office import Office
from innocities_engine.store.transactions import Store

START = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, 6, 30, tzinfo=UTC)
LAST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Played:
    """One project as it stands at the end."""

    story: Story
    project: str
    phase: str
    ended: str


def play(
    store: Store,
    deliver: Callable[[Engine], Mapping[str, int]],
    tell: Callable[[datetime], None],
) -> tuple[Engine, tuple[Played, ...]]:
    """Play every story on one clock; `deliver` hands over mail, `tell` shows how far it is."""
    stage = Stage(START, lambda _: None)
    engine = Engine(store, stage.clock)
    office = Office(store, stage.clock)

    def each_day(now: datetime) -> None:
        engine.sweep()
        deliver(engine)
        tell(now)

    stage.each_day = each_day
    for world in WORLDS:
        settle_in(office, world)
    projects: dict[str, str] = {}
    stage.play([_story(engine, office, stage, s, projects) for s in STORIES], LAST)
    return engine, tuple(_played(engine, story, projects[story.title]) for story in STORIES)


def settle_in(office: Office, world: World) -> None:
    """An organisation with its people, meetings and published methods."""
    first, *others = world.people
    office.found(world.organisation, first)
    for person in others:
        office.put_person(world.organisation.id, person, world.manager)
    for calendar, days in {**MEETINGS, **world.meetings}.items():
        office.fix_meetings(world.organisation.id, calendar, days, world.manager)
    for method in filter(None, (world.method, world.programme)):
        resolved = library.resolved(method)
        office.publish(world.organisation.id, resolved, world.manager, "För demonstrationen")


def _story(
    engine: Engine, office: Office, stage: Stage, story: Story, projects: dict[str, str]
) -> Callable[[], None]:
    def run() -> None:
        stage.wait(story.starts_after)
        world = story.world
        starting = {r: world.company[r] for r in story.members if r in world.company}
        receipt = engine.start(
            world.organisation.id,
            story.method,
            looking.version(office, world.organisation.id, story.method),
            world.manager,
            title=story.title,
            members=starting,
        )
        projects[story.title] = receipt.project
        cast = Cast(
            engine,
            world.organisation.id,
            (receipt.project,),
            world.company,
            world.manager,
            stage.wait_until,
            office,
        )
        story.tale(cast)

    return run


def _played(engine: Engine, story: Story, project: str) -> Played:
    view = engine.view(story.world.organisation.id, project, story.world.manager)
    main = view.project.tracks[view.method.main_root]
    return Played(story, project, main.phase, main.end or "")
