"""Commands about what is known of a project: facts, people in roles, and comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from innocities_engine.cli import acts, inputs, layout, names, teller
from innocities_engine.cli.blocked import question
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain import predicates
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
    """Answer questions about a project. Without any, list them and what was answered."""
    seen = names.view(console, project)
    given: dict[str, bool | str | None] = dict(
        inputs.answers(console, seen.method, answers, "FACT")
    )
    for fact in take_back:
        given[names.pick(console, "fact", fact, seen.method.facts)] = None
    if not given:
        _list_facts(console, seen)
        return
    asking = names.need(console, seen, need) if need else ""
    commands = {fact: AnswerFact(fact, value, asking) for fact, value in given.items()}
    acts.issue_each(console, seen, commands)


def _list_facts(console: Console, seen: View) -> None:
    t = teller.of(console, seen)
    rows = list(_facts(t))
    data = {"facts": [{"fact": f, "question": q, "value": v or None} for f, q, v in rows]}
    shown = [(fact, question, value or "–") for fact, question, value in rows]
    console.show(data, layout.table(shown))


def _facts(t: teller.Teller) -> Iterator[tuple[str, str, str]]:
    scope = project_scope(t.s)
    for fact in t.method.facts.values():
        if fact.value is None and fact.rule is None and fact.chosen is None:
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
    acts.issue(console, seen, Comment(inputs.prose(console, text, "TEXT")))
