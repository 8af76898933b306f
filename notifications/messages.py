"""Decide what a letter says: what is needed and by when, what to press, why it comes, what happens
otherwise and who else can do it, in the reader's language, as text and as a page that says the
same.  Who the reader is and what is news to them is left to `delivery`; the words themselves stand
in `templates`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from functools import lru_cache
from shlex import quote as quoted
from typing import Any, Final
from urllib.parse import quote

from babel.dates import format_date

from notifications.mail import one_line
from notifications.templating import catalogue, render, say, spoken

WORDS: Final = "words"
KINDS: Final = tuple(
    dict.fromkeys(path.partition(".")[0] for path in catalogue("en") if not path.startswith(WORDS))
)
# News that asks nothing of the reader; of all other mail one may not opt out.
OPTIONAL: Final = frozenset(
    {"decided", "held", "appointed", "commented", "adopted", "migrated", "voice_stands"}
)
# News whose date asks nothing of the reader.
UNDATED: Final = frozenset({"held"})
LONGEST_VALUE: Final = 1_000
_GAPS: Final = re.compile(r"\n{3,}")

_LOCALES: Final = {"sv": "sv_SE", "nb": "nb_NO", "en": "en_GB"}
_DAY: Final = {"sv": "d MMMM", "nb": "d. MMMM", "en": "d MMMM"}
_WEEKDAY: Final = {"sv": "EEEE d MMMM", "nb": "EEEE d. MMMM", "en": "EEEE d MMMM"}
# What is reminded of is worded as when it was asked for.
_ASKED: Final = {
    "accept": "accept_asked",
    "advise": "advise_asked",
    "decide": "decide_asked",
    "rate": "rate_asked",
    "review": "review",
}


@dataclass(frozen=True, slots=True)
class Duty:
    """A condition that came with a decision, and who sees to it."""

    text: str
    owner: str
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing to tell, in words of the reader's language. `role`: why it concerns them.

    `thing` is what is needed, `what` its kind, `asks` what it is asked for, `owner` who owes it,
    `after`: of the gate's decision and not for it, `holds` the gate it holds shut; `by` and
    `reason`: who caused the news, and why. Of a decision `conditions` are what it came with,
    `leads` is what follows from it, and `review` the day until which the project rests; `on` is the
    day on which others took something over. `page`: where a reader without an account acts.
    """

    kind: str
    asks: str = ""
    what: str = ""
    project: str = ""
    project_id: str = ""
    page: str = ""
    thing: str = ""
    gate: str = ""
    gate_id: str = ""
    after: bool = False
    holds: str = ""
    outcome: str = ""
    phase: str = ""
    role: str = ""
    owner: str = ""
    by: str = ""
    reason: str = ""
    leads: str = ""
    review: date | None = None
    on: date | None = None
    conditions: tuple[Duty, ...] = ()
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads it, for whom, and who else could act. `fallback`: nobody else could be reached;
    `at`: the id of the organisation, where a command has to name it since there are several.
    """

    name: str
    language: str
    organisation: str = ""
    at: str = ""
    absent: str = ""
    until: date | None = None
    stand_ins: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    fallback: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A letter in words, without an envelope."""

    language: str
    subject: str
    text: str
    html: str


def is_optional(kinds: Sequence[str]) -> bool:
    """Tell whether one may opt out of a letter with news of these kinds."""
    return all(kind in OPTIONAL for kind in kinds)


def write(
    news: Sequence[News], reader: Reader, today: date, base_url: str, unsubscribe: str = ""
) -> Message:
    """Write one letter about one or several things, the most urgent first."""
    language = spoken(reader.language)
    told = sorted(map(_plain, news), key=lambda one: _urgency(one, today))
    items = _grouped([_item(one, reader, today, base_url, language) for one in told])
    subject = _subject(items, language)
    values = {
        "language": language,
        "subject": subject,
        "headline": _headline(items, language),
        "greeting": _word(language, "greeting", reader=one_line(reader.name)),
        "items": items,
        "whys": tuple(dict.fromkeys(item.why for item in items)),
        "instead": _instead(reader, language) if any(i.otherwise for i in items) else "",
        "others": _others(reader, language),
        "duty": _word(language, "optional" if unsubscribe else "duty"),
        "unsubscribe": unsubscribe,
        "words": _labels(language),
    }
    text = _GAPS.sub("\n\n", render("letter.txt", **values))
    return Message(language, subject, text, render("letter.html", **values))


def _grouped(items: list[_Item]) -> list[_Item]:
    """Of several things bring together those of one project, and name it once, above them."""
    if len(items) == 1:
        return items
    together = dict.fromkeys(item.project for item in items)
    return [
        replace(item, group="" if n else project, rows=item.rows[1:] if project else item.rows)
        for project in together
        for n, item in enumerate(each for each in items if each.project == project)
    ]


def _urgency(news: News, today: date) -> tuple[bool, date, bool]:
    """What is due comes by its date, one's own before what was passed up."""
    return (news.due is None, news.due or today, news.kind == "escalation")


# ---------------------------------------------------------------- one thing


@dataclass(frozen=True, slots=True)
class _Item:
    """`headline` says it without the project, `subject` with it; `group`: a heading above it."""

    headline: str
    subject: str
    told: str
    otherwise: str
    action: str
    link: str
    command: str
    why: str
    rows: tuple[tuple[str, str], ...]
    project: str = ""
    group: str = ""


