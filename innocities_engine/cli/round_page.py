"""Decide how rounds look, as data and on a screen: which project waits for which day, what is still
missing and at whom, and how those that are taken together are ranked.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from innocities_engine import wording
from innocities_engine.cli import layout, reasons
from innocities_engine.cli.teller import Teller
from innocities_engine.domain import rounds
from innocities_engine.domain.whens import civil_day

if TYPE_CHECKING:
    from innocities_engine.cli.console import Console
    from innocities_engine.domain.project import Passage
    from innocities_engine.domain.ranking import Placed
    from innocities_engine.domain.taking import Candidate, RoundState
    from innocities_engine.rounds import RoundView, Waiting

Plain = dict[str, Any]


# ---------------------------------------------------------------- of one project


def waits(t: Teller, passage: Passage) -> Plain | None:
    """Which round a project waits for, if its gate has any: its number, or the day it opens."""
    if t.method.gates[passage.gate].round is None:
        return None
    when = civil_day(t.s, rounds.opens(t.s, passage))
    joined = rounds.takes_part(t.s, passage, passage.round)
    return {
        "round": passage.round if joined else None,
        "opens": when.isoformat() if when else None,
        "text": said(t, passage),
    }


def said(t: Teller, passage: Passage) -> str:
    """The same in a sentence."""
    gate = t.gate(passage.gate)
    if passage.round and rounds.takes_part(t.s, passage, passage.round):
        return t.say("round.in", gate=gate, n=passage.round.rpartition(":")[2])
    when = civil_day(t.s, rounds.opens(t.s, passage))
    if when is None:
        return t.say("round.undated", gate=gate)
    left = max(0, (when - t.s.today).days)
    key = "round.waits" if passage.presented else "round.not_presented"
    return t.say(key, gate=gate, day=t.day(when), left=left)


# ---------------------------------------------------------------- of a gate's rounds


def data(console: Console, view: RoundView, persons: dict[str, str]) -> Plain:
    """The rounds of a gate as data."""
    return {
        "method": view.method,
        "gate": view.gate,
        "open": _state(view, view.state) if view.state else None,
        "takes": view.ranking.takes,
        "ranking": view.ranking.digest if view.state else None,
        "tied": list(view.ranking.proposed.tied),
        "projects": [_placed(console, view, one, persons) for one in view.ranking.placed],
        "waiting": [_waiting(console, each, persons) for each in view.waiting],
        "taken": [_state(view, each) for each in view.past],
    }


def _state(view: RoundView, state: RoundState) -> Plain:
    taken = state.taken
    return {
        "round": state.id,
        "number": state.n,
        "opened": state.opened_at.isoformat() if state.opened_at else None,
        "projects": sorted(state.passages),
        "taken_at": taken.at.isoformat() if taken else None,
        "outcomes": dict(taken.outcomes) if taken else {},
        "annulled": sorted(view.annulled.get(state.id, ())),
        "departed": bool(taken and taken.departed),
        "departing": taken.departing if taken else "",
    }


def _placed(console: Console, view: RoundView, one: Placed, persons: dict[str, str]) -> Plain:
    candidate = next(each for each in view.there if each.project == one.project)
    t = teller(console, candidate, persons)
    sure, tied = view.ranking.proposed.sure, view.ranking.proposed.tied
    entry = one.entry
    return {
        "project": one.project,
        "title": entry.title,
        "place": one.place or None,
        "value": str(entry.value) if entry.value is not None else None,
        "tied": one.tied,
        "proposed": "yes" if one.project in sure else "tie" if one.project in tied else "no",
        "ratings": {rater: str(value) for rater, value in (entry.ratings or {}).items()},
        "waits": list(entry.waits),
        "blockers": [reasons.plain(t, b, candidate.passage) for b in entry.shut],
    }


def _waiting(console: Console, each: Waiting, persons: dict[str, str]) -> Plain:
    t = teller(console, each.candidate, persons)
    passage = each.candidate.passage
    return {
        "project": each.candidate.project,
        "title": t.project.title,
        "ready": not each.kept_out,
        "opens": each.opens.isoformat() if each.opens else None,
        "days_left": max(0, (each.opens - t.s.today).days) if each.opens else None,
        "blockers": [reasons.plain(t, b, passage) for b in each.kept_out],
    }


def teller(console: Console, each: Candidate, persons: dict[str, str]) -> Teller:
    return Teller(console.language, each.s, persons, console.me)


# ---------------------------------------------------------------- on a screen


def lines(console: Console, view: RoundView, told: Plain) -> Iterator[str]:
    """The open round, then who waits for the next, then those that were taken."""
    name = {"gate": view.gate, "method": view.method}
    if told["open"]:
        yield layout.heading(console.say("round.open", n=told["open"]["number"], **name))
        yield from ranked(console, told)
    else:
        yield layout.heading(console.say("round.none_open", **name))
    if told["waiting"]:
        yield ""
        yield layout.heading(console.say("round.waiting", n=len(told["waiting"])))
    for each in told["waiting"]:
        yield from _waits(console, each)
    for each in told["taken"]:
        yield from layout.paragraph(_taken(console, view, each), indent=2, hang=2)


def ranked(console: Console, told: Plain) -> Iterator[str]:
    """The ranking as a table; what keeps somebody from being taken, below it."""
    if not told["projects"]:
        yield from layout.paragraph(console.say("round.nobody"), indent=2)
        return
    heads = ("place", "project", "value", "proposed", "ratings")
    head = tuple(console.say(f"round.head_{h}") for h in heads)
    yield from layout.table([head, *(_row(console, one) for one in told["projects"])], indent=2)
    takes = told["takes"]
    key = "takes_unknown" if takes is None else "takes" if takes else "takes_none"
    yield from layout.paragraph(console.say(f"round.{key}", n=takes), indent=2)
    for one in told["projects"]:
        for blocker in one["blockers"]:
            text = f"– {one['title']}: {blocker['text']}"
            yield from layout.paragraph(text, indent=2, hang=2)
    if told["tied"]:
        names = [one["title"] for one in told["projects"] if one["project"] in told["tied"]]
        listed = wording.listed(console.language, names, "and")
        yield from layout.paragraph(console.say("round.tied", names=listed), indent=2)
    yield from layout.paragraph(console.say("round.digest", digest=told["ranking"]), indent=2)


def _row(console: Console, one: Plain) -> tuple[str, ...]:
    place = str(one["place"] or "–") + ("=" if one["tied"] else "")
    value = _number(one["value"]) if one["value"] is not None else _unknown(console, one)
    ratings = ", ".join(f"{rater} {_number(v)}" for rater, v in one["ratings"].items())
    proposed = console.say(f"round.proposed_{one['proposed']}")
    return (place, wording.visible(one["title"]), value, proposed, wording.visible(ratings) or "–")


def _unknown(console: Console, one: Plain) -> str:
    return console.say("round.unknown", what=", ".join(one["waits"]))


def _number(value: str) -> str:
    """At most two decimals, and none that say nothing."""
    return f"{round(Decimal(value), 2).normalize():f}"


def _waits(console: Console, each: Plain) -> Iterator[str]:
    day = wording.day(console.language, _date(each["opens"])) if each["opens"] else "–"
    key = "round.is_ready" if each["ready"] else "round.lacks"
    values = {"title": each["title"], "day": day, "left": each["days_left"] or 0}
    yield from layout.paragraph(console.say(key, **values), indent=2, hang=2)
    for blocker in each["blockers"]:
        if blocker["code"] != "waits_for_round":
            yield from layout.paragraph(f"– {blocker['text']}", indent=4, hang=2)


def _taken(console: Console, view: RoundView, each: Plain) -> str:
    """What became of whom in a round, the outcome of those taken first."""
    groups: dict[str, list[str]] = {}
    first = next((state.taken.taken for state in view.past if state.n == each["number"]
                  and state.taken), ())  # fmt: skip
    standing = each["outcomes"].keys() - set(each["annulled"])
    for project in sorted(standing, key=lambda p: (p not in first, view.titles[p])):
        groups.setdefault(each["outcomes"][project], []).append(view.titles[project])
    outcomes = "; ".join(f"{outcome}: {', '.join(names)}" for outcome, names in groups.items())
    day = wording.short_day(console.language, _date(each["taken_at"][:10]))
    told = console.say("round.was_taken", n=each["number"], day=day, outcomes=outcomes)
    if each["annulled"]:
        names = wording.listed(console.language, [view.titles[p] for p in each["annulled"]], "and")
        told = f"{told} {console.say('round.annulled', names=names)}"
    if each["departed"]:
        told = f"{told} {console.say('round.departed', reason=each['departing'])}"
    return told


def _date(text: str) -> Any:
    from datetime import date

    return date.fromisoformat(text)
