"""How a project begins, and what is said of it: who holds which role, what is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from innocities_engine.domain import events as e
from innocities_engine.domain import machine, opening, people, values
from innocities_engine.domain.crossing import Adopted
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Fact
from innocities_engine.domain.judgements import project_scope
from innocities_engine.domain.project import Origin, Version
from innocities_engine.domain.refusing import missing, refuse


def begin(
    c: Cursor,
    *,
    project: str,
    organisation: str,
    title: str,
    members: Mapping[str, tuple[str, ...]],
    answers: Mapping[str, bool | str],
    by: str,
    origin: Origin | None = None,
    adopted: Adopted | None = None,
    inherited: tuple[Version, ...] = (),
) -> None:
    """Fill the roles, answer what is known, and enter the phases that open at the start."""
    method = c.method
    c.emit(
        e.ProjectStarted(
            at=c.now,
            project=project,
            organisation=organisation,
            title=title,
            method=method.id,
            version=method.version,
            digest=method.digest,
            origin=origin,
        )
    )
    if adopted is not None:
        c.emit(e.SolutionAdopted(at=c.now, adopted=adopted))
    for role, held_by in members.items():
        appoint(c, role, held_by)
    for fact, value in answers.items():
        c.emit(answered(c, fact_of(c, fact), value, by))
    take_over(c, inherited)
    for root in method.roots:
        if root == method.main_root or method.phases[root].at_start:
            machine.walk(method, root, None, machine.OPEN)
            opening.enter(c, root)


def take_over(c: Cursor, versions: tuple[Version, ...]) -> None:
    """Begin with what is inherited; of the answers of a form, those that are asked here too."""
    for version in versions:
        known = c.method.artefacts.get(version.artefact)
        form = known.form if known else ()
        answers = {fact: value for fact, value in version.answers.items() if fact in form}
        c.emit(e.VersionSubmitted(at=c.now, version=replace(version, at=c.now, answers=answers)))


def owners_filled(c: Cursor) -> None:
    """`start` must fill the owners of the root phase's needs."""
    for need in c.method.phases[c.method.main_root].needs.values():
        for role in people.roles_asked(c.situation, need.by, project_scope(c.situation)):
            if not people.is_filled(c.situation, role):
                refuse("role_empty", role)


def appoint(c: Cursor, role: str, members: tuple[str, ...]) -> None:
    """Fill a role; who held it before does not hold it any more."""
    definition = c.method.roles.get(role)
    if definition is None:
        raise missing("role", role)
    members = tuple(dict.fromkeys(members))
    if definition.seats_at_most is not None and len(members) > definition.seats_at_most:
        refuse("bad_value", role, at_most=str(definition.seats_at_most))
    c.emit(e.RoleFilled(at=c.now, role=role, members=members))


def fact_of(c: Cursor, fact: str) -> Fact:
    definition = c.method.facts.get(fact)
    if definition is None:
        raise missing("fact", fact)
    if definition.value is not None or definition.rule is not None or definition.chosen:
        refuse("bad_value", fact, expected="nothing: the method sets it")
    return definition


def answered(
    c: Cursor, fact: Fact, value: bool | str | None, by: str, need: str = ""
) -> e.FactAnswered:
    canonical = None if value is None else checked(fact, value)
    return e.FactAnswered(at=c.now, fact=fact.id, value=canonical, by=by, need=need)


def checked(fact: Fact, value: bool | str) -> bool | str:
    """The canonical value, or a refusal that says what was expected."""
    try:
        return values.canonical(fact, value)
    except ValueError as error:
        refuse("bad_value", fact.id, expected=str(error))
