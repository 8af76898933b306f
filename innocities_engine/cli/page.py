"""Decide how a project looks on a screen: what an innovation manager asks first stands first, in
words that need no colour. What is true of the project is worked out in `standing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from innocities_engine import wording
from innocities_engine.cli import across, happenings, layout, papers_read, reasons
from innocities_engine.cli.standing import Plain
from innocities_engine.cli.teller import Teller, counted

MOST_DECISIONS = 10


def lines(t: Teller, data: Plain) -> Iterator[str]:
    """The page of one project."""
    yield from _head(t, data)
    for gate in data["gates"]:
        yield from _section(_gate(t, gate))
    yield from _titled(t, "inherited", across.papers(t, data["inherited"]))
    yield from _titled(t, "lessons", across.lessons(data["project"]["adopted"]))
    yield from _titled(t, "children", _children(t, data["children"]))
    yield from _titled(t, "conditions", _needs(t, data["conditions"]))
    yield from _titled(t, "tasks", _needs(t, data["tasks"]))
    yield from _titled(t, "waived", list(_waived(t, data["waived"])))
    yield from _titled(t, "decisions", list(_decisions(t, data["decisions"])))
    yield from _titled(t, "corrections", list(_corrections(t, data["corrections"])))
    yield from _titled(t, "people", _people(t, data["members"]))


def _section(lines: Iterable[str]) -> Iterator[str]:
    yield ""
    yield from lines


def _titled(t: Teller, title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield layout.heading(t.say(f"page.{title}"))
        yield from lines


# ---------------------------------------------------------------- where it stands


def _head(t: Teller, data: Plain) -> Iterator[str]:
    p = data["project"]
    yield layout.heading(wording.visible(p["title"]))
    started = t.clock(datetime.fromisoformat(p["started"])) if p["started"] else ""
    method = f"{p['method']['id']} {p['method']['version']}"
    yield from layout.paragraph(
        t.say("page.identity", id=p["id"], method=method, started=started), indent=2
    )
    if p["taken_in"]:
        day = wording.short_day(t.language, _local(t, p["taken_in"]))
        yield from layout.paragraph(t.say("page.taken_in", day=day), indent=2)
    if p["origin"]:
        values = {"title": p["origin"]["title"], "id": p["origin"]["project"]}
        yield from layout.paragraph(t.say("page.origin", **values), indent=2)
    for told in across.told(t, p):
        yield from layout.paragraph(told, indent=2)
    if data["overrides"]:
        gates = wording.listed(t.language, map(t.passage, data["overrides"]))
        yield from layout.paragraph(t.say("page.overridden", gates=gates), indent=2)
    if paused := data["mail_pause"]:
        values = {"day": _day(t, paused["until"]), "person": t.person(paused["by"])}
        told = t.say("page.mail_paused", **values, reason=paused["reason"])
        yield from layout.paragraph(told, indent=2)
    rows = [_track(t, track) for track in data["tracks"]]
    yield from layout.table(rows, indent=2)
    offers = [_offer(t, offer) for offer in data["may_start"] if offer["left"] != 0]
    if offers:
        told = t.say("page.may_start", what=", ".join(dict.fromkeys(offers)))
        yield from layout.paragraph(told, indent=2)


def _offer(t: Teller, offer: Plain) -> str:
    if offer["left"] is None:
        return str(offer["method"])
    return t.say("page.at_most_left", method=offer["method"], left=offer["left"])


def _children(t: Teller, children: list[Plain]) -> list[str]:
    rows = [
        (
            wording.visible(c["title"]),
            c["method"],
            f"{c['phase_title']} · {reasons.status(t, c['status'])}",
            c["project"],
        )
        for c in children
    ]
    return layout.table(rows, indent=2)


def _track(t: Teller, track: Plain) -> tuple[str, str]:
    since = wording.short_day(t.language, _local(t, track["since"]))
    status = reasons.status(t, track["status"])
    if track["review_on"]:
        status = f"{status}, {t.say('page.review', day=_day(t, track['review_on']))}"
    name = t.name(track["phase"])
    # It has been in the phase since then, not on hold or waiting.
    said = "page.since_now" if track["status"] in ("held", "moving") else "page.since"
    return name, t.say(said, status=status, since=since)


def _local(t: Teller, instant: str) -> date:
    return t.s.day_of(datetime.fromisoformat(instant))


def _day(t: Teller, iso: str | None) -> str:
    return t.day(date.fromisoformat(iso)) if iso else "–"


# ---------------------------------------------------------------- a gate


def _gate(t: Teller, gate: Plain) -> Iterator[str]:
    name = t.passage(gate["passage"])
    left = len(gate["blockers"])
    key = "page.gate_ready" if gate["ready"] else "page.gate_shut"
    yield layout.heading(t.say(key, gate=name, n=left))
    yield from layout.table(list(_facts(t, gate)), indent=2)
    needed = [n for n in gate["needs"] if n["required"] != "no"]
    hoped = [n for n in gate["needs"] if n["required"] == "no"]
    yield from _part(t, "needed", _needs(t, needed, 4))
    yield from _part(t, "recommended", _needs(t, hoped, 4))
    yield from _part(t, "criteria", _criteria(t, gate["criteria"]))
    yield from _part(t, "advice", _advice(t, gate["advice"]))
    yield from _part(t, "answers", list(_first(gate["blockers"])))
    yield from _part(t, "warnings", list(_warnings(gate["warnings"])))
    yield from _part(t, "days", list(_why_days(t, gate)))


def _part(t: Teller, title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"  {t.say(f'page.{title}')}"
        yield from lines


def _facts(t: Teller, gate: Plain) -> Iterator[tuple[str, str]]:
    yield t.say("page.decided_by"), t.who(gate["deciders"], "and") or t.say("words.nobody")
    for aside in gate["conflicts"]:
        instead = wording.listed(t.language, map(t.person, aside["substitutes"]), "or")
        text = "page.replaced" if instead else "page.not_replaced"
        yield t.say("page.aside"), t.say(text, person=t.person(aside["person"]), other=instead)
    if gate["presented"]:
        yield t.say("page.presented"), t.clock(datetime.fromisoformat(gate["presented"]))
    if gate["round"]:
        yield t.say("page.round"), gate["round"]["text"]
    meeting = gate["meeting"]
    if meeting is None:
        return
    if meeting["day"] is None:
        yield t.say("page.meeting"), t.say("page.no_meeting", body=meeting["title"])
        return
    yield t.say("page.meeting"), f"{meeting['title']}, {_day(t, meeting['day'])}"
    if meeting["hand_in_by"]:
        yield t.say("page.hand_in"), _day(t, meeting["hand_in_by"])
    missed = meeting["if_missed"]
    if missed is None:
        yield t.say("page.if_missed"), t.say("page.no_chance")
    else:
        text = "page.chance" if missed["hand_in_by"] else "page.chance_alone"
        day, by = _day(t, missed["day"]), _day(t, missed["hand_in_by"])
        yield t.say("page.if_missed"), t.say(text, day=day, by=by)


def _needs(t: Teller, needs: Iterable[Plain], indent: int = 2) -> list[str]:
    rows = [(_state(t, n), _thing(n), t.who(n["who"]), _by(t, n)) for n in _open_first(needs)]
    return layout.table(rows, indent=indent)


def _open_first(needs: Iterable[Plain]) -> list[Plain]:
    return sorted(needs, key=lambda n: (not n["open"], n["due"] or "9999"))


def _state(t: Teller, need: Plain) -> str:
    if not need["open"]:
        return reasons.status(t, "done")
    told = reasons.status(t, need["state"])
    return f"{told}, {reasons.status(t, 'overdue')}" if need["overdue"] else told


def _thing(need: Plain) -> str:
    typed = need["of"] or need["ref"]
    title = wording.visible(need["title"])
    return title if title.casefold() == typed.casefold() else f"{title} ({typed})"


def _by(t: Teller, need: Plain) -> str:
    if not need["open"]:
        return ""
    if need["due"]:
        return layout.whole(wording.short_day(t.language, date.fromisoformat(need["due"])))
    waits = [w for w in need["waits"] if w in t.method.facts]
    return t.say("page.waits_for", what=", ".join(waits)) if waits else "–"


def _criteria(t: Teller, criteria: Iterable[Plain]) -> list[str]:
    return layout.table([_criterion(t, c) for c in criteria], indent=4)


def _criterion(t: Teller, c: Plain) -> tuple[str, str, str]:
    given = reasons.verdict(t, c["verdict"]) if c["verdict"] else _voices(t, c)
    must = c["must"]
    if must == "rated":
        wanted = t.say("page.must_be_rated")
    else:
        key = "page.must" if must == c["scale"][0] else "page.must_at_least"
        wanted = t.say(key, value=reasons.verdict(t, must)) if must else ""
    return given, f"{c['question']} ({c['criterion']})", wanted


def _voices(t: Teller, c: Plain) -> str:
    """How many have judged, where more than one has to."""
    counted = c["quorum"] > 1 and c["voices"]
    return t.say("page.voices", n=c["voices"], needed=c["quorum"]) if counted else "–"


def _advice(t: Teller, advice: Iterable[Plain]) -> list[str]:
    rows = [
        (a["value"] or reasons.status(t, "missing"), f"{a['title']} ({a['advice']})",
         t.who(a["who"]))
        for a in advice
    ]  # fmt: skip
    return layout.table(rows, indent=4)


def _first(blockers: Iterable[Plain]) -> Iterator[str]:
    """What has to be answered, filled or decided before anything else can be said."""
    for blocker in blockers:
        if blocker["code"] not in ("need_open", "criterion_unrated", "criterion_below",
                                   "advice_missing"):  # fmt: skip
            yield from point(blocker)


def _warnings(warnings: Iterable[Plain]) -> Iterator[str]:
    """What is only recommended stands among the needs already."""
    for warning in warnings:
        if warning["code"] != "need_open":
            yield from point(warning)


def point(told: Plain) -> list[str]:
    """One reason, and below it what to type."""
    said = layout.paragraph(f"– {told['text']}", indent=4, hang=2)
    return [*said, f"      {told['next']}"] if told["next"] else said


def _why_days(t: Teller, gate: Plain) -> Iterator[str]:
    whys = {(n["due"], n["why"]) for n in gate["needs"] if n["due"] and n["why"] and n["open"]}
    for due, why in sorted(whys):
        yield from layout.paragraph(f"{_day(t, due)}: {why}", indent=4, hang=2)


# ---------------------------------------------------------------- what was decided


def _waived(t: Teller, waived: Iterable[Plain]) -> Iterator[str]:
    for need in waived:
        yield from layout.paragraph(f"{_thing(need)}: {need['reason']}", indent=2, hang=2)


def _corrections(t: Teller, corrections: list[Plain]) -> Iterator[str]:
    for x in corrections:
        gate = x["passage"].partition("#")[0]
        told = t.say(
            "page.correction",
            day=_day(t, x["decided"]),
            at=_day(t, x["at"]),
            gate=t.passage(x["passage"]),
            outcome=happenings.outcome(t, gate, x["outcome"]),
            person=t.person(x["by"]),
            reason=x["reason"],
        )
        yield from layout.paragraph(told, indent=2, hang=2)


def _decisions(t: Teller, decisions: list[Plain]) -> Iterator[str]:
    for decision in decisions[-MOST_DECISIONS:]:
        yield from layout.paragraph(_decision(t, decision), indent=2, hang=2)
        for version in decision["versions"]:
            if version["today"] != version["decided_on"]:
                yield from layout.paragraph(_stale(t, version), indent=4, hang=2)


def _decision(t: Teller, d: Plain) -> str:
    told = t.say(
        "page.decision",
        day=wording.short_day(t.language, _local(t, d["at"])),
        gate=t.passage(d["passage"]),
        outcome=d["title"],
        people=d["people"],
    )
    for each in d["records"]:
        values = {"person": t.person(each["by"]), "minutes": each["minutes"] or "–"}
        text = "page.on_paper" if d["on_paper"] else "page.recorded"
        if len(d["roles"]) > 1 and each["body"]:
            text, values["body"] = "page.recorded_for", t.name(each["body"])
        told = f"{told} {t.say(text, **values)}"
        if each["papers"]:
            told = f"{told} {t.say('page.papers', papers=papers_read.named(t, each['papers']))}"
    if d["counts"]:
        told = f"{told} ({t.say('page.counted', counts=counted(d['counts']))})"
    if d["state"] in ("pending", "cancelled"):
        told = f"{told} ({reasons.status(t, d['state'])})"
    return f"{told} {wording.visible(d['reason'])}".strip()


def _stale(t: Teller, version: dict[str, Any]) -> str:
    today = version["today"]
    text = "page.decided_on" if today else "page.decided_on_gone"
    return t.say(text, thing=version["title"], n=version["decided_on"], today=today or "")


def _people(t: Teller, members: Plain) -> list[str]:
    rows = [(t.name(role), ", ".join(map(t.person, held))) for role, held in members.items()]
    return layout.table([(role, wording.visible(held)) for role, held in rows], indent=2)
