"""What differs between two methods, what it means for running projects, and the overlay it makes."""

from __future__ import annotations

import copy
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innocities_engine import library
from innocities_engine.authoring import diff
from innocities_engine.authoring.diff import Bump, Change, Consequence, Kind, Weighed
from innocities_engine.language import overlays
from innocities_engine.language.faults import Faults
from innocities_engine.language.nodes import node_of, plain
from tests.features.driver import DEFINITIONS

Plain = dict[str, Any]
STACK = ("smartby-prosjekt", "innocities-sverige", "innocities-bolag", "innocities-hamn")
SMALL = ("F03", "F05", "F13", "F14", "F17", "F19", "F24", "F25", "board")
HEAD = ("schema", "id", "version")


def resolving(base: Plain, overlay: Plain) -> Plain:
    """What the overlay makes of the base, by the language's own hands."""
    faults = Faults()
    made = plain(overlays.apply(node_of(base), node_of(overlay), faults))
    assert not faults.found, [str(fault) for fault in faults.found]
    assert isinstance(made, dict)
    return made


def overlay(old: Plain, new: Plain) -> Plain:
    return diff.overlay(old, new, change="all", reason={"en": "All of it."})


def weighed(old: Plain, new: Plain) -> list[Weighed]:
    return diff.weighed(diff.compare(old, new), old, new)


def written(name: str) -> Plain:
    return library.written(DEFINITIONS / f"{name}.yaml")


# ---------------------------------------------------------------- laws


@pytest.mark.parametrize(("old", "new"), [*pairwise(STACK), *pairwise(reversed(STACK))])
def test_the_overlay_of_a_difference_makes_the_newer_method_of_the_older(
    old: str, new: str
) -> None:
    before, after = library.written(old), library.written(new)
    assert resolving(before, overlay(before, after)) == after


def test_a_method_differs_in_nothing_from_itself() -> None:
    method = library.written("innocities-hamn")
    assert diff.compare(method, method) == []
    assert overlay(method, method)["changes"] == []


PLACES = ("roles", "facts", "artefacts", "phases", "gates")
Edit = tuple[str, int, int]
EDITS = st.lists(
    st.tuples(
        st.sampled_from(("remove", "copy", "turn", "rename", "say", "retitle")),
        st.integers(0, 10_000),
        st.integers(0, 10_000),
    ),
    min_size=1,
    max_size=6,
)


def maps_of_elements(method: Plain) -> list[Plain]:
    """Every map from ids to elements, outermost first."""
    found = [method[place] for place in PLACES if method.get(place)]
    for gate in method.get("gates", {}).values():
        found += [gate[inner] for inner in ("needs", "criteria", "outcomes") if gate.get(inner)]
    return found


def edited(method: Plain, edits: list[Edit]) -> Plain:
    """Another method, sound or not: this is about trees, not about what they mean."""
    method = copy.deepcopy(method)
    for n, (what, where, which) in enumerate(edits):
        maps = maps_of_elements(method)
        chosen = maps[where % len(maps)]
        key = list(chosen)[which % len(chosen)]
        match what:
            case "remove" if len(chosen) > 1:
                del chosen[key]
            case "copy":
                chosen[f"new{n}"] = copy.deepcopy(chosen[key])
                chosen[f"new{n}"].pop("was", None)
            case "turn":
                turned = list(reversed(chosen.items()))
                chosen.clear()
                chosen.update(turned)
            case "rename" if "was" not in chosen[key]:
                renamed = [(f"called{n}" if k == key else k, v) for k, v in chosen.items()]
                chosen.clear()
                chosen.update(renamed)
                chosen[f"called{n}"]["was"] = [key]
            case "say":
                chosen[key]["due"] = f"{n + 1} days after entry"
            case "retitle":
                chosen[key]["title"] = {"en": f"Title {n}"}
    return method


@given(st.sampled_from(SMALL), EDITS)
@settings(max_examples=150, deadline=None)
def test_so_it_is_whatever_an_author_changes(name: str, edits: list[Edit]) -> None:
    before = written(name)
    after = edited(before, edits)
    assert resolving(before, overlay(before, after)) == after


