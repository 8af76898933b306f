"""Commands about what is known of a project: facts, people in roles, and comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from innocities_engine.cli import acts, inputs, layout, names, teller
from innocities_engine.cli.blocked import question
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain import asking, predicates
from innocities_engine.domain.commands import AnswerFact, Assign, Comment
from innocities_engine.domain.judgements import project_scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from innocities_engine.engine import View

verbs = Verbs()


@verbs.verb(
    "answer",
    keyed=True,
    examples=(
        "innocities project answer forprosjekt anslatt_kostnad='4 000 000' --as astrid",
        "innocities project answer forprosjekt --as astrid",
    ),
)
@click.argument("project")
@click.argument("answers", nargs=-1, metavar="FACT=VALUE…")
@click.option("--need", default="", help="Whose own question it is, where there are several.")
@click.option("--take-back", multiple=True, metavar="FACT", help="Make it unknown again.")
def answer(
    console: Console,
    project: str,
    answers: Sequence[str],
    need: str,
    take_back: Sequence[str],
) -> None:
    """Answer questions about a project. Without any, list them, those first that are asked now."""
    seen = names.view(console, project)
    given: dict[str, bool | str | None] = dict(
        inputs.answers(console, seen.method, answers, "FACT")
    )
    for fact in take_back:
        given[names.pick(console, "fact", fact, seen.method.facts)] = None
    if not given:
        _list_facts(console, seen)
        return
    whose = names.need(console, seen, need) if need else ""
    commands = {fact: AnswerFact(fact, value, whose) for fact, value in given.items()}
    acts.issue_each(console, seen, commands)


def _list_facts(console: Console, seen: View) -> None:
    t = teller.of(console, seen)
    now = asking.asked_now(t.s)
    rows = sorted(_facts(t), key=lambda row: row[0] not in now)
    facts = [{"fact": f, "question": q, "value": v or None, "asked": f in now} for f, q, v in rows]
    asked = [row for row in rows if row[0] in now]
    lines = [*_part(t, "asked", asked), *_part(t, "others", rows[len(asked) :])]
    console.show({"facts": facts}, lines if asked else [t.say("facts.none_asked"), *lines])


def _part(t: teller.Teller, title: str, rows: Sequence[tuple[str, str, str]]) -> list[str]:
    shown = [(fact, question, value or "–") for fact, question, value in rows]
    return [t.say(f"facts.{title}"), *layout.table(shown, indent=2)] if rows else []


def _facts(t: teller.Teller) -> Iterator[tuple[str, str, str]]:
    scope = project_scope(t.s)
    for fact in filter(asking.is_answered_by_people, t.method.facts.values()):
        value = predicates.fact_value(t.s, fact.id, scope)
        yield fact.id, question(t, fact.id), "" if value is None else _shown(t, value)


def _shown(t: teller.Teller, value: object) -> str:
    if isinstance(value, bool):
        return t.say("words.yes" if value else "words.no")
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    return str(value)


@verbs.verb(
    "assign",
    keyed=True,
    examples=("innocities project assign konsept gevinstansvarlig=gunn --as eva",),
)
@click.argument("project")
@click.argument("members", nargs=-1, required=True, metavar="ROLE=PERSON,…")
@click.option("--reason", default="", help="Why, for the record.")
def assign(console: Console, project: str, members: Sequence[str], reason: str) -> None:
    """Say who holds a role from now on; whoever held it before does not any more."""
    seen = names.view(console, project)
    why = inputs.prose(console, reason, "--reason")
    held = inputs.members(console, seen.method, members, "ROLE")
    commands = {role: Assign(role, people) for role, people in held.items()}
    acts.issue_each(console, seen, commands, reason=why)


@verbs.verb(
    "comment",
    keyed=True,
    examples=("innocities project comment havn 'Ring havnefogden' --as ingrid",),
)
@click.argument("project")
@click.argument("text")
def comment(console: Console, project: str, text: str) -> None:
    """Write something into the record of a project."""
    seen = names.view(console, project)
    said = inputs.prose(console, text, "TEXT")
    if not said:
        raise click.UsageError(console.say("usage.no_comment"))
    acts.issue(console, seen, Comment(said))
