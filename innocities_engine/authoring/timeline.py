"""Draws what happened to a project along the time it took, as one SVG picture: a lane a track with
its phases, and a mark for each decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Final

LABEL, LANE, WIDE, EDGE, MARK = 170, 54, 760, 14, 6  # pixels
LEAST_YEARS_FOR_YEARS = 3
FONT: Final = 'font-family="Arial, Helvetica, sans-serif" font-size="13"'
INK: Final = "#1e2b3c"


@dataclass(frozen=True, slots=True)
class Bar:
    """A stay in a phase. `held`: the clocks stood still."""

    lane: str
    text: str
    first: date
    last: date
    held: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A decision."""

    lane: str
    text: str
    day: date


def svg(lanes: Sequence[str], bars: Iterable[Bar], marks: Iterable[Mark], *, label: str) -> str:
    """The picture; each bar and mark says what it is to those who point at it, or hear it."""
    bars, marks = list(bars), list(marks)
    days = [*(b.first for b in bars), *(b.last for b in bars), *(m.day for m in marks)]
    first, last = min(days), max(days)
    whole = max(1, (last - first).days)

    def x(day: date) -> float:
        return round(EDGE + LABEL + WIDE * (day - first).days / whole, 1)

    y = {lane: EDGE + n * LANE for n, lane in enumerate(lanes)}
    width, height = EDGE * 2 + LABEL + WIDE, EDGE * 2 + len(lanes) * LANE + 20
    size = f'viewBox="0 0 {width} {height}" width="{width}"'
    named = f'role="img" aria-label="{escape(label)}"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} {named}>']
    parts += _axis(first, last, x, height)
    for lane in lanes:
        parts.append(_text(EDGE, y[lane] + 26, lane, LABEL // 7))
    parts += [_bar(bar, x, y[bar.lane]) for bar in bars]
    parts += [_mark(mark, x, y[mark.lane]) for mark in marks]
    return "".join([*parts, "</svg>"])


def _axis(first: date, last: date, x: Callable[[date], float], height: int) -> list[str]:
    """A line at each quarter, or each year where it takes many."""
    years = last.year - first.year >= LEAST_YEARS_FOR_YEARS
    found = []
    for year in range(first.year, last.year + 2):
        for month in (1,) if years else (1, 4, 7, 10):
            day = date(year, month, 1)
            if first <= day <= last:
                told = str(year) if years else day.isoformat()[:7]
                found.append(
                    f'<path d="M{x(day)} {EDGE} V{height - 24}" stroke="#c4ccd6" fill="none"/>'
                )
                found.append(_text(x(day), height - 8, told, 10))
    return found


def _bar(bar: Bar, x: Callable[[date], float], y: int) -> str:
    wide = max(2.0, round(x(bar.last) - x(bar.first), 1))
    dashes = ' stroke-dasharray="4 3"' if bar.held else ""
    told = f"{bar.text}, {bar.first.isoformat()} – {bar.last.isoformat()}"
    place = f'x="{x(bar.first)}" y="{y + 8}" width="{wide}" height="{LANE - 24}"'
    named = _text(x(bar.first) + 4, y + 27, bar.text, int(wide // 8)) if not bar.held else ""
    fill = "#ffffff" if bar.held else "#dfe8f2"
    return (
        f'<rect {place} fill="{fill}" stroke="{INK}"{dashes}><title>{escape(told)}</title></rect>'
        f"{named}"
    )


def _mark(mark: Mark, x: Callable[[date], float], y: int) -> str:
    at, top = x(mark.day), y + LANE - 16
    shape = f"M{at} {top - MARK} L{at + MARK} {top} L{at} {top + MARK} L{at - MARK} {top} z"
    told = f"{mark.text}, {mark.day.isoformat()}"
    return f'<path d="{shape}" fill="#0b5a8f"><title>{escape(told)}</title></path>'


def _text(x: float, y: float, said: str, longest: int) -> str:
    if longest <= 2:
        return ""
    told = said if len(said) <= longest else f"{said[: longest - 1]}…"
    return f'<text x="{x}" y="{y}" fill="{INK}" {FONT}>{escape(told)}</text>'