@given(st.sampled_from(SMALL), EDITS)
@settings(max_examples=100, deadline=None)
def test_differences_are_of_texts_alone_just_where_the_rules_are_the_same(
    name: str, edits: list[Edit]
) -> None:
    before = library.resolved(DEFINITIONS / f"{name}.yaml")
    known = [e for e in edits if e[0] in ("remove", "copy", "turn", "retitle")]
    after = edited(before, known)
    found = weighed(before, after)
    same_rules = library.rules_digest(before) == library.rules_digest(after)
    assert all(each.consequence is Consequence.TEXT for each in found) == same_rules


# ---------------------------------------------------------------- what it means

METHOD = """
schema: innocities/methodology/1
id: small
version: "1.0.0"
languages: [en]
title: {en: Small}
calendar: {country: "NO"}
roles:
  lead: {title: {en: Lead}, leads: true, seats: {at_least: 2}}
  board: {title: {en: Board}, kind: body, meets: board}
facts:
  colour: {type: choice, choices: [red, blue], question: {en: "Which colour?"}}
  fine: {type: yes_no, question: {en: "Is it fine?"}}
artefacts:
  plan: {title: {en: Plan}, by: lead}
  note: {title: {en: Note}, by: lead}
phases:
  first: {title: {en: First}, opens: start}
  last: {title: {en: Last}}
gates:
  G1:
    title: {en: Begin}
    in: first
    due: 5 days after entry
    needs: {plan: {status: approved}, note: {required: false}}
    criteria:
      good: {question: {en: "Good?"}, must: partly}
      nice: {question: {en: "Nice?"}}
    advises: {heard: {by: lead, required: false}}
    decides: {by: {role: board, quorum: 2}}
    outcomes: {go: {to: last}, stop: {end: stopped}}
"""

