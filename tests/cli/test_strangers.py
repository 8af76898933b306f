"""Nothing tells a stranger whether another organisation is there: foreign and missing are one
answer.
"""

from __future__ import annotations

import pytest

from tests.cli.shell import Shell

READINGS = (
    "project list", "remind list", "person list", "substitute list", "methodology list",
    "organisation show", "calendar meetings list", "calendar closures list", "audit verify",
    "audit checkpoint", "audit export record.jsonl --force", "project search havn", "project deviations",
)  # fmt: skip


@pytest.mark.parametrize("reading", READINGS)
def test_foreign_and_missing_are_the_same_answer(run: Shell, reading: str) -> None:
    run('organisation add solvik "Solvik havn" --admin sol="Sol Vik"')
    run(f"{reading} --as sol --organisation solvik")
    for person in ("stranger", "astrid"):
        answers = [
            run(f"{reading} --as {person} --lang en --organisation {home}", expect=3)
            for home in ("solvik", "nowhere")
        ]
        foreign, missing = (answer.err.replace("solvik", "nowhere") for answer in answers)
        assert foreign == missing
        assert not any(answer.out for answer in answers)
