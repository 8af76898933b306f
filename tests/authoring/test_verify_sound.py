"""What is unusual and right is found to be sound: each time a small change of the sound method."""

from __future__ import annotations

from pathlib import Path

import pytest

from innocities_engine import library
from innocities_engine.authoring.verify import verify
from tests.authoring.seeded import SHELF, SOUND

LIMIT = "limit: {type: money, currency: NOK, value: 1000}"
RIGHT = {
    "a limit that is chosen by another answer": (
        LIMIT,
        "limit: {type: money, currency: NOK, value:"
        " {choose: {dear: {when: {fact: risky, is: true}, use: 1000}, otherwise: {use: 500}}}}",
    ),
    "a limit that somebody answers": (
        LIMIT,
        'limit: {type: money, currency: NOK, question: {en: "What is dear?"}}',
    ),
}


@pytest.mark.parametrize(("was", "is_now"), RIGHT.values(), ids=RIGHT)
def test_nothing_is_found(was: str, is_now: str, tmp_path: Path) -> None:
    file = tmp_path / "sound.yaml"
    text = SOUND.read_text(encoding="utf-8")
    assert was in text
    file.write_text(text.replace(was, is_now), encoding="utf-8")
    method = library.load(file, library=SHELF)

    report = verify(method)

    assert [(f.kind, f.place) for f in report.findings] == []
    assert report.sound