# path, what is put there (None: nothing), what it means, whether it can stop a project
CHANGES: list[tuple[str, Any, str, bool]] = [
    ("title", {"en": "Little"}, "text", False),
    ("gates/G1/title", {"en": "Start"}, "text", False),
    ("gates/G1/criteria/good/question", {"en": "Good enough?"}, "text", False),
    ("gates/G1/basis", {"kind": "inferred"}, "text", False),
    ("calendar/country", "SE", "structure", True),
    ("calendar/quiet", ["22 June..15 August"], "looser", False),
    ("roles/clerk", {"title": {"en": "Clerk"}}, "structure", False),
    ("roles/lead", None, "structure", True),
    ("roles/lead/seats/at_least", "1", "looser", False),
    ("roles/lead/seats/at_least", "3", "stricter", True),
    ("roles/lead/seats/at_most", "5", "stricter", True),
    ("roles/board/meets", "council", "stricter", True),
    ("facts/colour/choices", ["red", "blue", "green"], "looser", False),
    ("facts/colour/choices", ["red"], "stricter", True),
    ("facts/fine/type", "number", "structure", True),
    ("artefacts/plan/approves", "board", "stricter", True),
    ("artefacts/plan/form", ["fine"], "stricter", True),
    ("artefacts/plan/template", "templates/plan.md", "structure", False),
    ("phases/middle", {"title": {"en": "Middle"}}, "structure", False),
    ("phases/last", None, "structure", True),
    ("phases/first/expected", "3 weeks", "stricter", False),
    ("gates/G1/due", "9 days after entry", "looser", False),
    ("gates/G1/due", "2 days after entry", "stricter", False),
    ("gates/G1/due", "9 working days after entry", "stricter", False),
    ("gates/G1/due", "9 days after start", "stricter", False),
    ("gates/G1/due", "every 9 days after entry", "stricter", False),
    ("gates/G1/due", None, "looser", False),
    ("gates/G1/needs/plan/due", "9 days after entry", "looser", False),  # the gate says 5
    ("gates/G1/needs/plan/due", "3 days after entry", "stricter", False),
    ("gates/G1/decides/due", "9 days after entry", "stricter", False),
    ("gates/G1/decides/by", {"any": [{"role": "board", "quorum": 2}, "lead"]}, "looser", False),
    ("gates/G1/decides/by", {"any": ["board", "lead"]}, "structure", True),
    ("gates/G1/decides/by", {"each": [{"role": "board", "quorum": 2}, "lead"]},
     "structure", True),
    ("gates/G1/needs/plan/blocks", ["G1", "next"], "stricter", True),
    ("gates/G1/in", "any", "looser", False),
    ("gates/G1/needs/fine", {}, "stricter", True),
    ("gates/G1/needs/fine", {"required": False}, "structure", False),
    ("gates/G1/needs/plan", None, "looser", False),
    ("gates/G1/needs/plan/status", "submitted", "looser", False),
    ("gates/G1/needs/plan/status", "signed", "stricter", True),
    ("gates/G1/needs/plan/newer_than", "entry", "stricter", True),
    ("gates/G1/needs/plan/waives", "board", "looser", False),
    ("gates/G1/needs/plan/required", False, "looser", False),
    ("gates/G1/needs/plan/blocks", "none", "looser", False),
    ("gates/G1/needs/plan/due", "decision", "stricter", True),
    ("gates/G1/needs/note/required", None, "stricter", True),
    ("gates/G1/needs/plan/when", {"fact": "fine", "is": True}, "looser", False),
    ("gates/G1/criteria/good/must", "met", "stricter", True),
    ("gates/G1/criteria/good/must", "rated", "looser", False),
    ("gates/G1/criteria/good", None, "looser", False),
    ("gates/G1/criteria/nice/must", "met", "stricter", True),
    ("gates/G1/criteria/new", {"question": {"en": "New?"}}, "structure", False),
    ("gates/G1/advises/heard/required", None, "stricter", True),
    ("gates/G1/advises/more", {"by": "board"}, "stricter", True),
    ("gates/G1/decides/by", {"role": "board", "quorum": "1"}, "looser", False),
    ("gates/G1/decides/by", {"role": "board", "quorum": "all"}, "stricter", True),
    ("gates/G1/decides/by", "lead", "structure", True),
    ("gates/G1/outcomes/hold", {"hold": "60 days"}, "looser", False),
    ("gates/G1/when", {"fact": "fine", "is": True}, "stricter", True),  # it is the only way on
    ("gates/G1/decides/by", {"role": "board", "quorum": "majority"}, "stricter", True),
    ("gates/G1/decides/by", {"role": "board", "quorum": "3", "excludes": []}, "stricter", True),
    ("gates/G1/criteria/new", {"question": {"en": "New?"}, "weight": "2"}, "structure", False),
    ("gates/G1/outcomes/go/needs", {"vows": {"written": {"at_least": "1"}}}, "stricter", True),
    ("roles/board/needs", {"prepared": {"do": {"en": "Prepare"}, "opens": "entry"}},
     "stricter", True),
    ("roles/board/needs", {"posted": {"do": {"en": "Post"}, "opens": "decision"}},
     "stricter", False),
    ("roles/board/records", "lead", "stricter", True),
    ("artefacts/plan/from", ["note"], "structure", False),
    ("gates/G1/outcomes/stop", None, "structure", True),
    ("gates/G1/outcomes/go/to", "first", "structure", True),
    ("gates/G1/outcomes/go/when", {"fact": "fine", "is": True}, "stricter", True),
    ("gates/G1/outcomes/go/tells", ["lead"], "structure", False),
    ("gates/G1/outcomes/go/needs", {"note": {"do": {"en": "Do"}, "due": "5 days after decision"}},
     "stricter", False),
    ("gates/G1/outcomes/go/needs", {"fine": {}}, "stricter", True),
    ("gates/G2", {"in": "last", "decides": {"by": "lead"}, "outcomes": {"done": {}}},
     "structure", False),
    ("gates/G2", {"in": "last", "decides": {"by": "lead"}, "outcomes": {"done": {}},
                  "blocks": "next"}, "structure", True),
    ("ladders", {"usual": {"early": {"at": "5 days before due", "to": ["owner"]}}},
     "stricter", False),
]  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Plain:
    path = tmp_path_factory.mktemp("method") / "small.yaml"
    path.write_text(METHOD, encoding="utf-8")
    return library.written(path)


