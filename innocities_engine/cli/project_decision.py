"""Commands that decide: one's own vote, or what a body decided, with all that it carries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NoReturn

import click

from innocities_engine.cli import acts, happenings, inputs, layout, names, papers_read, teller
from innocities_engine.cli.console import Console
from innocities_engine.cli.options import body, decision, read, voiced
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain import gates
from innocities_engine.domain.commands import Correct, Decide
from innocities_engine.domain.project import Proposal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from innocities_engine.cli.options import Carried, Spoken
    from innocities_engine.domain.definition import Gate, Methodology, Outcome
    from innocities_engine.domain.project import Content
    from innocities_engine.engine import View

verbs = Verbs()

DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@verbs.verb(
    "decide",
    keyed=True,
    examples=(
        (
            "innocities project decide ferdig G1 go --appoint prosjektleder=astrid"
            " --appoint prosjekteier=eva --recorded --present bjorn,cecilia,dag --minutes 5/26"
            " --as petter"
        ),
        "innocities project decide konsept G2 hold --review-on 2026-10-30 --as eva",
        (
            "innocities project decide ferdig G1 go_with_conditions --appoint prosjektleder=astrid"
            " --appoint prosjekteier=eva --condition 'Spør hytteeierne; prosjektleder; 2026-11-30'"
            " --recorded --present bjorn,cecilia,dag --minutes 5/26 --as petter"
        ),
    ),
)
@click.argument("project")
@click.argument("gate")
@click.argument("outcome", default="", metavar="[OUTCOME]")
@decision
@click.option("--reason", default="", help="Why; part of the decision.")
@click.option(
    "--review",
    default="",
    metavar="DIGEST",
    help="The review it was taken on: if that has changed since, it is not taken.",
)
@click.option(
    "--override",
    default="",
    metavar="REASON",
    help="Pass a shut gate: a right of administrators, and visible for ever.",
)
@body
@read
def decide(
    console: Console,
    project: str,
    gate: str,
    outcome: str,
    reason: str,
    review: str,
    override: str,
    carried: Carried,
    spoken: Spoken,
    read: str,
) -> None:
    """Decide at a gate: give your own vote, or write down what a body decided (--recorded).

    Without OUTCOME it lists what can be chosen and what each leads to.
    """  # fmt: skip
    seen = names.view(console, project)
    known = names.gate(console, seen, gate)
    if DAY.fullmatch(review):
        raise click.UsageError(console.say("usage.review", given=review))
    if not outcome:
        _list_outcomes(console, seen, known)
    command = Decide(
        gate=known.id,
        proposal=proposal_of(console, seen.method, names.outcome(console, known, outcome), carried),
        reason=inputs.prose(console, reason, "--reason"),
        recorded=voiced(console, spoken, seen.method),
        review=review,
        override=inputs.prose(console, override, "--override"),
        asking_key=asking_key(seen, known),
        papers=papers_read.read(console, read, seen.method.artefacts),
    )
    acts.issue(console, seen, command, reason=command.reason, gate=known.id)


@verbs.verb(
    "override",
    keyed=True,
    examples=("innocities project override konsept G2 go --reason 'Fristen i søknaden' --as eva",),
)
@click.argument("project")
@click.argument("gate")
@click.argument("outcome")
@decision
@click.option("--reason", required=True, help="Why the gate is passed although it is shut.")
@body
@read
def override(
    console: Console,
    project: str,
    gate: str,
    outcome: str,
    reason: str,
    carried: Carried,
    spoken: Spoken,
    read: str,
) -> None:
    """Decide at a gate that is shut. For administrators who also decide; visible for ever."""
    seen = names.view(console, project)
    known = names.gate(console, seen, gate)
    why = inputs.prose(console, reason, "--reason")
    command = Decide(
        gate=known.id,
        proposal=proposal_of(console, seen.method, names.outcome(console, known, outcome), carried),
        reason=why,
        recorded=voiced(console, spoken, seen.method),
        override=why,
        asking_key=asking_key(seen, known),
        papers=papers_read.read(console, read, seen.method.artefacts),
    )
    acts.issue(console, seen, command, reason=why, gate=known.id)


def asking_key(seen: View, gate: Gate) -> str:
    """Which asking of the gate is answered; without one the engine tells why not."""
    passage = seen.project.open_passage(gate.id)
    return passage.asking_key if passage else ""


def proposal_of(
    console: Console, method: Methodology, outcome: Outcome, carried: Carried
) -> Proposal:
    """What is proposed, with all that it carries."""
    return Proposal(
        outcome=outcome.id,
        to=names.pick(console, "phase", carried.to, method.phases) if carried.to else None,
        review_on=inputs.day(console, carried.review_on) if carried.review_on else None,
        written=inputs.conditions(console, method, outcome, carried.conditions),
        appoint=inputs.members(console, method, carried.appoint, "--appoint"),
        answers=inputs.answers(console, method, carried.answered, "--answer"),
        attach=_attached(console, method, carried.attach),
    )


def _attached(console: Console, method: Methodology, given: Sequence[str]) -> dict[str, Content]:
    return {
        names.pick(console, "artefact", artefact, method.artefacts): inputs.content(console, source)
        for artefact, source in inputs.pairs(console, given, "--attach").items()
    }


def _list_outcomes(console: Console, seen: View, gate: Gate) -> NoReturn:
    """Show what can be chosen before somebody has to choose."""
    t = teller.of(console, seen)
    rows = list(_rows(t, gate))
    lines = [console.say("usage.which_outcome", gate=t.gate(gate.id)), *layout.table(rows, 2)]
    if console.json:
        data = {"gate": gate.id, "outcomes": [o.id for o in gate.outcomes.values()]}
        console.show(data, ())
    for line in lines:
        click.echo(line, err=True)
    raise click.exceptions.Exit(2)


def _rows(t: teller.Teller, gate: Gate) -> Iterator[tuple[str, str, str]]:
    passage = t.project.open_passage(gate.id)
    for outcome in gate.outcomes.values():
        why_not = gates.offered(t.s, passage, outcome) if passage else []
        offered = t.say("status.not_offered") if why_not else ""
        told = f"{happenings.outcome(t, gate.id, outcome.id)}: {t.leads_to(outcome)}"
        yield outcome.id, told, offered


@verbs.verb(
    "correct",
    keyed=True,
    examples=("innocities project correct vent G2 --reason 'Feil prosjekt' --as astrid",),
)
@click.argument("project")
@click.argument("gate")
@click.option("--reason", required=True, help="What went wrong; it stays visible for ever.")
def correct(console: Console, project: str, gate: str, reason: str) -> None:
    """Annul a decision that was recorded by mistake. For administrators.

    The project stands again as it did before, with all dates and reminders; the decision and the
    correction stay in the record. What was done on the decision's account has to be undone first.
    """
    seen = names.view(console, project)
    known = names.pick(console, "gate", gate, seen.method.gates)
    why = inputs.prose(console, reason, "--reason")
    acts.issue(console, seen, Correct(known, why), reason=why)
