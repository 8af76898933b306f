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
        (
            "limit: {type: money, currency: NOK, value:"
            " {choose: {dear: {when: {fact: risky, is: true}, use: 1000}, otherwise: {use: 500}}}}"
        ),
    ),
    "a limit that somebody answers": (
        LIMIT,
        'limit: {type: money, currency: NOK, question: {en: "What is dear?"}}',
    ),
    "a date that counts from a checkpoint of the same phase": (
        "      report: {due: 2 months after entry}",
        "      report: {due: 2 weeks after check}\n      check: {}",
    ),
    "a date that counts from the turn before": (
        "      report: {due: 2 months after entry}",
        "      report: {due: {latest: [2 months after entry, 1 week after round_of_tests]}}",
    ),
    "a date back from a session, or from an answered date": (
        "      plan: {status: approved, due: 2 weeks after entry}",
        (
            "      plan: {status: approved, due: 5 working days before meeting}\n"
            "      book: {do: {en: Book}, by: lead, due: 3 days before meeting of board}\n"
            "      ask: {do: {en: Ask}, by: lead, due: 1 week before granted}"
        ),
    ),
    "a date back from what has happened, if another one comes later": (
        "      report: {due: 2 months after entry}",
        "      report: {due: {latest: [2 weeks before entry, 2 months after entry]}}",
    ),
    "a date after the decision, of what may be carried over it": (
        "      cost: {}",
        (
            "      cost: {}\n"
            "      call: {do: {en: Call}, by: lead, due: 3 weeks after decision}\n"
            "      visit: {do: {en: Visit}, by: lead, due: 1 week after decision, blocks: next}"
        ),
    ),
    "as many projects as may be started by then": (
        "      report: {due: 2 months after entry}",
        (
            "      report: {due: 2 months after entry}\n"
            "      five: {done: {projects: other, having: {phase: a, is: entered}, at_least: 5},"
            " by: lead, title: {en: Five}}"
        ),
    ),
}
GATES = """gates:
  check:
    title: {en: Check}
    in: trial
    decides: {by: sponsor}
    outcomes: {good: {}, not_good: {again: unmet}}
  round_of_tests:
    title: {en: Round of tests}
    in: trial
    opens: {by: lead}
    needs: {find: {do: {en: Find}, by: lead, required: false, due: 2 weeks after round_of_tests}}
    decides: {by: sponsor}
    outcomes: {good: {}, not_good: {}}
"""
CARRIED = ("      go: {to: trial}", "      go: {to: trial, needs: {call: {}}}")
FACT = (
    "facts:\n",
    'facts:\n  granted: {type: date, question: {en: "When is the grant decided?"}}\n',
)
STARTS = (
    "trial: {title: {en: Trial}}",
    "trial: {title: {en: Trial}, starts: {other: {at_most: 5}}}",
)


@pytest.mark.parametrize(("was", "is_now"), RIGHT.values(), ids=RIGHT)
def test_nothing_is_found(was: str, is_now: str, tmp_path: Path) -> None:
    file = tmp_path / "sound.yaml"
    text = SOUND.read_text(encoding="utf-8")
    assert was in text
    changes = [(was, is_now), ("gates:\n", GATES), STARTS]
    changes += [CARRIED] if "call:" in is_now else []
    changes += [FACT] if "granted" in is_now else []
    for old, new in changes:
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    method = library.load(file, library=SHELF)

    report = verify(method)

    assert [(f.kind, f.place) for f in report.findings] == []
    assert report.sound