def put(method: Plain, path: str, value: Any) -> Plain:
    method = copy.deepcopy(method)
    *above, last = path.split("/")
    inner = method
    for step in above:
        inner = inner.setdefault(step, {})
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return method


@pytest.mark.parametrize(("path", "value", "means", "stops"), CHANGES)
def test_each_difference_means_something_for_projects_that_run(
    small: Plain, path: str, value: Any, means: str, stops: bool
) -> None:
    (found,) = weighed(small, put(small, path, value))
    assert (found.consequence.value, found.stops) == (means, stops)
    assert "/".join(found.change.path).startswith(path)


LADDER = {"usual": {"late": {"at": "2 days after due", "to": ["owner", "decider"],
                             "escalation": True}}}  # fmt: skip

# What is there already, path, what is put there (None: nothing), what it means and if it stops.
GIVEN: list[tuple[dict[str, Any], str, Any, str, bool]] = [
    ({"gates/G1/needs/plan/status": "signed"}, "gates/G1/needs/plan/status", "approved",
     "stricter", True),
    ({"gates/G1/outcomes/go/needs": {"plan": {"status": "approved"}, "fine": {}}},
     "gates/G1/outcomes/go/needs/plan", None, "stricter", True),
    ({"gates/G1/outcomes/go/needs": {"fine": {"due": "9 days after decision"}}},
     "gates/G1/outcomes/go/needs/fine/due", None, "stricter", True),
    ({"gates/G1/needs/plan/newer_than": "none"}, "gates/G1/needs/plan/newer_than", None,
     "stricter", True),
    ({"gates/G1/decides/by": {"role": "board", "quorum": "majority"}}, "gates/G1/decides/by",
     {"role": "board", "quorum": "7"}, "stricter", True),
    ({"gates/G1/decides/by": {"role": "board", "quorum": "all"}}, "gates/G1/decides/by",
     {"role": "board", "quorum": "60 percent"}, "looser", False),
    ({"gates/G1/decides/by": {"role": "board", "quorum": "all"}}, "gates/G1/decides/by",
     "board", "looser", False),
    ({"gates/G1/outcomes/go/when": {"criteria": "all", "is": "met"}}, "gates/G1/criteria/new",
     {"question": {"en": "New?"}}, "stricter", True),
    ({"gates/G1/outcomes/go/when": {"score": "this", "at_least": "60 percent"}},
     "gates/G1/criteria/new", {"question": {"en": "New?"}, "weight": "1"}, "stricter", True),
    ({"gates/G1/outcomes/go/needs": {"act": {"do": {"en": "Do"}, "accepts": "lead"}}},
     "gates/G1/outcomes/go/needs/act/accepts", None, "stricter", True),
    ({"artefacts/plan/approves": "board"}, "artefacts/plan/approves", None, "stricter", True),
    ({"gates/G1/blocks": "next"}, "gates/G1/in", ["first", "last"], "stricter", True),
    ({}, "gates/G1/in", ["first", "last"], "looser", False),
    ({"gates/G1/outcomes": {"fine": {}, "stop": {"end": "stopped"}}}, "gates/G1/outcomes/go",
     {"to": "last"}, "stricter", True),
    ({"gates/G1/outcomes/go/when": {"artefact": "plan", "stale": False}}, "artefacts/plan/from",
     ["note"], "stricter", True),
    ({"calendar/quiet": ["1 July..31 July"]}, "calendar/quiet", None, "stricter", False),
    ({"calendar/quiet": ["1 July..31 July"]}, "calendar/quiet", ["1 July..15 August"],
     "looser", False),
    ({"gates/G2": {"in": "last", "opens": "3 weeks after entry", "decides": {"by": "lead"},
                   "outcomes": {"done": {}}}}, "calendar/quiet", ["1 July..31 July"],
     "stricter", False),
    ({"phases/first/expected": "4 months"}, "phases/first/expected", "1 year", "looser", False),
    ({"phases/first/expected": "4 months"}, "phases/first/expected", "20 weeks",
     "stricter", False),
    ({"phases/first/expected": "4 months"}, "phases/first/expected", None, "looser", False),
    ({"gates/G1/decides/due": "10 working days after ready"}, "gates/G1/decides/due",
     "6 working weeks after ready", "looser", False),
    ({"gates/G1/decides/due": "meeting"}, "gates/G1/decides/due", "2 days after meeting",
     "looser", False),
    ({"gates/G1/decides/due": "5 days before meeting"}, "gates/G1/decides/due",
     "2 days before meeting", "looser", False),
    ({"gates/G1/decides/due": "2 days before meeting"}, "gates/G1/decides/due", "meeting",
     "stricter", False),  # a quiet period moves the former, perhaps beyond the session
    ({"gates/G1/needs/plan/due": "9 days after entry"}, "gates/G1/needs/plan/due", None,
     "stricter", False),
    ({"gates/G1/needs/plan/due": "3 days after entry"}, "gates/G1/needs/plan/due", None,
     "looser", False),
    ({"gates/G1/needs/plan/due": "decision"}, "gates/G1/needs/plan/due", None, "stricter", True),
    ({"gates/G1/outcomes/stop/when": {"need": "G1/plan", "is": "overdue"}}, "gates/G1/due",
     "9 days after entry", "stricter", False),
    ({"gates/G1/needs/plan/newer_than": "9 days before meeting",
      "gates/G1/decides/due": "9 days after entry"}, "gates/G1/decides/due",
     "12 days after entry", "stricter", False),
    ({"gates/G1/outcomes/go/needs": {"vows": {"written": {}, "blocks": "next"}}},
     "gates/G1/outcomes/go/needs/vows/blocks", None, "looser", False),
    ({"gates/G1/outcomes/go/needs": {"vows": {"written": {}, "blocks": "move"}}},
     "gates/G1/outcomes/go/needs/vows/blocks", None, "stricter", True),
    ({"gates/G1/outcomes/go/needs": {"vows": {"written": {}, "blocks": ["move", "next"]}}},
     "gates/G1/outcomes/go/needs/vows/blocks", "none", "stricter", True),
    ({"gates/G1/needs/plan/blocks": ["G1", "next"]}, "gates/G1/needs/plan/blocks", None,
     "looser", False),
    ({"gates/G1/needs/plan/blocks": "none"}, "gates/G1/needs/plan/blocks", None,
     "stricter", True),
    ({"roles/lead/needs": {"read": {"do": {"en": "Read"}, "blocks": "next"}}},
     "roles/lead/needs/read/blocks", None, "stricter", True),
    ({"ladders": LADDER}, "ladders/usual/late", None, "looser", False),
    ({"ladders": LADDER}, "ladders/usual/late/escalation", None, "looser", False),
    ({"ladders": LADDER}, "ladders/usual/late/to", ["owner"], "looser", False),
    ({"ladders": LADDER}, "ladders/usual/late/to", ["decider"], "looser", False),
    ({"ladders": LADDER}, "ladders/usual/late/to", ["lead"], "stricter", False),
    ({"ladders": LADDER}, "ladders/usual/late/at", "4 days after due", "stricter", False),
    ({"ladders": LADDER, "remind": "usual"}, "remind", None, "looser", False),
    ({"ladders": LADDER, "gates/G1/remind": "usual"}, "gates/G1/remind", None, "looser", False),
    ({"ladders": LADDER, "remind": "usual", "gates/G1/remind": "none"}, "gates/G1/remind", None,
     "stricter", False),
    ({"ladders": LADDER, "remind": "usual"}, "gates/G1/needs/plan/remind", "none",
     "looser", False),
    ({"artefacts/plan/approves": "board"}, "artefacts/plan/approves", {"any": ["board", "lead"]},
     "looser", False),
    ({"artefacts/plan/approves": "lead"}, "artefacts/plan/approves", {"any": ["board", "lead"]},
     "stricter", True),  # a board sits, so that the session comes into it
]  # fmt: skip


