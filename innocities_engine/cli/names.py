"""Decide what a word that somebody typed names: a project by its id, number, beginning of the id or
part of the title; a thing of the method by its id or title. What nothing answers to is told with
the nearest name. Whether one may do anything with it is left to the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, TypeVar

import click

from innocities_engine import errors, wording
from innocities_engine.cli.console import Console

if TYPE_CHECKING:
    from innocities_engine.domain.definition import Element, Gate, Methodology, Outcome
    from innocities_engine.domain.project import NeedInstance
    from innocities_engine.engine import View
    from innocities_engine.store.projects import Glance

E = TypeVar("E", bound="Element")
MOST_PROJECTS: Final = 10_000
MOST_NAMED: Final = 12


def project_id(console: Console, name: str) -> str:
    """The id of the one project that a name means."""
    try:
        return console.engine.project_id(console.home.id, console.me, name)
    except errors.NotFound:
        return _searched(console, name)


def _searched(console: Console, name: str) -> str:
    known = console.engine.projects(console.home.id, console.me, limit=MOST_PROJECTS)
    wanted = name.casefold().strip()
    whole = [p for p in known if p.title.casefold() == wanted]
    part = [p for p in known if p.id.startswith(name) or wanted in p.title.casefold()]
    found = whole or (part if wanted else [])
    if len(found) == 1:
        return found[0].id
    if found:
        listed = wording.listed(
            console.language, (_short(console, each) for each in found[:MOST_NAMED]), "or"
        )
        raise click.UsageError(console.say("usage.several_projects", given=name, known=listed))
    near = _near(name, [p.title for p in known])
    raise errors.NotFound(
        console.say("missing.project_near", given=name, near=near)
        if near
        else console.say("missing.project", given=name)
    )


def _short(console: Console, glance: Glance) -> str:
    """A project among others of the same name: its number, its first day and its phase."""
    from innocities_engine.cli import methods, teller

    method = methods.published(console, glance.method, glance.version)[1]
    return console.say(
        "usage.which_project",
        title=glance.title,
        number=glance.number,
        day=wording.short_day(console.language, glance.started_at.astimezone(console.zone).date()),
        phase=teller.Naming(console.language, method).title(glance.phase) or "–",
    )


def _near(word: str, known: Iterable[str]) -> str:
    folded = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=0.5)
    return folded[close[0]] if close else ""


def view(console: Console, name: str) -> View:
    """Look at the project that a name means; what goes wrong later is told about it."""
    found = console.engine.view(console.home.id, project_id(console, name), console.me)
    console.focus = found
    return found


def shared(console: Console, given: str) -> str:
    """The id of what others share that a name means; an id is taken as it is."""
    from innocities_engine import adopting
    from innocities_engine.cli import teller

    if teller.UNGUESSABLE.fullmatch(given):
        return given
    known = adopting.offers(console.engine, console.home.id, console.me, (), MOST_PROJECTS)
    wanted = given.casefold().strip()
    whole = [o for o in known if o.told.title.casefold() == wanted]
    part = [o for o in known if o.id.startswith(given) or wanted in o.told.title.casefold()]
    found = whole or (part if wanted else [])
    if not found:
        raise errors.NotFound(given).named("not_shared", given=given)
    if len(found) > 1:
        each = [f"{o.told.title} ({o.organisation}, {o.id[: teller.SHORT_ID]})" for o in found]
        listed = wording.listed(console.language, each[:MOST_NAMED], "or")
        raise click.UsageError(console.say("usage.several_shared", given=given, known=listed))
    return found[0].id


# ---------------------------------------------------------------- things of a method


def pick(console: Console, kind: str, given: str, known: Mapping[str, E]) -> str:
    """The id of the one thing that a word means: its id, a title, or the beginning of either.  Who
    may have meant another thing, in whose name the word stands too, is asked which.
    """
    if given in known:
        return given
    wanted = given.casefold()
    spelled = {each: (each, *element.title.values()) for each, element in known.items()}

    def found(means: Callable[[str, str], bool]) -> list[str]:
        return [
            i for i, names in spelled.items() if any(means(n.casefold(), wanted) for n in names)
        ]

    for means, others in ((str.__eq__, str.__eq__), (str.startswith, str.__contains__)):
        candidates = found(others) if wanted else []
        if len(candidates) == 1 and found(means):
            return candidates[0]
        if candidates:
            raise _several(console, kind, given, {each: known[each] for each in candidates})
    raise unknown(console, kind, given, list(known))


def _several(
    console: Console, kind: str, given: str, found: Mapping[str, Element]
) -> click.UsageError:
    """Say which things a word may mean, each with the id that would be clear."""
    each = [f"{e.title.get(console.language) or next(iter(e.title.values()), i)} ({i})"
            for i, e in found.items()]  # fmt: skip
    listed = wording.listed(console.language, each[:MOST_NAMED], "or")
    what = console.say(f"kinds.{kind}")
    return click.UsageError(
        console.say("usage.several_things", what=what, given=given, known=listed)
    )


def unknown(console: Console, kind: str, given: str, known: Sequence[str]) -> errors.NotFound:
    """Say that there is no such thing, and which name is nearest."""
    what = console.say(f"kinds.{kind}")
    near = _near(given, known)
    if near:
        return errors.NotFound(console.say("missing.near", what=what, given=given, near=near))
    if not known:
        return errors.NotFound(console.say("missing.none", what=what, given=given))
    listed = ", ".join(known[:MOST_NAMED]) + (" …" if len(known) > MOST_NAMED else "")
    return errors.NotFound(console.say("missing.known", what=what, given=given, known=listed))


def gate(console: Console, seen: View, given: str) -> Gate:
    """The gate that a word means; none given, the next one to be decided."""
    from innocities_engine.cli import teller

    if given:
        return seen.method.gates[pick(console, "gate", given, seen.method.gates)]
    found = teller.next_passage(teller.situation(seen))
    if found is None:
        raise click.UsageError(console.say("usage.which_gate", known=", ".join(seen.method.gates)))
    return seen.method.gates[found.gate]


def outcome(console: Console, gate: Gate, given: str) -> Outcome:
    return gate.outcomes[pick(console, "outcome", given, gate.outcomes)]


def need(console: Console, seen: View, given: str) -> str:
    """The name of a need as the engine takes it: a key, or a place and key."""
    from innocities_engine.domain import needs

    instances = list(seen.project.needs.values())
    if any(_names(instance, given) for instance in instances):
        return given
    alive = [n for n in instances if n.status in needs.LIVE]
    found = {n.ref for n in alive if given and _titled(seen.method, n, given)}
    if len(found) == 1:
        return found.pop()
    known = dict.fromkeys(n.ref for n in alive)
    raise unknown(console, "need", given, list(known))


def _names(instance: NeedInstance, given: str) -> bool:
    place, _, key = given.rpartition("/")
    owner, _, own = instance.ref.partition("/")
    return given == instance.key or (
        key == own and place in ("", owner, instance.origin.partition("#")[0])
    )


def _titled(method: Methodology, instance: NeedInstance, given: str) -> bool:
    from innocities_engine.domain.situation import need_of

    wanted = given.casefold()
    element = need_of(method, instance)
    texts = (element.id, *element.title.values(), *element.do.values())
    return any(text.casefold().startswith(wanted) for text in texts)


def no_organisation(console: Console, given: str) -> str:
    """Say that one does not belong there.  Of the organisation the folder implies it is said that
    the person is unknown; of any other not even whether it exists, and near names are only those of
    organisations one belongs to.
    """
    me = console.person_named
    if given == console.settings.organisation and console.office.has(given):
        return console.say("missing.person_here", given=given, person=me)
    near = _near(given, [each.id for each in console.office.belonging(me)])
    if near:
        return console.say("missing.organisation_near", given=given, person=me, near=near)
    return console.say("missing.organisation", given=given, person=me)


def person(console: Console, given: str) -> str:
    """The id of a person, by id or name."""
    known = {p.id: p.name for p in console.office.persons(console.home.id, console.me)}
    if given in known:
        return given
    wanted = given.casefold()
    found = [i for i, name in known.items() if name.casefold().startswith(wanted)]
    if len(found) == 1 and wanted:
        return found[0]
    raise unknown(console, "person", given, list(known))