def _item(news: News, reader: Reader, today: date, base_url: str, language: str) -> _Item:
    values: dict[str, Any] = asdict(news) | {
        "late": news.due is not None and news.due < today,
        "due": _date(news.due, today, language, _DAY),
        "day": _date(news.due, today, language, _WEEKDAY),
        "on": _date(news.on, today, language, _DAY),
    }
    asked = _ASKED.get(news.asks, "reminder" if news.kind == "escalation" else news.kind)
    phrase = say(language, f"{asked}.subject", values)
    if news.kind == "escalation":
        asked, values = "escalation", values | {"thing": phrase}
    headline = _capital(f"{_when(news, values, today, language)} {phrase}".strip())
    return _Item(
        headline=headline,
        subject=f"{headline} – {news.project}" if news.project else headline,
        told=_capital(say(language, f"{asked}.told", values)),
        otherwise=_capital(say(language, f"{asked}.otherwise", values)),
        action=say(language, f"{asked}.action", values),
        link=news.page or link(base_url, news.project_id),
        command=command(asked, news, reader.at),
        why=_why(news, reader, today, language),
        rows=(*_rows(news, values, language), *_consequences(news, today, language)),
        project=news.project,
    )


def _when(news: News, values: Mapping[str, Any], today: date, language: str) -> str:
    lifted = ["lifted"] if news.kind == "escalation" else []
    if news.due is not None and news.kind not in UNDATED:
        lifted.append("late" if news.due < today else "today" if news.due == today else "ahead")
    return _word(language, "_".join(lifted) or "none", due=values["due"])


def _why(news: News, reader: Reader, today: date, language: str) -> str:
    values = {"role": news.role, "project": news.project, "organisation": reader.organisation}
    if reader.fallback:
        return _word(language, "as_fallback", **values)
    reason = _word(language, "as_role" if news.role else "as_person", **values)
    if not reader.absent:
        return reason
    until = _date(reader.until, today, language, _DAY)
    return _word(language, "standing_in", absent=one_line(reader.absent), until=until)


def _rows(news: News, values: Mapping[str, Any], language: str) -> tuple[tuple[str, str], ...]:
    shown = {
        "project": news.project,
        "gate": news.gate,
        "due": "" if news.kind in UNDATED else values["day"],
        "by": news.by,
        "reason": news.reason,
    }
    return tuple((_word(language, label), value) for label, value in shown.items() if value)


def _consequences(news: News, today: date, language: str) -> Iterator[tuple[str, str]]:
    """What a decision asks of whom, and what follows from it."""
    for duty in news.conditions:
        by = _date(duty.due, today, language, _DAY)
        told = _word(language, "duty_of", text=duty.text.rstrip("."), owner=duty.owner, by=by)
        yield _word(language, "condition"), told
    if news.leads:
        day = _date(news.review, today, language, _DAY)
        yield (
            _word(language, "follows"),
            _word(language, f"follows_{news.leads}", phase=news.phase, day=day),
        )


def link(base_url: str, project_id: str) -> str:
    """Give the address of a project's page; "" where there are no pages."""
    if not base_url:
        return ""
    return f"{base_url.rstrip('/')}/projects/{quote(project_id, safe='')}"


def command(asked: str, news: News, organisation: str = "") -> str:
    """Give the words for the command line that lead to the same place as the page."""
    verb = asked.removesuffix("_asked")
    if verb not in ("decide", "advise", "rate"):
        verb = "why" if asked in ("reminder", "escalation") and not news.after else "show"
    if not news.gate_id:
        verb = "show"
    about = news.gate_id if verb != "show" else ""
    where = f"--organisation {quoted(organisation)}" if organisation else ""
    return " ".join(filter(None, ("innocities project", verb, news.project_id, about, where)))


# ---------------------------------------------------------------- the whole


def _subject(items: Sequence[_Item], language: str) -> str:
    first = items[0].subject
    return first if len(items) == 1 else _word(language, "more", subject=first, n=len(items) - 1)


def _headline(items: Sequence[_Item], language: str) -> str:
    return items[0].headline if len(items) == 1 else _word(language, "several", n=len(items))


def _instead(reader: Reader, language: str) -> str:
    if reader.stand_ins:
        return _word(language, "stand_ins", stand_ins=_listed(reader.stand_ins, language))
    return _word(language, "no_stand_in", organisation=one_line(reader.organisation))


def _others(reader: Reader, language: str) -> str:
    if not reader.others:
        return ""
    return _word(language, "others", others=_listed(reader.others, language))


def _listed(names: Sequence[str], language: str) -> str:
    plain = [one_line(name) for name in names]
    if len(plain) == 1:
        return plain[0]
    return f"{', '.join(plain[:-1])} {_word(language, 'and')} {plain[-1]}"


_LABELS: Final = ("otherwise", "why", "instead", "command", "unsubscribe")


@lru_cache
def _labels(language: str) -> Mapping[str, str]:
    return {name: _word(language, name) for name in _LABELS}


def _word(language: str, name: str, **values: object) -> str:
    return say(language, f"{WORDS}.{name}", values)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _date(day: date | None, today: date, language: str, patterns: Mapping[str, str]) -> str:
    """Write a date; its year only where it is not this one."""
    if day is None:
        return ""
    year = "" if day.year == today.year else " y"
    return _formatted(day, patterns[language] + year, _LOCALES[language])


@lru_cache(maxsize=1024)
def _formatted(day: date, pattern: str, locale: str) -> str:
    return format_date(day, pattern, locale)


def _plain(news: News) -> News:
    """Make every value one line of text: what is typed says something and does nothing."""
    plain: dict[str, Any] = {
        f.name: _short(value)
        for f in fields(News)
        if isinstance(value := getattr(news, f.name), str)
    }
    duties = [
        replace(duty, text=_short(duty.text), owner=_short(duty.owner)) for duty in news.conditions
    ]
    return replace(
        news, **plain | {"thing": plain["thing"].rstrip("."), "conditions": tuple(duties)}
    )


def _short(value: str) -> str:
    return one_line(value)[:LONGEST_VALUE]
