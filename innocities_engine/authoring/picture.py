"""Draws the phases of a method and the ways between them as one SVG picture, from the top down: on,
back in a broken line beside the phases, and to the end. What can be decided without moving on has a
sign in the phase; what the signs mean is told below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from textwrap import wrap
from typing import Final

from innocities_engine import wording
from innocities_engine.authoring.diagram import Way, title
from innocities_engine.domain.definition import Methodology

WIDE, DOWN, ASIDE, EDGE = 190, 52, 60, 12  # of a box, and between boxes, in pixels
LINE, LETTERS, PAD = 17, 24, 13  # the height of a line of text, and how many letters it holds
LANE, PILL, FITTING = 14, 32, 13  # between ways back; the height of an end; letters of a gate
LETTER: Final = 9  # the width of one beside a box
INK: Final = "#1e2b3c"
TIP: Final = (
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8"'
    f' orient="auto"><path d="M0 0 L10 5 L0 10 z" fill="{INK}"/></marker></defs>'
)
FONT: Final = f'fill="{INK}" font-family="Arial, Helvetica, sans-serif" font-size="14"'
# A sign of 12 by 12 for what a gate may decide without leading on.
SIGNS: Final = {
    "again": "M10.5 4 A5 5 0 1 0 11 7.5 M11.5 1 L10.8 4.4 L7.4 3.8",
    "hold": "M4 1 V11 M8.5 1 V11",
    "stop": "M1.5 1.5 L10.5 10.5 M10.5 1.5 L1.5 10.5",
}
BROKEN: Final = 'stroke-dasharray="5 4"'


@dataclass(frozen=True, slots=True)
class _Box:
    """`named`: its title in lines; `signs`: what each gate can decide there besides."""

    x: int
    y: int
    named: tuple[str, ...]
    signs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_end: bool = False

    @property
    def high(self) -> int:
        rows = len(self.named) + len(self.signs)
        return PILL if self.is_end else 2 * PAD + LINE * rows + (4 if self.signs else -2)

    @property
    def middle(self) -> int:
        return self.x + WIDE // 2

    @property
    def bottom(self) -> int:
        return self.y + self.high


def svg(method: Methodology, ways: Sequence[Way], language: str, *, label: str) -> str:
    """The picture; `label` says what it shows to those who hear it."""
    boxes = _placed(method, ways, language)
    on, back = _between(method, ways, boxes)
    shown = {kind for box in boxes.values() for kinds in box.signs.values() for kind in kinds}
    signs = [kind for kind in SIGNS if kind in shown]
    keys = [*(["on"] if on else []), *(["back"] if back else []), *signs]
    below = max(box.bottom for box in boxes.values()) + EDGE
    width = max(box.x for box in boxes.values()) + WIDE + ASIDE
    height = below + (LINE + 6) * len(keys) + EDGE
    size = f'viewBox="0 0 {width} {height}" width="{width}"'
    named = f'role="img" aria-label="{escape(label)}"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} {named}>', TIP]
    for (source, target), gates in back.items():
        aside = _beside(boxes, back, boxes[target].x) + LANE * _lane(boxes, back, target)
        parts += _back(boxes[source], boxes[target], gates, aside)
    for (source, target), gates in on.items():
        parts += _on(boxes[source], boxes[target], gates)
    parts += [part for box in boxes.values() for part in _box(box)]
    parts += _legend(keys, language, below)
    return "".join([*parts, "</svg>"])


def _lane(boxes: Mapping[str, _Box], back: Iterable[tuple[str, str]], target: str) -> int:
    """One for each phase that is led back to, the last of them innermost."""
    x, y = boxes[target].x, boxes[target].y
    lower = {to for _, to in back if boxes[to].x == x and boxes[to].y > y}
    return 1 + len(lower)


def _beside(boxes: Mapping[str, _Box], back: Mapping[tuple[str, str], str], x: int) -> int:
    """What the names of the gates take beside the boxes of a column; the lanes are beyond."""
    return max(LETTER * len(gates) for (_, to), gates in back.items() if boxes[to].x == x)


# ---------------------------------------------------------------- where everything stands


def _placed(method: Methodology, ways: Sequence[Way], language: str) -> dict[str, _Box]:
    """The main track on the left, those beside it below each other on the right."""
    order = list(method.phases)
    found: dict[str, _Box] = {}
    x = 0
    for column in (
        [method.main_root],
        [root for root in method.roots if root != method.main_root],
    ):
        mine = [p for root in column for p in order if method.phases[p].track == root]
        x += EDGE + _room([w for w in ways if w.source in mine and _is_back(order, w)])
        y = EDGE
        for root in column:
            for box_id, box in _of_track(method, ways, root, language, x, y):
                found[box_id] = box
                y = box.bottom + DOWN
        x += WIDE + ASIDE
    return found


def _room(back: Sequence[Way]) -> int:
    """What the ways back of a column take beside it, with the names of their gates."""
    lanes = len({way.target for way in back})
    gates: dict[tuple[str, str], dict[str, None]] = {}
    for way in back:
        gates.setdefault((way.source, way.target), {})[way.gate] = None
    letters = max((len(", ".join(named)) for named in gates.values()), default=0)
    return LANE * lanes + EDGE + LETTER * letters if back else 0


def _of_track(
    method: Methodology, ways: Sequence[Way], root: str, language: str, x: int, y: int
) -> Iterator[tuple[str, _Box]]:
    """The phases of a track, and its end where a gate leads to it."""
    for phase in method.phases.values():
        if phase.track == root:
            lines = wrap(title(method, phase, language), LETTERS)[:3] or [phase.id]
            box = _Box(x, y, tuple(lines), _signs(phase.id, ways))
            y = box.bottom + DOWN
            yield phase.id, box
    ends = {w.target_title for w in ways
            if w.target == "completed" and method.phases[w.source].track == root}  # fmt: skip
    for named in ends:
        yield _end(root), _Box(x, y, (named,), is_end=True)


def _end(root: str) -> str:
    return f"{root} completed"


def _signs(phase: str, ways: Sequence[Way]) -> dict[str, list[str]]:
    """By gate, what it can decide that does not lead from this phase to another."""
    found: dict[str, set[str]] = {}
    for way in ways:
        kind = "stop" if way.target == "stopped" else way.kind
        if kind in ("to", "turn") and way.target == phase:
            kind = "again"
        if way.source == phase and kind in SIGNS:
            found.setdefault(way.gate, set()).add(kind)
    return {gate: [kind for kind in SIGNS if kind in kinds] for gate, kinds in found.items()}


def _fitting(gate: str) -> str:
    return gate if len(gate) <= FITTING else f"{gate[: FITTING - 1]}…"


def _is_back(order: Sequence[str], way: Way) -> bool:
    moves = way.kind in ("to", "turn") and way.target in order
    return moves and order.index(way.target) < order.index(way.source)


def _between(
    method: Methodology, ways: Sequence[Way], boxes: Mapping[str, _Box]
) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], str]]:
    """The ways on and the ways back, each with the gates that lead there."""
    order = list(method.phases)
    on: dict[tuple[str, str], list[str]] = {}
    back: dict[tuple[str, str], list[str]] = {}
    for way in ways:
        target = _end(method.phases[way.source].track) if way.target == "completed" else way.target
        if _is_back(order, way):
            back.setdefault((way.source, target), []).append(way.gate)
        elif target in boxes and target != way.source:
            on.setdefault((way.source, target), []).append(way.gate)
    return (
        {pair: ", ".join(dict.fromkeys(gates)) for pair, gates in on.items()},
        {pair: ", ".join(dict.fromkeys(gates)) for pair, gates in back.items()},
    )


# ---------------------------------------------------------------- what is drawn


def _box(box: _Box) -> list[str]:
    place = f'x="{box.x}" y="{box.y}" width="{WIDE}" height="{box.high}"'
    if box.is_end:
        round_ = f'<rect {place} rx="{PILL // 2}" fill="#ffffff" stroke="{INK}" stroke-width="2"/>'
        return [round_, _text(box.middle, box.y + PILL // 2 + 5, box.named[0])]
    told = [_text(box.middle, box.y + PAD + 12 + n * LINE, line)
            for n, line in enumerate(box.named)]  # fmt: skip
    for n, (gate, kinds) in enumerate(box.signs.items(), len(box.named)):
        y = box.y + PAD + n * LINE + 6
        told += [_sign(kind, box.x + 12 + 20 * column, y + 2)
                 for column, kind in enumerate(SIGNS) if kind in kinds]  # fmt: skip
        told.append(_text(box.x + 80, y + 12, _fitting(gate), anchor="start"))
    return [f'<rect {place} rx="8" fill="#eef3f8" stroke="{INK}"/>', *told]


def _on(start: _Box, end: _Box, gates: str) -> list[str]:
    """Straight down to the next phase; around those between to one further on."""
    if end.y - start.bottom == DOWN:
        path = f"M{start.middle} {start.bottom} L{end.middle} {end.y}"
        x, y = start.middle + 8, start.bottom + DOWN // 2 + 3
    else:
        out, side, from_ = start.x + WIDE, start.x + WIDE + ASIDE * 3 // 4, start.bottom - 12
        path = f"M{out} {from_} C{side} {from_} {side} {end.y + 14} {out} {end.y + 14}"
        x, y = out + 6, from_ - 6  # the line bends down from there
    return [_path(path), _text(x, y, gates, anchor="start", apart=True)]


def _back(start: _Box, end: _Box, gates: str, aside: int) -> list[str]:
    """On the left, in a lane of its own for each phase that it leads back to."""
    side, from_, to = start.x - aside, start.bottom - 12, end.y + 12
    path = f"M{start.x} {from_} H{side + 6} Q{side} {from_} {side} {from_ - 6}"
    path += f" V{to + 6} Q{side} {to} {side + 6} {to} H{end.x}"
    # Below its line, which goes up from there.
    label = _text(start.x - 5, from_ + LINE - 2, gates, anchor="end", apart=True)
    return [_path(path, BROKEN), label]


def _legend(keys: Sequence[str], language: str, top: int) -> Iterator[str]:
    for n, key in enumerate(keys):
        y = top + n * (LINE + 6) + 14
        if key in SIGNS:
            yield _sign(key, EDGE + 14, y - 10)
        else:
            yield _path(f"M{EDGE} {y - 4} H{EDGE + 36}", BROKEN if key == "back" else "")
        yield _text(EDGE + 46, y, wording.say(language, f"picture.{key}"), anchor="start")


def _sign(kind: str, x: int, y: int) -> str:
    drawn = f'd="{SIGNS[kind]}" transform="translate({x} {y})"'
    return f'<path {drawn} fill="none" stroke="{INK}" stroke-width="1.8"/>'


def _path(path: str, more: str = "") -> str:
    return f'<path d="{path}" fill="none" stroke="{INK}" {more} marker-end="url(#tip)"/>'


def _text(x: int, y: int, said: str, *, anchor: str = "middle", apart: bool = False) -> str:
    """`apart`: it can be read where a line crosses it."""
    halo = 'paint-order="stroke" stroke="#ffffff" stroke-width="3"' if apart else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" {halo} {FONT}>{escape(said)}</text>'
