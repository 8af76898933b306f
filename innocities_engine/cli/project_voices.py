"""Commands by which somebody gives a voice before the decision, and puts the papers forward."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import click

from innocities_engine.cli import acts, inputs, layout, names, papers_read, teller
from innocities_engine.cli.console import Console
from innocities_engine.cli.options import body, read, voiced
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain import judgements, people
from innocities_engine.domain.commands import Advise, DeclareConflict, Present, Rate, TakeBack
from innocities_engine.domain.project import VoiceKind
from innocities_engine.domain.situation import passage_scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innocities_engine.cli.options import Spoken
    from innocities_engine.domain.definition import Criterion, Gate
    from innocities_engine.domain.situation import Situation
    from innocities_engine.engine import View

verbs = Verbs()


@verbs.verb(
    "rate",
    keyed=True,
    examples=(
        (
            "innocities project rate klar G1 noe_nytt=partly all=met --recorded"
            " --present bjorn,cecilia,dag --minutes 5/26 --as petter"
        ),
        "innocities project rate klar G1 er_prosjekt=met --as bjorn",
    ),
)
@click.argument("project")
@click.argument("gate")
@click.argument("verdicts", nargs=-1, metavar="[CRITERION=VALUE…]")
@body
def rate(
    console: Console, project: str, gate: str, verdicts: Sequence[str], spoken: Spoken
) -> None:
    """Judge the criteria of a gate. “all” stands for every other one that is asked of you."""
    seen = names.view(console, project)
    known = names.gate(console, seen, gate)
    given = verdicts_of(console, seen, known, verdicts)
    acts.issue(
        console, seen, Rate(known.id, given, voiced(console, spoken, seen.method)), gate=known.id
    )


def verdicts_of(
    console: Console, seen: View, gate: Gate, given: Sequence[str]
) -> Mapping[str, str]:
    """What was typed, criterion by criterion."""
    if not given:
        _list_criteria(console, seen, gate)
    found = inputs.pairs(console, given, "CRITERION")
    others = found.pop("all", "")
    named = {names.pick(console, "criterion", c, gate.criteria): v for c, v in found.items()}
    if others:
        s = teller.situation(seen)
        asked = [c for c in gate.criteria.values() if _is_asked(s, gate, c, console.me)]
        named |= {c.id: others for c in asked if c.id not in named and others in c.scale}
    if not named:
        raise click.UsageError(console.say("usage.all_rated", gate=gate.id, value=others))
    return named


def _is_asked(s: Situation, gate: Gate, criterion: Criterion, person: str) -> bool:
    """Whether somebody judges it, for themselves or for a body they record for."""
    passage = s.project.open_passage(gate.id)
    if passage is None or not judgements.applies(s, gate, criterion):
        return False
    scope = passage_scope(s, passage)
    who = people.asked(s, judgements.raters_of(gate, criterion), scope).who
    ballot = judgements.ballot(s, passage, VoiceKind.VERDICT, criterion.id)
    return (
        people.seat_for(s, who, person, ballot) is not None
        or people.records_for(s, who, person, scope) is not None
    )


def _list_criteria(console: Console, seen: View, gate: Gate) -> NoReturn:
    t = teller.of(console, seen)
    rows = [(c.id, t.text(c.question), " ".join(c.scale)) for c in gate.criteria.values()]
    for line in layout.table(rows, indent=2):
        click.echo(line, err=True)
    raise click.UsageError(console.say("usage.nothing_to_rate", gate=t.gate(gate.id)))


@verbs.verb(
    "advise",
    keyed=True,
    examples=(
        (
            "innocities project advise konsept G2 rad_styringsgruppe go --recorded"
            " --present bjorn,dag --minutes 6/26 --as petter"
        ),
    ),
)
@click.argument("project")
@click.argument("gate")
@click.argument("advice", default="")
@click.argument("value", default="")
@click.option("--reason", default="", help="Why.")
@body
@read
def advise(
    console: Console,
    project: str,
    gate: str,
    advice: str,
    value: str,
    reason: str,
    spoken: Spoken,
    read: str,
) -> None:
    """Recommend an outcome to those who decide.

    Without ADVICE and VALUE it lists what is asked, and what can be said.
    """
    seen = names.view(console, project)
    known = names.gate(console, seen, gate)
    if not value:
        _list_advice(console, seen, known)
    item = names.pick(console, "advice", advice, known.advises)
    told = inputs.prose(console, reason, "--reason")
    recorded = voiced(console, spoken, seen.method)
    papers = papers_read.read(console, read, seen.method.artefacts)
    command = Advise(known.id, item, value, told, recorded, papers)
    acts.issue(console, seen, command, reason=told, gate=known.id)


def _list_advice(console: Console, seen: View, gate: Gate) -> NoReturn:
    t = teller.of(console, seen)
    rows = [
        (voice.id, t.text(voice.title), " ".join(voice.scale or gate.outcomes))
        for voice in gate.advises.values()
    ]
    for line in layout.table(rows, indent=2):
        click.echo(line, err=True)
    raise click.UsageError(console.say("usage.nothing_to_advise", gate=t.gate(gate.id)))


@verbs.verb(
    "declare-conflict",
    keyed=True,
    examples=("innocities project declare-conflict klar G1 --reason 'Min bror' --as bjorn",),
)
@click.argument("project")
@click.argument("gate", default="")
@click.option("--reason", default="", help="What kind of interest.")
@click.option("--person", default="", help="For a member without an account.")
def declare_conflict(console: Console, project: str, gate: str, reason: str, person: str) -> None:
    """Step aside from a gate because you have an interest in it; your substitute is called."""
    seen = names.view(console, project)
    known = names.gate(console, seen, gate)
    told = inputs.prose(console, reason, "--reason")
    acts.issue(console, seen, DeclareConflict(known.id, told, person), reason=told, gate=known.id)


@verbs.verb(
    "present",
    keyed=True,
    examples=("innocities project present konsept G2 --as astrid",),
)
@click.argument("project")
@click.argument("gate", default="")
def present(console: Console, project: str, gate: str) -> None:
    """Put the papers, as they are now, before those who decide. Their time runs from here."""
    seen = names.view(console, project)
    known = names.gate(console, seen, gate)
    acts.issue(console, seen, Present(known.id), gate=known.id)


@verbs.verb(
    "take-back",
    keyed=True,
    examples=("innocities project take-back lagt G2 --as astrid",),
)
@click.argument("project")
@click.argument("gate", default="")
def take_back(console: Console, project: str, gate: str) -> None:
    """Take the papers back before the decision, to work on them."""
    seen = names.view(console, project)
    known = names.gate(console, seen, gate)
    acts.issue(console, seen, TakeBack(known.id), gate=known.id)
