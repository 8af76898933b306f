"""A line that begins too far in is told once, and nothing that only follows from it."""

from __future__ import annotations

import pytest

from tests.language.support import BASE, GATES, check

TWO = """\
gates:
  G1:
    title: {en: First}
    in: only
    needs:
      paper: {}
    criteria:
      useful: {question: {en: "Useful?"}, weight: 1}
      cheap: {question: {en: "Cheap?"}, weight: 1}
    decides: {by: board}
    outcomes:
      go: {when: {score: this, at_least: 60 percent}}
      stop: {end: stopped}
  G2:
    title: {en: Second}
    in: only
    opens: {when: {gate: G1, outcome: [go]}}
    decides: {by: boss}
    outcomes: {done: {end: completed}, stop: {end: stopped}}
"""
G2 = TWO[TWO.index("  G2:") :]


def told(gates: str) -> list[tuple[str, str, int]]:
    found = check(BASE.replace(GATES, gates))
    lines = gates.splitlines()
    top = found.lines.index(lines[0])
    return [(fault.code, fault.path, fault.line - top - 1) for fault in found.errors]


def test_as_it_is_meant_there_is_no_error():
    assert told(TWO) == []


@pytest.mark.parametrize(
    ("was", "is_now", "path"),
    [
        ("    criteria:\n", "      criteria:\n", "gates.G1.criteria"),  # the line alone
        (
            '    criteria:\n      useful: {question: {en: "Useful?"}, weight: 1}\n      cheap:',
            '      criteria:\n        useful: {question: {en: "Useful?"}, weight: 1}\n        cheap:',
            "gates.G1.criteria",
        ),
        ("    decides: {by: board}\n    outcomes:", "      decides: {by: board}\n    outcomes:",
         "gates.G1.decides"),
        ("  G2:\n", "    G2:\n", "gates.G2"),
        (G2, "".join(f"  {line}\n" for line in G2.splitlines()), "gates.G2"),
    ],
)  # fmt: skip
def test_one_line_too_far_in_is_told_once(was: str, is_now: str, path: str):
    assert was in TWO
    gates = TWO.replace(was, is_now, 1)
    line = next(n for n, (a, b) in enumerate(zip(TWO.splitlines(), gates.splitlines(), strict=True))
                if a != b)  # fmt: skip

    assert told(gates) == [("too-far-in", path, line)]


def test_what_is_said_twice_is_still_told():
    twice = TWO.replace("    in: only\n", "    in: only\n    title: {en: Again}\n", 1)
    assert [code for code, _, _ in told(twice)] == ["duplicate-key"]
