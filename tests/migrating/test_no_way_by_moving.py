"""Moving is no way past a gate, cuts nothing off, and lets nothing count for something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from innocities_engine import errors, library
from innocities_engine.domain import commands as k
from innocities_engine.domain import gates
from innocities_engine.domain.definition import Methodology
from tests.features.driver import BEGINNING, Play, condition, paper
from tests.features.test_f27_moving import refused

Written = Callable[..., Methodology]

HEAD = """\
schema: innocities/methodology/1
id: small
version: "{version}"
languages: [en]
title: {{en: Small}}
calendar: {{country: "SE"}}
remind: nudges
roles:
  lead: {{title: {{en: Lead}}, leads: true}}
  board: {{title: {{en: Board}}}}
  clerk: {{title: {{en: Clerk}}}}
ladders: {{nudges: {{near: {{at: 5 days before due, to: [owner]}}}}}}
"""


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """A method of phases in a row, each with a gate of the board; `more` stands beside."""
    versions = iter(range(1, 100))

    def write(phases: str, gate: dict[str, str] | None = None, more: str = "") -> Methodology:
        names = phases.split()
        text = HEAD.format(version=f"{next(versions)}.0.0") + more + "phases:\n"
        for name in names:
            opens = ", opens: start" if name == names[0] else ""
            text += f"  {name.partition(':')[0]}: {{title: {{en: {name[0].upper()}}}{opens}}}\n"
        text += "gates:\n"
        for n, name in enumerate(names):
            phase, _, gate_id = name.partition(":")
            onward = f"to: {names[n + 1].partition(':')[0]}" if n + 1 < len(names) else ""
            own = (gate or {}).get(gate_id, "")
            outcome = (
                own
                if "outcomes" in own
                else (
                    f"{own}\n    outcomes: {{go: {{{onward or 'end: completed'}}}, stop: {{end: stopped}}}}"
                )
            )
            text += (f"  {gate_id}:\n    title: {{en: {gate_id}}}\n    in: {phase}\n"
                     f"    decides: {{by: board}}\n{outcome}\n")  # fmt: skip
        file = tmp_path / f"{next(versions)}.yaml"
        file.write_text(text, encoding="utf-8")
        return library.load(file)

    return write


def at_work(method: Methodology) -> Play:
    return Play(method, lead="lena", board="bo", clerk="kim")


ROW = "idea:G1 work:G2 trial:G3"
APPEAL = "appeal: {done: {passed: 3 statutory weeks after decision}, blocks: move}"


def test_a_gate_that_lies_ahead_may_not_lie_behind(written: Written) -> None:
    play = at_work(written(ROW))
    play.decides("bo", "G1", "go")
    assert refused(play, written("idea:G1 trial:G3 work:G2")) == {"migration_unreached G3"}
    assert refused(at_work(written(ROW)), written("work:G2 idea:G1 trial:G3")) == {
        "migration_unreached G2"
    }


def test_no_phase_can_be_chosen_beyond_a_gate_that_was_not_passed(written: Written) -> None:
    play = at_work(written(ROW))
    renamed = written("start_1:G1 work:G2 trial:G3")
    told = refused(play, renamed, choices={"phase/idea": "trial"})
    assert told == {"migration_unreached G1", "migration_unreached G2"}
    play.moves(renamed, choices={"phase/idea": "start_1"})
    assert play.phase() == "start_1"


def test_what_is_asked_again_lies_behind(written: Written) -> None:
    play = at_work(written(ROW))
    play.decides("bo", "G1", "go")
    later = written("idea:G0 work:G2 trial:G1")
    assert refused(play, later, retroactive=("G1",)) == {"migration_not_behind G1"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("go: {end: stopped", "go: {end: completed"),
        ("go: {to: work", "go: {to: trial"),
        ("go: {to: work", "go: {turn: idea"),
        ("go: {again: unmet", "go: {again: all"),
    ],
)
def test_a_decision_that_waits_does_what_was_decided(
    written: Written, before: str, after: str
) -> None:
    others = "on: {to: work}, off: {to: trial}, stop: {end: stopped}"
    outcomes = f"    outcomes: {{{{X}}, needs: {{{APPEAL}}}}}, {others}}}"
    first = written(ROW, {"G1": outcomes.replace("{X}", before)})
    play = at_work(first)
    play.decides("bo", "G1", "go")
    assert refused(play, written(ROW, {"G1": outcomes.replace("{X}", after)})) >= {
        "migration_pending G1"
    }


@pytest.mark.parametrize("blocks", ["", ", blocks: next"])
def test_a_period_of_appeal_holds_the_move_until_it_is_over(written: Written, blocks: str) -> None:
    outcomes = "    outcomes: {go: {to: work, needs: {X}}, stop: {end: stopped}}"
    play = at_work(written(ROW, {"G1": outcomes.replace("X", APPEAL)}))
    play.decides("bo", "G1", "go")
    weaker = APPEAL.replace(", blocks: move", blocks)
    told = refused(play, written(ROW, {"G1": outcomes.replace("X", weaker)}))
    assert "migration_wait G1/appeal#1d1" in told


def test_a_decision_read_under_one_version_is_not_taken_under_another(written: Written) -> None:
    play = at_work(written(ROW))
    read = gates.review(play.situation, play.passage("G1")).digest
    play.moves(written("idea:G1 work:G2 trial:G3 later:G4"))
    with pytest.raises(errors.Conflict):
        play.do("bo", k.Decide("G1", k.Proposal("go"), review=read))


def test_an_exemption_that_is_asked_again_needs_every_voice_again(written: Written) -> None:
    walk = "    needs: {walk: {do: {en: Walk}, waives: {role: board, quorum: all}DUE}}"
    first = written(ROW, {"G1": walk.replace("DUE", "")})
    play = Play(first, lead="lena", board="bo bea", clerk="kim")
    for person in ("bo", "bea"):
        play.do(person, k.Waive("G1/walk", "Known"))
    later = written(ROW, {"G1": walk.replace("DUE", ", due: 9 days after entry")})
    play.moves(later, choices={"waiver/G1/walk": "ask"})
    play.do("bo", k.Waive("G1/walk", "Known"))
    assert play.needed("walk") == ["open"]


def test_a_paper_under_a_name_that_was_anothers_counts_for_itself_alone(written: Written) -> None:
    x = "artefacts: {x: {title: {en: X}, by: lead, approves: clerk}, y: {title: {en: Y}, by: lead}}\n"
    y = "artefacts: {y: {title: {en: Y}, by: lead}}\n"
    z = "artefacts: {x: {title: {en: Y}, by: lead, was: y, approves: clerk}}\n"
    play = at_work(written(ROW, more=x))
    play.submit("lena", "y")
    play.submit("lena", "x")
    play.do("kim", k.Approve("x", 1))
    play.moves(written(ROW, more=y))
    play.moves(written(ROW, {"G1": "    needs: {x: {status: approved}}"}, z))
    assert play.shut_by("G1") == {"need_open x"}
    assert sum(map(len, play.project.versions.values())) == 2


def test_answers_in_a_form_that_the_version_does_not_understand_are_no_answers(
    written: Written,
) -> None:
    form = 'artefacts: {{x: {{title: {{en: X}}, by: lead, form: [n]}}}}\nfacts: {{n: {{type: {kind}, question: {{en: "N?"}}}}}}\n'
    play = at_work(written(ROW, more=form.format(kind="text")))
    play.do("lena", k.Submit("x", paper("x"), {"n": "many"}))
    rule = {"G1": "    needs: {walk: {do: {en: Walk}, when: {fact: n, at_least: 3}}}"}
    play.moves(written(ROW, rule, form.format(kind="number")))
    assert play.shut_by("G1") == {"answer_first n"}


def test_what_was_said_to_be_done_is_done_where_nobody_has_to_confirm_it(written: Written) -> None:
    walk = "    needs: {walk: {do: {en: Walk}ACCEPTS}}"
    play = at_work(written(ROW, {"G1": walk.replace("ACCEPTS", ", accepts: clerk")}))
    play.do("lena", k.TickOff("G1/walk"))
    play.moves(written(ROW, {"G1": walk.replace("ACCEPTS", "")}))
    assert play.needed("walk") == ["done"]


def test_what_waited_to_begin_begins_where_the_version_lets_it_wait_no_more(
    written: Written,
) -> None:
    walk = "    needs: {walk: {do: {en: Walk}OPENS}}"
    play = at_work(written(ROW, {"G1": walk.replace("OPENS", ", opens: 3 weeks after entry")}))
    play.moves(written(ROW, {"G1": walk.replace("OPENS", "")}))
    assert play.needed("walk") == ["open"]


# ---------------------------------------------------------------- what is owed

TERMS = "    outcomes: {go: {to: work, needs: {terms: {written: {at_least: 1}, due: 8 weeks after decision, blocks: next}}}, stop: {end: stopped}}"


def owing(written: Written, owner: str) -> Play:
    play = at_work(written(ROW, {"G1": TERMS}))
    play.decides("bo", "G1", "go", written={"terms": (condition("Ask", owner),)})
    return play


@pytest.mark.parametrize("policy", ["keep", "remaining", "restart"])
def test_a_condition_keeps_its_day_whatever_the_policy(written: Written, policy: str) -> None:
    play = owing(written, "lead")
    day = play.due("terms")
    play.on(BEGINNING + timedelta(days=9))
    play.moves(written(ROW, {"G1": TERMS.replace("8 weeks", "3 weeks")}), policy)
    assert play.due("terms") == day


def test_a_condition_of_a_role_that_is_gone_goes_to_whoever_leads(written: Written) -> None:
    play = owing(written, "clerk")
    without = written(ROW, {"G1": TERMS})
    raw = {r: role for r, role in without.roles.items() if r != "clerk"}
    play.moves(replace(without, roles=raw, digest="another"))
    assert play.need("terms").owner == "lead"


def test_a_condition_keeps_its_teeth_unless_somebody_says_so(written: Written) -> None:
    play = owing(written, "lead")
    toothless = written(ROW, {"G1": TERMS.replace(", blocks: next", "")})
    assert refused(play, toothless) == {"migration_choice condition/G1/terms"}
    play.moves(toothless, choices={"condition/G1/terms": "keep"})
    assert play.needed("terms") == ["open"]


@pytest.mark.parametrize("policy", ["keep", "remaining", "restart"])
@pytest.mark.parametrize("length", ["10 statutory weeks", "2 weeks"])
def test_a_day_that_a_law_has_set_stays(written: Written, policy: str, length: str) -> None:
    reply = "    needs: {reply: {do: {en: Reply}, due: LENGTH after entry}}"
    play = at_work(written(ROW, {"G1": reply.replace("LENGTH", "4 statutory weeks")}))
    play.on(BEGINNING + timedelta(days=9))
    play.moves(written(ROW, {"G1": reply.replace("LENGTH", length)}), policy)
    assert play.due("reply") == date(2026, 9, 29)


def test_what_comes_again_is_owed_from_now_on_and_not_for_the_time_before(
    written: Written, tmp_path: Path
) -> None:
    play = at_work(written(ROW))
    play.on(BEGINNING + timedelta(days=400))
    file = tmp_path / "monthly.yaml"
    text = (tmp_path / "2.yaml").read_text(encoding="utf-8").replace('"1.0.0"', '"9.0.0"')
    told = "{title: {en: I}, opens: start, needs: {report: {do: {en: Report}, due: every 1 month after entry}}}"
    file.write_text(text.replace("{title: {en: I}, opens: start}", told), encoding="utf-8")
    play.moves(library.load(file))
    assert play.needed("report") == [*["lapsed"] * 13, "open"]
    assert play.due("report") == date(2027, 11, 1)


PAPERS = "artefacts: {{plan: {{title: {{en: Plan}}, by: lead{}}}, {}: {{title: {{en: More}}, by: lead}}}}\n"


def test_a_paper_counts_for_no_other_one_that_has_its_name_now(written: Written) -> None:
    first = written(ROW, {"G1": "    needs: {plan: {}, report: {}}"}, PAPERS.format("", "report"))
    play = at_work(first)
    play.submit("lena", "plan")
    asked = {"G1": "    needs: {plan: {}, first: {}}"}
    other = written(ROW, asked, PAPERS.format(", was: report", "first"))
    assert refused(play, other) == {"migration_namesake plan"}
    play.moves(written(ROW, asked, PAPERS.format("", "first")))