@pytest.mark.parametrize(("given_", "path", "value", "means", "stops"), GIVEN)
def test_what_a_difference_means_depends_on_what_else_there_is(
    small: Plain, given_: dict[str, Any], path: str, value: Any, means: str, stops: bool
) -> None:
    before = small
    for where, there in given_.items():
        before = put(before, where, there)
    (found,) = weighed(before, put(before, path, value))
    assert (found.consequence.value, found.stops) == (means, stops)


EVERY_CHANGE = [*(({}, path, value) for path, value, _, _ in CHANGES),
                *((there, path, value) for there, path, value, _, _ in GIVEN)]  # fmt: skip


@pytest.mark.parametrize(("given_", "path", "value"), EVERY_CHANGE)
def test_what_is_looser_one_way_is_not_so_the_other_way(
    small: Plain, given_: dict[str, Any], path: str, value: Any
) -> None:
    before = small
    for where, there in given_.items():
        before = put(before, where, there)
    after = put(before, path, value)
    there, back = weighed(before, after), weighed(after, before)
    assert Consequence.LOOSER not in {each.consequence for each in there} & {
        each.consequence for each in back
    }


LENGTHS = st.builds(
    "{} {}".format,
    st.integers(2, 90),
    st.sampled_from(("days", "weeks", "months", "working days", "statutory weeks")),
)
DATES = st.one_of(
    st.sampled_from(("entry", "start", "meeting")),
    st.builds("{} after entry".format, LENGTHS),
    st.builds("{} before meeting".format, LENGTHS),
)


