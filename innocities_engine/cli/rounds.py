"""Commands about rounds, in which projects that wait at the same gate are taken together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from innocities_engine import errors, wording
from innocities_engine.cli import happenings, inputs, layout, names, round_page, teller
from innocities_engine.cli.console import Console
from innocities_engine.cli.options import Carried, body, decision, voiced
from innocities_engine.cli.project_decision import proposal_of
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain import events as e
from innocities_engine.domain import proposals
from innocities_engine.domain.definition import NeedKind
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.project import Proposal
from innocities_engine.domain.taking import OpenRound, TakeRound

if TYPE_CHECKING:
    from innocities_engine.casework import Receipt
    from innocities_engine.cli.options import Spoken
    from innocities_engine.domain.definition import Outcome
    from innocities_engine.domain.taking import Candidate
    from innocities_engine.rounds import RoundView

verbs = Verbs()
_method = click.option("--method", default="", help="Of which method, if several have it.")


@verbs.verb("list", examples=("innocities round list", "innocities round list --json"))
def listing(console: Console) -> None:
    """List the gates with rounds: who is in the open one, who waits, what is missing, days left."""
    found = _views(console)
    known = dict(teller.persons(console))
    told = [round_page.data(console, view, known) for view in found]
    lines: list[str] = []
    for view, data in zip(found, told, strict=True):
        lines += [*round_page.lines(console, view, data), ""]
    console.show({"rounds": told}, lines[:-1] or layout.paragraph(console.say("round.none")))


@verbs.verb(
    "show", examples=("innocities round show valg", "innocities round show stipend --lang en")
)
@click.argument("gate", default="", metavar="[GATE]")
@_method
def show(console: Console, gate: str, method: str) -> None:
    """Show the rounds of a gate: who is in the open one, and what the others still lack."""
    view = _view(console, gate, method)
    told = round_page.data(console, view, dict(teller.persons(console)))
    console.show(told, round_page.lines(console, view, told))


@verbs.verb("rank", examples=("innocities round rank valg", "innocities round rank valg --json"))
@click.argument("gate", default="", metavar="[GATE]")
@_method
def rank(console: Console, gate: str, method: str) -> None:
    """Rank the projects of the open round: places, values, raters, ties, and whom it proposes.

    The ranking proposes; people take. Its digest holds a decision to exactly this ranking.
    """
    view = _view(console, gate, method)
    if view.state is None:
        raise errors.NotFound(console.say("round.none_open", gate=view.gate, method=view.method))
    told = round_page.data(console, view, dict(teller.persons(console)))
    head = console.say("round.open", n=view.state.n, gate=view.gate, method=view.method)
    console.show(told, [layout.heading(head), *round_page.ranked(console, told)])


@verbs.verb(
    "open",
    keyed=True,
    examples=(
        "innocities round open stipend --dry-run",
        "innocities round open stipend",
    ),
)
@click.argument("gate", default="", metavar="[GATE]")
@_method
@click.option("--reason", default="", help="Why; part of the record.")
def open_(console: Console, gate: str, method: str, reason: str) -> None:
    """Open the round of a gate, once its day has come, for all that have presented their papers.

    Whoever comes later waits for the next round. The deciders are told.
    """
    from innocities_engine.rounds import open_round

    console.advance()
    view = _view(console, gate, method)
    with _told_of(console, view):
        receipts = open_round(
            console.engine, console.home.id, OpenRound(view.method, view.gate), console.me,
            reason=inputs.prose(console, reason, "--reason"),
            idempotency_key=console.key, dry_run=console.dry_run,
        )  # fmt: skip
    _report(console, view, receipts)


@verbs.verb(
    "take",
    keyed=True,
    examples=(
        (
            "innocities round take valg --dry-run --recorded --present bjorn,cecilia"
            " --minutes 5/26 --as petter"
        ),
        (
            "innocities round take valg sykkelhotell badestige=go --reason 'Nyttigst'"
            " --recorded --present bjorn,cecilia --minutes 5/26 --as petter"
        ),
        (
            "innocities round take valg sykkelhotell lyskasse --departing 'Badet er stengt'"
            " --recorded --present bjorn,cecilia --minutes 5/26 --as petter"
        ),
        "innocities round take valg --as bjorn",
    ),
)
@click.argument("gate")
@click.argument("projects", nargs=-1, metavar="[PROJECT[=OUTCOME]]…")
@_method
@click.option("--outcome", default="", help="Of those taken; else the first that passes.")
@decision
@click.option("--none", "nobody", is_flag=True, help="Take nobody.")
@click.option("--departing", default="", metavar="REASON",
              help="Why the ranking is not followed; it stays on the record.")  # fmt: skip
@click.option("--reason", default="", help="Why; part of each decision.")
@click.option("--ranking", default="", metavar="DIGEST",
              help="The ranking it was taken on; changed, nothing is decided.")  # fmt: skip
@body
def take(
    console: Console, gate: str, projects: tuple[str, ...], method: str, outcome: str,
    carried: Carried, nobody: bool, departing: str, reason: str, ranking: str, spoken: Spoken,
) -> None:  # fmt: skip
    """Take the open round: those named pass, the others get the outcome of the rest.

    Without PROJECT the first of the ranking are taken, if no tie leaves it open. With a tie, or to
    depart from the ranking, name all that are taken. What a decision carries is said for all of
    them, or for one as PROJECT/ROLE=PERSON. All is decided at once, or nothing.
    """
    from innocities_engine.rounds import take_round

    console.advance()
    view = _view(console, gate, method)
    chosen = _chosen(console, view, projects, outcome, nobody=nobody)
    with _told_of(console, view):
        command = TakeRound(
            view.method,
            view.gate,
            _proposals(console, view, chosen, carried),
            _rest(console, view, chosen, carried),
            reason=inputs.prose(console, reason, "--reason"),
            departing=inputs.prose(console, departing, "--departing"),
            recorded=voiced(console, spoken, view.there[0].s.method if view.there else None),
            ranking=ranking,
            asked=("take", *projects, outcome, "none" if nobody else "", *_typed(carried)),
        )
        receipts = take_round(
            console.engine, console.home.id, command, console.me,
            idempotency_key=console.key, dry_run=console.dry_run,
        )  # fmt: skip
    _report(console, view, receipts)


def _typed(carried: Carried) -> Iterator[str]:
    """What a decision carries, as it was typed."""
    yield from (carried.to, carried.review_on)
    for given in (carried.conditions, carried.appoint, carried.answered, carried.attach):
        yield from given


# ---------------------------------------------------------------- which round


def _views(console: Console) -> list[RoundView]:
    from innocities_engine.rounds import look

    return look(console.engine, console.home.id, console.me)


def _view(console: Console, gate: str, method: str) -> RoundView:
    known = [view for view in _views(console) if method in ("", view.method)]
    found = [view for view in known if gate.casefold() in ("", view.gate.casefold())]
    if len(found) == 1:
        return found[0]
    if not found:
        raise names.unknown(console, "gate", gate, [view.gate for view in known])
    listed = ", ".join(f"{view.gate} --method {view.method}" for view in found)
    raise click.UsageError(console.say("usage.which_round", known=listed))


@contextmanager
def _told_of(console: Console, view: RoundView) -> Iterator[None]:
    """What goes wrong is told about the project it concerns, else about one that is there."""
    there = [*view.there, *(each.candidate for each in view.waiting)]
    try:
        yield
    except errors.EngineError as error:
        own = next((each for each in there if each.project == error.project), None)
        about = own or next(iter(there), None)
        if about is not None:
            console.focus = console.engine.view(console.home.id, about.project, console.me)
            console.passage = about.passage.key
        raise


# ---------------------------------------------------------------- who is taken, and with what


def _chosen(
    console: Console, view: RoundView, given: Sequence[str], outcome: str, *, nobody: bool
) -> dict[str, str]:
    """The outcome of each project taken; none named, those that the ranking proposes."""
    if nobody or view.state is None:
        return {}
    if not given:
        return dict.fromkeys(view.ranking.proposed.sure, outcome)
    found = {}
    for each in given:
        name, _, own = each.partition("=")
        found[names.project_id(console, name)] = own or outcome
    return found


def _proposals(
    console: Console, view: RoundView, chosen: Mapping[str, str], carried: Carried
) -> dict[str, Proposal]:
    found = {}
    for project, named in chosen.items():
        each = next((c for c in view.there if c.project == project), None)
        if each is None:
            found[project] = Proposal("")  # refused, since it is not there
            continue
        passing = next(o for o in each.gate.outcomes.values() if o.passing)
        outcome = names.outcome(console, each.gate, named) if named else passing
        found[project] = _carrying(console, view, each, outcome, carried)
    return found


def _rest(
    console: Console, view: RoundView, chosen: Mapping[str, str], carried: Carried
) -> dict[str, Proposal]:
    found = {}
    for each in view.there:
        if each.project not in chosen and each.gate.round is not None:
            outcome = each.gate.outcomes[each.gate.round.rest]
            found[each.project] = _carrying(console, view, each, outcome, carried)
    return found


def _carrying(
    console: Console, view: RoundView, each: Candidate, outcome: Outcome, carried: Carried
) -> Proposal:
    """What was said for this project, and of what was said for all, what its outcome asks."""
    opened = proposals.needs_opened(each.s, each.passage, each.gate, outcome)
    asked = {need.of for need in opened if need.due_at_decision}
    writes = any(need.kind is NeedKind.WRITTEN for need in opened)
    known = {other.project for other in view.there}

    def own(values: Sequence[str], *, fits: Any) -> tuple[str, ...]:
        found = []
        for value in values:
            head, slash, rest = value.partition("/")
            named = slash and head in known
            if (named and head == each.project) or (not named and fits(value)):
                found.append(rest if named else value)
        return tuple(found)

    def wanted(value: str) -> bool:
        return value.partition("=")[0].strip() in asked

    return proposal_of(
        console, each.s.method, outcome,
        replace(
            carried,
            to=carried.to if len(outcome.targets) > 1 else "",
            review_on=carried.review_on if outcome.hold else "",
            conditions=own(carried.conditions, fits=lambda _: writes),
            appoint=own(carried.appoint, fits=wanted),
            answered=own(carried.answered, fits=wanted),
            attach=own(carried.attach, fits=wanted),
        ),
    )  # fmt: skip


# ---------------------------------------------------------------- what came of it


def _report(console: Console, view: RoundView, receipts: Sequence[Receipt]) -> None:
    """Tell in a line for each project what became of it; as data, all that happened."""
    persons = teller.persons(console)
    tellers = {
        receipt.project: teller.Teller(
            console.language, _after(console, view, receipt), persons, console.me
        )
        for receipt in receipts
    }
    decided = [r for r in receipts if any(isinstance(x, e.GateDecided) for x in r.events)]
    data = {
        "method": view.method,
        "gate": view.gate,
        "decided": bool(decided),
        "repeated": any(receipt.repeated for receipt in receipts),
        "dry_run": console.dry_run,
        "projects": [_told(tellers[receipt.project], receipt) for receipt in receipts],
    }
    lead = "done.would" if console.dry_run else "done.before" if data["repeated"] else ""
    said = [console.say(lead)] if lead else []
    console.show(data, [*said, *_lines(console, tellers, receipts)])


def _told(t: teller.Teller, receipt: Receipt) -> dict[str, Any]:
    told = [happenings.plain(t, event) for event in receipt.events]
    return {"project": receipt.project, "title": t.project.title, "events": told}


def _lines(
    console: Console, tellers: Mapping[str, teller.Teller], receipts: Sequence[Receipt]
) -> list[str]:
    rows, joined = [], []
    for receipt in receipts:
        t = tellers[receipt.project]
        for event in receipt.events:
            if isinstance(event, e.GateDecided):
                gate = event.decision.passage.partition("#")[0]
                known = t.method.gates[gate].outcomes[event.decision.proposal.outcome]
                told = happenings.outcome(t, gate, known.id)
                rows.append((not known.passing, wording.visible(t.project.title), told))
            elif isinstance(event, e.RoundJoined):
                joined.append((t, event))
    if rows:
        return layout.table([row[1:] for row in sorted(rows)])
    if not joined:
        return layout.paragraph(console.say("round.voted" if receipts else "done.nothing"))
    first, event = joined[0]
    names = wording.listed(console.language, sorted(t.project.title for t, _ in joined), "and")
    gate, n = first.passage(event.passage), event.round.rpartition(":")[2]
    return layout.paragraph(console.say("round.opened", n=n, gate=gate, names=names), hang=2)


def _after(console: Console, view: RoundView, receipt: Receipt) -> Any:
    """A project as it is after what happened, or as it would be."""
    there = [*view.there, *(each.candidate for each in view.waiting)]
    s = next((each.s for each in there if each.project == receipt.project), None)
    if s is not None and not receipt.repeated:
        return replace(s, project=fold(s.project, receipt.events))
    return teller.situation(console.engine.view(console.home.id, receipt.project, console.me))
