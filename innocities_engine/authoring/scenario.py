"""Decide whether what a scenario tells of a project is true: it is played on the core alone, in
memory, with the time passing as it would, and each sentence that is not true is named with its
line. How single commands and sentences are read stands in `scenario_when` and `scenario_then`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from innocities_engine import errors, library
from innocities_engine.authoring import scenario_head, scenario_names
from innocities_engine.authoring.said import Said, Untold, day, names, said
from innocities_engine.authoring.scenario_then import check
from innocities_engine.authoring.scenario_when import begin_projects, command_days, issue
from innocities_engine.authoring.stage import Refusal, Stage
from innocities_engine.domain import calendar
from innocities_engine.domain.calendar import Calendar, YearlyPeriod
from innocities_engine.domain.commands import Inputs, Start, Substitution
from innocities_engine.domain.worded import Worded
from innocities_engine.language.faults import Faults
from innocities_engine.language.nodes import Node, plain
from innocities_engine.language.reading import read

Finds = Callable[[str], "Story"]

ZONES: Final = {"NO": "Europe/Oslo", "SE": "Europe/Stockholm"}
NOON: Final = 12
DEEPEST: Final = 10


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that is not true, or cannot be read, and where it stands. `refusal`: what the
    method said no to, where that is what the message is about.
    """

    file: str
    line: int
    message: Worded
    refusal: Refusal | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Story:
    """A scenario that was played. `marks`: the places others can go on from; `course`: where it
    stood at its beginning and after each step.
    """

    name: str
    title: Mapping[str, str]
    steps: int
    untrue: tuple[Sentence, ...]
    marks: Mapping[str, Stage] = field(default_factory=dict, compare=False)
    course: tuple[Stage, ...] = field(default=(), compare=False)


def play(path: Path, shelf: library.Library | None = None) -> Story:
    """Play a scenario from its beginning, or from the mark of another that it goes on from."""
    where = path.resolve()
    return _play(where, shelf or _around(where), DEEPEST)


def _around(path: Path) -> library.Library:
    """A method of one's own is found beside the scenario, or beside its folder."""
    return library.Library((path.parent, path.parents[1], library.SHIPPED))


def _play(path: Path, shelf: library.Library, depth: int) -> Story:
    faults = Faults()
    root = read(path.read_bytes(), path.name, faults)
    if root is not None:
        scenario_head.check(root, faults)
    if root is None or faults.errors:
        raise errors.DefinitionInvalid(tuple(faults.found)).named("scenario_invalid")
    told = {lang: str(text) for lang, text in _map(root, "scenario").items()}
    try:
        stage = _beginning(root, path, shelf, depth)
    except Untold as why:
        untrue = Sentence(path.name, why.line or root.mark.line, why.message)
        return Story(path.stem, told, 0, (untrue,))

    unknown = tuple(
        Sentence(path.name, mark.line, message)
        for mark, message in scenario_names.strangers(root, stage)
    )
    if unknown:  # what such a person did not do would make the rest untrue as well
        return Story(path.stem, told, 0, unknown)

    def another(name: str) -> Story:
        return _another(name, path, shelf, depth)

    return _told(root, path, stage, told, another)


def _map(root: Node, key: str) -> dict[str, Any]:
    node = root.get(key)
    found = said(plain(node)) if node else {}
    return found if isinstance(found, Said) else {}


# ---------------------------------------------------------------- where it begins


def _beginning(root: Node, path: Path, shelf: library.Library, depth: int) -> Stage:
    meetings = {
        name: tuple(day(each) for each in names(days))
        for name, days in _map(root, "meetings").items()
    }
    people = {role: names(held) for role, held in _map(root, "people").items()}
    after = _map(root, "after")
    if after:
        going_on = _going_on(after, path, shelf, depth)
        scenario_names.head(root, going_on.method)
        return _more_known(going_on, meetings, _substitutes(root)).joined(people)
    wanted = _map(root, "methodology")
    if "id" not in wanted:
        raise Untold(Worded("It says neither which methodology nor what it goes on from."))
    method = shelf.methodology(str(wanted["id"]), str(wanted.get("version", "")) or None)
    scenario_names.head(root, method)
    quiet = tuple(map(YearlyPeriod.parse, method.quiet))
    days = Calendar(method.country, ZONES[method.country], quiet=quiet, meetings=meetings)
    inputs = Inputs(days, substitutions=_substitutes(root))
    today = root.get("today")
    first = day(today.text if today else "")
    stage = Stage(method, inputs, calendar.at_local(inputs.calendar, first, NOON))
    begin = Start("scenario", "scenario", path.stem, people, {})
    return stage.commanded(begin, "the author of the scenario")