@given(DATES, DATES, DATES)
@settings(max_examples=200, deadline=None)
def test_of_dates_only_later_ones_of_one_kind_are_looser(one: str, two: str, three: str) -> None:
    method = {"gates": {"G1": {"due": one}}}

    def is_looser(old: str, new: str) -> bool:
        before, after = put(method, "gates/G1/due", old), put(method, "gates/G1/due", new)
        return [each.consequence for each in weighed(before, after)] == [Consequence.LOOSER]

    assert not (is_looser(one, two) and is_looser(two, one))
    assert not (is_looser(one, two) and is_looser(two, three)) or is_looser(one, three)


def test_what_is_only_called_otherwise_is_told_as_that(small: Plain) -> None:
    text = json.dumps(small).replace('"board"', '"council"')
    after = put(json.loads(text), "roles/council/was", "board")
    after["roles"]["council"]["meets"] = "board"
    found = diff.compare(small, after)
    assert found == [Change(Kind.RENAMED, ("roles", "council"), "board", "council")]


# ---------------------------------------------------------------- versions


def test_the_weightiest_difference_says_how_far_the_version_has_to_go(small: Plain) -> None:
    texts = put(small, "gates/G1/title", {"en": "Start"})
    looser = put(texts, "gates/G1/needs/plan/status", "submitted")
    stricter = put(looser, "gates/G1/criteria/nice/must", "met")
    steps = [diff.demanded(weighed(small, new)) for new in (small, texts, looser, stricter)]
    assert steps == [Bump.NONE, Bump.PATCH, Bump.MINOR, Bump.MAJOR]


@pytest.mark.parametrize(
    ("old", "new", "step"),
    [
        ("1.2.3", "1.2.4", Bump.PATCH), ("1.2.3", "1.3.0", Bump.MINOR),
        ("1.2.3", "2.0.0", Bump.MAJOR), ("1.2.3", "1.2.3", Bump.NONE),
        ("1.2.3", "1.1.9", Bump.NONE), ("1.2.3", "1.10.0", Bump.MINOR),
    ],
)  # fmt: skip
def test_a_version_is_told_by_its_first_number_that_moved(old: str, new: str, step: Bump) -> None:
    assert diff.made(old, new) is step


@given(st.tuples(*[st.integers(0, 999)] * 3), st.sampled_from(Bump))
def test_the_least_version_takes_just_the_step_that_is_demanded(
    parts: tuple[int, ...], bump: Bump
) -> None:
    old = ".".join(map(str, parts))
    assert diff.made(old, diff.least(old, bump)) is bump
