"""One decision for each asking of a gate, rules that hold in the transaction that decides, and one
effect for each key: by processes that begin at the same moment.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable

from innocities_engine.domain import events as e
from tests.crash.runs import Forks
from tests.races.world import BOARD, METHOD, Told, Town
from tests.store.given import METHODS as STORED

FULL = bool(os.environ.get("INNOCITIES_FULL"))
SKEW_ROUNDS = 500 if FULL else 30
DECIDING_ROUNDS = 200 if FULL else 60
COPIES_ROUNDS = 200 if FULL else 40
COPIES = 5


def test_a_gate_is_never_passed_without_the_paper_that_is_withdrawn_at_the_same_moment(
    town: Town, racing: Forks, told: Callable[[str], None]
) -> None:
    first: Counter[str] = Counter()
    for n in range(SKEW_ROUNDS):
        project = town.project(f"p{n}")
        withdrawal = f"project withdraw {project} plan --as astrid"
        decision = f"project decide {project} G1 go --as bjorn"
        commands = (withdrawal, decision) if n % 2 else (decision, withdrawal)

        ended = town.race(racing, n, *commands)

        codes = dict(zip(commands, (each.code for each in ended), strict=True))
        withdrawn = any(isinstance(x, e.VersionWithdrawn) for x in town.happened(project))
        decided = bool(town.decisions(project))
        assert sorted(codes.values()) == [0, 1], ended
        assert (withdrawn, decided) == (codes[withdrawal] == 0, codes[decision] == 0)
        assert town.phase(project) == ("work" if decided else "idea")
        first["decided" if decided else "withdrawn"] += 1

    assert town.is_sound()
    told(f"withdraw the last paper ∥ decide: {SKEW_ROUNDS} rounds, {dict(first)}, never both")


OUTCOMES = ("go", "stop", "rework")


def test_of_simultaneous_decisions_one_wins_and_the_others_hear_whose_and_keep_what_they_typed(
    town: Town, racing: Forks, told: Callable[[str], None]
) -> None:
    losers = 0
    for n in range(DECIDING_ROUNDS):
        project = town.project(f"p{n}")
        review = town.review(project)
        commands = [
            ("project", "decide", project, "G1", OUTCOMES[(n + copy) % 3], "--review", review,
             "--reason", f"{person} in copy {copy}", "--as", person)
            for copy in range(2) for person in BOARD
        ]  # fmt: skip

        ended = town.race(racing, n, *commands)

        (decided,) = town.decisions(project)
        winners = [i for i, each in enumerate(ended) if each.code == 0]
        assert len(winners) == 1, ended
        assert decided.decision.reason == commands[winners[0]][8]
        for words, each in zip(commands, ended, strict=True):
            if each.code != 0:
                losers += 1
                _is_told_who_decided(each, words, decided)

    assert losers == 3 * DECIDING_ROUNDS
    assert town.is_sound()
    told(f"simultaneous decisions: {DECIDING_ROUNDS} rounds × 4 processes, 1 winner in each,"
         f" {losers} told who decided, nothing typed lost")  # fmt: skip


def _is_told_who_decided(each: Told, words: tuple[str, ...], decided: e.GateDecided) -> None:
    assert each.code == 4, each
    error, won = each.answer["error"], decided.decision
    assert error["code"] == "already-decided"
    assert error["decided"]["by"] == list(won.by)
    assert error["decided"]["proposal"] == {"outcome": won.proposal.outcome}
    assert error["decided"]["at"].startswith(f"{won.at:%Y-%m-%dT%H:%M:%S}")
    assert won.by[0].capitalize() in error["decided"]["text"]
    assert (error["given"]["proposal"], error["given"]["reason"]) == (
        {"outcome": words[4]},
        words[8],
    )


def copies(town: Town, n: int) -> str:
    """One command of each kind in turn, which has an effect that could be there twice."""
    project = town.project(f"p{n}")
    plan = town.folder / "plan.md"
    plan.write_text("# A plan\n", encoding="utf-8")
    return (
        f"project decide {project} G1 go --as bjorn",
        f"project decide {project} G1 rework --as bjorn",
        f"project submit {project} plan {plan} --as astrid",
        f"project comment {project} Hello --as astrid",
        f"project rate {project} G1 sound=met --as cecilia",
        f"project start rivals Again --id again-{n} --member lead=astrid --member board=bjorn",
    )[n % 6]


def test_copies_of_one_command_under_one_key_get_one_answer_and_have_one_effect(
    town: Town, racing: Forks, told: Callable[[str], None]
) -> None:
    for n in range(COPIES_ROUNDS):
        command = f"{copies(town, n)} --idempotency-key key-{n}"

        ended = town.race(racing, n, *[command] * COPIES)

        answers = [each.answer | {"repeated": None} for each in ended]
        assert [each.code for each in ended] == [0] * COPIES, ended
        assert answers == [answers[0]] * COPIES
        assert sorted(each.answer["repeated"] for each in ended) == [False] + [True] * 4
        recorded = town.happened(answers[0]["project"])
        assert [type(x).__name__ for x in recorded[-len(answers[0]["events"]) :]] == [
            x["type"] for x in answers[0]["events"]
        ]
        assert answers[0]["sequence"] == len(recorded)

    assert town.is_sound()
    told(f"one key: {COPIES_ROUNDS} rounds × {COPIES} copies, {COPIES} equal answers, 1 effect")


def test_one_key_with_two_contents_has_one_effect_and_is_an_error_for_the_other(
    town: Town, racing: Forks
) -> None:
    project = town.project("p")
    for n in range(4):
        ended = town.race(
            racing, n,
            *(f"project comment {project} {text} --as astrid --idempotency-key key-{n}"
              for text in ("one", "two")),
        )  # fmt: skip
        assert sorted(each.code for each in ended) == [0, 4]
        (late,) = (each for each in ended if each.code == 4)
        assert late.answer["error"]["code"] == "key-reused"
    assert sum(isinstance(x, e.Commented) for x in town.happened(project)) == 4


def test_of_two_contents_published_under_one_version_at_once_one_stays(
    town: Town, racing: Forks
) -> None:
    text = METHOD.read_text(encoding="utf-8")
    for n in range(6):
        version = f"2.{n}.0"
        files = []
        for title in ("One", "Another"):
            files.append(town.folder / f"{title}-{n}.yaml")
            changed = text.replace('"1.0.0"', f'"{version}"').replace(
                "{en: Plan}", f"{{en: {title}}}"
            )
            files[-1].write_text(changed, encoding="utf-8")

        ended = town.race(racing, n, *(f"methodology publish {file}" for file in files))

        assert sorted(each.code for each in ended) == [0, 4], ended
    assert town.is_sound()


def test_projects_that_are_started_at_once_get_numbers_of_their_own_and_one_id_one_project(
    town: Town, racing: Forks
) -> None:
    start = "project start rivals Again --member lead=astrid --member board=bjorn"
    for n in range(4):
        ended = town.race(racing, n, start, start, f"{start} --id p{n}", f"{start} --id p{n}")
        assert sorted(each.code for each in ended[:2]) == [0, 0]
        assert sorted(each.code for each in ended[2:]) == [0, 4]

    listed = town.run.json("project list --limit 100")["projects"]
    assert sorted(each["number"] for each in listed) == list(range(1, 13))
    assert town.is_sound()


def test_who_examines_while_others_write_finds_nothing_wrong(town: Town, racing: Forks) -> None:
    projects = [town.project(f"p{n}") for n in range(3)]
    for n in range(12):
        writers = [f"project comment {project} Hello --as astrid" for project in projects]
        ended = town.race(racing, n, "db doctor", "audit verify", *writers)
        assert [each.code for each in ended] == [0] * 5, ended


def test_of_a_hundred_who_start_projects_from_a_programme_as_many_win_as_it_lets(
    town: Town, racing: Forks, told: Callable[[str], None]
) -> None:
    for method in ("liten", "rammen"):
        town.run("methodology", "publish", str(STORED / method / "1.0.0.yaml"))
    town.run("project start rammen Programme --id programme --member lead=astrid"
             " --member board=bjorn")  # fmt: skip
    start = "project start liten Child --from programme --member lead=astrid --member board=bjorn"

    ended = town.race(racing, 0, *([start] * 100))

    codes = Counter(each.code for each in ended)
    assert codes[0] == 3
    told(f"starting projects from a programme: 100 tries, {codes[0]} won, {codes[1]} refused")
    assert codes.keys() <= {0, 1, 5}, codes  # who waited too long is asked to try again
    assert town.run(start, expect=None).code == 1
    shown = town.run.json("project show programme")
    listed = town.run.json("project list --limit 100")["projects"]
    assert sorted(c["project"] for c in shown["children"]) == sorted(
        each["id"] for each in listed if each["id"] != "programme"
    )
    assert town.is_sound()
