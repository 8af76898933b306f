"""Draws the phases of a method and the ways on between them as one SVG picture, from the top down.
Ways back and ends are left to the table that says the same in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Final

from innocities_engine.authoring.diagram import Way, title
from innocities_engine.domain.definition import Methodology

WIDE, HIGH, DOWN, ASIDE, EDGE = 190, 56, 64, 90, 12  # of a box, and between boxes, in pixels
LINE, LETTERS = 16, 24  # the height of a line of text, and how many letters it holds
TIP: Final = (
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8"'
    ' orient="auto"><path d="M0 0 L10 5 L0 10 z" fill="#1e2b3c"/></marker></defs>'
)
FONT: Final = 'font-family="Arial, Helvetica, sans-serif" font-size="14"'


@dataclass(frozen=True, slots=True)
class _Box:
    x: int
    y: int

    @property
    def middle(self) -> int:
        return self.x + WIDE // 2

    @property
    def bottom(self) -> int:
        return self.y + HIGH


def svg(method: Methodology, ways: Sequence[Way], language: str, *, label: str) -> str:
    """The picture; `label` says what it shows to those who hear it."""
    boxes = _placed(method)
    width = max(box.x for box in boxes.values()) + WIDE + ASIDE
    height = max(box.bottom for box in boxes.values()) + EDGE
    size = f'viewBox="0 0 {width} {height}" width="{width}"'
    named = f'role="img" aria-label="{escape(label)}"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} {named}>', TIP]
    onward: dict[tuple[str, str], list[str]] = {}
    for way in ways:
        if way.target in boxes and boxes[way.target].y > boxes[way.source].y:
            onward.setdefault((way.source, way.target), []).append(way.gate)
    for (source, target), gates in onward.items():
        parts += _line(boxes[source], boxes[target], ", ".join(dict.fromkeys(gates)))
    for phase, box in boxes.items():
        parts += _box(box, title(method, method.phases[phase], language))
    return "".join([*parts, "</svg>"])


def _placed(method: Methodology) -> dict[str, _Box]:
    """The main track on the left, those beside it below each other on the right."""
    found, rows = {}, [0, 0]
    for root in method.roots:
        column = int(root != method.main_root)
        for phase in method.phases.values():
            if phase.track == root:
                x, y = column * (WIDE + ASIDE), rows[column] * (HIGH + DOWN)
                found[phase.id] = _Box(EDGE + x, EDGE + y)
                rows[column] += 1
    return found


def _box(box: _Box, named: str) -> list[str]:
    lines = wrap(named, LETTERS)[:3] or [named]
    top = box.y + HIGH // 2 - (len(lines) - 1) * LINE // 2 + 5
    told = [
        f'<text x="{box.middle}" y="{top + n * LINE}" text-anchor="middle" fill="#1e2b3c" {FONT}>'
        f"{escape(line)}</text>"
        for n, line in enumerate(lines)
    ]
    place = f'x="{box.x}" y="{box.y}" width="{WIDE}" height="{HIGH}"'
    return [f'<rect {place} rx="8" fill="#eef3f8" stroke="#1e2b3c"/>', *told]


def _line(start: _Box, end: _Box, gates: str) -> list[str]:
    """Straight down to the next phase; around those between to one further on."""
    if end.y - start.bottom == DOWN:
        path = f"M{start.middle} {start.bottom} L{end.middle} {end.y}"
        x, y = start.middle + 8, start.bottom + DOWN // 2 + 5
    else:
        out, side = start.x + WIDE, start.x + WIDE + ASIDE // 2
        path = (
            f"M{out} {start.y + 40} C{side} {start.y + 40} {side} {end.y + 16} {out} {end.y + 16}"
        )
        x, y = side - ASIDE // 4, (start.bottom + end.y) // 2 + 5
    return [
        f'<path d="{path}" fill="none" stroke="#1e2b3c" marker-end="url(#tip)"/>',
        f'<text x="{x}" y="{y}" fill="#1e2b3c" {FONT}>{escape(gates)}</text>',
    ]