def _substitutes(root: Node) -> tuple[Substitution, ...]:
    node = root.get("substitutes")
    found: Any = said(plain(node)) if node else ()
    return tuple(
        Substitution(
            each["person"],
            each["substitute"],
            day(each["first"]),
            day(each["last"]),
            each.get("role"),
        )
        for each in found
    )


def _another(name: str, path: Path, shelf: library.Library, depth: int) -> Story:
    """A scenario that stands beside this one."""
    source = path.parent / f"{name}.yaml"
    if depth == 0 or not source.is_file():
        raise Untold(Worded("There is no scenario {name} to go on from.", name=name))
    return _shared(source, shelf, depth - 1)


def _going_on(after: Mapping[str, Any], path: Path, shelf: library.Library, depth: int) -> Stage:
    before = _another(str(after.get("scenario", "")), path, shelf, depth)
    mark = str(after.get("mark", ""))
    if mark not in before.marks:
        raise Untold(Worded("{scenario} sets no mark {mark}.", scenario=before.name, mark=mark))
    return before.marks[mark]


def _more_known(
    stage: Stage, meetings: Mapping[str, tuple[date, ...]], more: tuple[Substitution, ...]
) -> Stage:
    known = {**stage.inputs.calendar.meetings}
    for name, days in meetings.items():
        known[name] = tuple(sorted({*known.get(name, ()), *days}))
    moved = replace(stage.inputs.calendar, meetings=known)
    standing_in = (*stage.inputs.substitutions, *more)
    return replace(stage, inputs=replace(stage.inputs, calendar=moved, substitutions=standing_in))


@lru_cache(maxsize=32)
def _shared(path: Path, shelf: library.Library, depth: int) -> Story:
    """Stages are values, so what many scenarios go on from is played once."""
    return _play(path, shelf, depth)


# ---------------------------------------------------------------- what it tells


def _told(root: Node, path: Path, stage: Stage, title: Mapping[str, str], another: Finds) -> Story:
    """Go through the steps; a command that was refused must be followed by the reason."""
    marks: dict[str, Stage] = {}
    untrue: list[Sentence] = []
    course = [stage]
    steps = root.get("steps")
    nodes = steps.items if steps else ()
    for node in nodes:
        if stage.refused is not None and "refused" not in _map(node, "then"):
            untrue.append(_refused(path.name, node, stage.refused))
            stage = replace(stage, refused=None)
        try:
            stage = _step(node, stage, marks, another)
        except Untold as why:
            untrue.append(Sentence(path.name, node.mark.line, why.message, why.refusal))
        except (errors.EngineError, ValueError) as why:
            untrue.append(Sentence(path.name, node.mark.line, _why(why)))
        course.append(stage)
    if stage.refused is not None:
        untrue.append(_refused(path.name, nodes[-1], stage.refused))
    return Story(path.stem, title, len(nodes), tuple(untrue), marks, tuple(course))


def _refused(file: str, node: Node, refusal: Refusal) -> Sentence:
    message = Worded("It was refused, and no `refused` follows: {why}", why=str(refusal))
    return Sentence(file, node.mark.line, message, refusal)


def _why(fault: Exception) -> Worded:
    """What was said by whoever found it."""
    own = fault.args[0]
    return own if isinstance(own, Worded) else Worded("{why}", why=own)


def _step(node: Node, stage: Stage, marks: dict[str, Stage], another: Finds) -> Stage:
    match said(plain(node)):
        case {"mark": str() as name}:
            marks[name] = stage
            return stage
        case {"when": dict() as when}:
            passed = stage.until(command_days(stage, when))
            if "start" in when:
                return begin_projects(passed, when, another(str(when.get("goes_as"))).course)
            return passed if "day" in when else issue(passed, when)
        case {"then": dict() as then}:
            return check(stage, then)
    raise Untold(Worded("A step says `mark`, `when` or `then`."))
