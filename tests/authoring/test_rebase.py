"""An overlay on a later version of its base: what the base renamed is followed, what is disjoint
stays as it was, and where both changed the same thing somebody chooses.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innocities_engine import library
from innocities_engine.authoring.rebase import Choice, Rebased, rebase
from innocities_engine.authoring.rebase.merging import operations_of
from innocities_engine.language import overlays
from innocities_engine.language.editing import edited, patched
from innocities_engine.language.faults import Faults
from innocities_engine.language.nodes import node_of, plain
from innocities_engine.language.references import renamed

Plain = dict[str, Any]
OVERLAYS = [name for name, _, kind in library.Library().ids() if kind == "overlay"]
OURS, THEIRS = Choice.OURS, Choice.THEIRS


def shipped(name: str) -> tuple[Plain, Plain]:
    """An overlay that ships, and what it extends, as written."""
    overlay = library.document(library.Library().path(name))
    return overlay, library.written(overlay["extends"]["id"])


def resolving(base: Plain, operations: list[Plain]) -> Plain:
    faults = Faults()
    change = {"id": "X", "operations": operations}
    schema = "innocities/overlay/1"
    made = overlays.apply(node_of(base), node_of({"schema": schema, "changes": [change]}), faults)
    assert not faults.found, [str(fault) for fault in faults.found]
    found = plain(made)
    assert isinstance(found, dict)
    return found


def said(done: Rebased) -> list[Plain]:
    return [each.plain() for each in done.operations.values() if each is not None]


def all_of(overlay: Plain) -> list[Plain]:
    return [each.plain() for each in operations_of(overlay)]


# ---------------------------------------------------------------- laws


@pytest.mark.parametrize("name", OVERLAYS)
def test_on_the_same_base_an_overlay_stays_as_it_is(name: str) -> None:
    overlay, base = shipped(name)
    done = rebase(overlay, base, base)
    assert said(done) == all_of(overlay)
    assert not (done.conflicts or done.notes or done.faults)


RENAMED = [
    "artefacts/nullpunktsmaling", "artefacts/innsiktsrapport", "roles/prosjekteier",
    "roles/styringsgruppe", "facts/over_fullmakt", "gates/G3", "phases/pilot",
    "gates/G1/criteria/reelt_behov", "gates/G2/needs/nok_alternativer",
]  # fmt: skip


@pytest.mark.parametrize("path", RENAMED)
def test_what_the_base_renames_is_called_so_throughout(path: str) -> None:
    overlay, base = shipped("smartby-havn")
    to, steps = "called_otherwise", tuple(path.split("/"))
    newer = plain(renamed(node_of(base), steps, to) or pytest.fail("it has no id"))
    assert isinstance(newer, dict)

    done = rebase(overlay, base, newer)

    assert not (done.conflicts or done.faults)
    ours = resolving(base, all_of(overlay))
    wanted = plain(renamed(node_of(ours), steps, to) or pytest.fail("it has no id"))
    assert resolving(newer, said(done)) == wanted


BASE: Plain = {
    "roles": {"lead": {"title": {"en": "Lead"}}, "board": {"title": {"en": "Board"}}},
    "facts": {"sum": {"type": "number", "value": "10"}, "fine": {"type": "yes_no"}},
    "artefacts": {"plan": {"by": "lead"}, "note": {"by": "lead"}, "map": {"by": "board"}},
    "phases": {"first": {"opens": "start"}, "last": {}},
    "gates": {
        "G1": {
            "in": "first",
            "needs": {"plan": {}, "note": {"required": False}},
            "decides": {"by": "board"},
            "outcomes": {"go": {"to": "last"}},
        },
        "G2": {"in": "last", "decides": {"by": "lead"}, "outcomes": {"done": {}}},
    },
}
# What either side may do, each to something of its own.
EDITS = (
    {"add": "gates/G1/needs/map", "value": {"status": "approved"}},
    {"replace": "facts/sum/value", "value": "20"},
    {"remove": "gates/G1/needs/note"},
    {"add": "roles/clerk", "value": {"title": {"en": "Clerk"}}},
    {"replace": "gates/G2/decides/by", "value": "board"},
    {"replace": "roles/lead/title", "value": {"en": "Leader"}},
    {"add": "gates/G2/needs", "value": {"plan": {}}},
    {"add": "gates/G1/outcomes/stop", "value": {"end": "stopped"}},
    {"add": "artefacts/plan/approves", "value": "board"},
    {"add": "phases/last/needs", "value": {"fine": {}}},
)


def over(*operations: Plain) -> Plain:
    return {"changes": [{"id": "X", "operations": list(operations)}]}


@given(st.permutations(range(len(EDITS))), st.integers(0, len(EDITS)))
@settings(max_examples=100, deadline=None)
def test_disjoint_changes_commute(order: list[int], cut: int) -> None:
    theirs, ours = [EDITS[n] for n in order[:cut]], [EDITS[n] for n in order[cut:]]
    newer = resolving(BASE, theirs)

    done = rebase(over(*ours), BASE, newer)

    assert not (done.conflicts or done.notes)
    assert said(done) == ours
    assert resolving(newer, said(done)) == resolving(resolving(BASE, ours), theirs)


# ---------------------------------------------------------------- where both changed the same

PLAN = "gates/G1/needs/plan"
CASES: list[tuple[str, list[Plain], list[Plain], dict[Choice, list[Plain]]]] = [
    # kind, what the base did, what the overlay does, and what becomes of it by each choice
    (
        "both_changed",
        [{"replace": "facts/sum/value", "value": "20"}],
        [{"replace": "facts/sum/value", "value": "30"}],
        {OURS: [{"replace": "facts/sum/value", "value": "30"}], THEIRS: []},
    ),
    (
        "both_changed",
        [{"add": f"{PLAN}/status", "value": "approved"}],
        [{"replace": PLAN, "value": {"required": False}}],
        {OURS: [{"replace": PLAN, "value": {"required": False}}], THEIRS: []},
    ),
    (
        "both_added",
        [{"add": "roles/clerk", "value": {"title": {"en": "Clerk"}}}],
        [{"add": "roles/clerk", "value": {"title": {"en": "Secretary"}}}],
        {OURS: [{"replace": "roles/clerk", "value": {"title": {"en": "Secretary"}}}], THEIRS: []},
    ),
    (
        "gone",
        [{"remove": "gates/G1/needs/note"}],
        [{"replace": "gates/G1/needs/note", "value": {}}],
        {OURS: [{"add": "gates/G1/needs/note", "value": {}}], THEIRS: []},
    ),
    (
        "gone",
        [{"remove": "gates/G2"}],
        [{"add": "gates/G2/needs/plan", "value": {}}],
        {THEIRS: []},
    ),
    ("gone", [{"remove": "roles/board"}], [{"rename": "roles/board", "to": "council"}],
     {THEIRS: []}),
    (
        "taken",
        [{"add": "roles/council", "value": {}}],
        [{"rename": "roles/board", "to": "council"}],
        {THEIRS: []},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "theirs", "ours", "become"), CASES)
def test_where_both_changed_the_same_somebody_chooses(
    kind: str, theirs: list[Plain], ours: list[Plain], become: dict[Choice, list[Plain]]
) -> None:
    newer = resolving(BASE, theirs)
    (conflict,) = rebase(over(*ours), BASE, newer).conflicts
    assert (conflict.kind, conflict.operation.name) == (kind, "X/1")
    assert set(conflict.offered) == set(become)

    for choice, wanted in become.items():
        done = rebase(over(*ours), BASE, newer, {"X/1": choice})
        assert not done.conflicts
        assert said(done) == wanted
        resolving(newer, wanted)


def test_a_text_that_both_changed_is_a_conflict_though_a_text_is_one_value() -> None:
    newer = resolving(BASE, [{"replace": "roles/lead/title", "value": {"en": "Chief"}}])
    ours = over({"replace": "roles/lead/title/en", "value": "Leader"})
    (conflict,) = rebase(ours, BASE, newer).conflicts
    assert (conflict.before, conflict.theirs, conflict.ours) == ("Lead", "Chief", "Leader")


def test_what_the_overlay_moved_and_the_base_changed_is_a_conflict() -> None:
    newer = resolving(BASE, [{"add": f"{PLAN}/due", "value": "5 days after entry"}])
    ours = over(
        {"move": PLAN, "to": "gates/G2/needs/plan"},
        {"replace": "gates/G2/needs/plan", "value": {"required": False}},
    )
    assert [c.operation.name for c in rebase(ours, BASE, newer).conflicts] == ["X/2"]


def test_where_the_base_is_chosen_what_follows_does_not_overwrite_it_unasked() -> None:
    newer = resolving(BASE, [{"add": "roles/clerk", "value": {"title": {"en": "Clerk"}}}])
    ours = over(
        {"add": "roles/clerk", "value": {"title": {"en": "Secretary"}}},
        {"replace": "roles/clerk/title", "value": {"en": "Scribe"}},
    )
    done = rebase(ours, BASE, newer, {"X/1": THEIRS})
    assert [(c.operation.name, c.kind) for c in done.conflicts] == [("X/2", "both_changed")]


def test_a_conflict_makes_none_of_what_builds_on_it() -> None:
    newer = resolving(BASE, [{"replace": "roles/lead", "value": {"title": {"en": "Chief"}}}])
    ours = over(
        {"replace": "roles/lead", "value": {"kind": "person"}},
        {"add": "roles/lead/help", "value": {"en": "Leads."}},
    )
    assert [c.operation.name for c in rebase(ours, BASE, newer).conflicts] == ["X/1"]


SAME = {"replace": "facts/sum/value", "value": "20"}
GONE = {"remove": "gates/G1/needs/note"}


@pytest.mark.parametrize(
    ("note", "theirs", "ours", "left"),
    [
        ("needless", SAME, SAME, []),
        ("needless", EDITS[3], EDITS[3], []),
        ("needless", {"rename": "roles/board", "to": "council"},
         {"rename": "roles/board", "to": "council"}, []),
        ("gone_too", GONE, GONE, []),
        ("beside", {"replace": "gates/G1/needs/note/required", "value": True}, GONE, [GONE]),
        ("follows", {"rename": "artefacts/plan", "to": "scheme"},
         {"add": f"{PLAN}/status", "value": "signed"},
         [{"add": "gates/G1/needs/scheme/status", "value": "signed"}]),
        ("follows", {"rename": "roles/board", "to": "council"},
         {"add": "artefacts/plan/approves", "value": "board"},
         [{"add": "artefacts/plan/approves", "value": "council"}]),
    ],
)  # fmt: skip
def test_what_becomes_of_an_operation_is_noted(
    note: str, theirs: Plain, ours: Plain, left: list[Plain]
) -> None:
    done = rebase(over(ours), BASE, resolving(BASE, [theirs]))
    assert not done.conflicts
    assert [each.kind for each in done.notes] == [note]
    assert said(done) == left


# ---------------------------------------------------------------- the author's file

TEXT = """\
# What the port does otherwise.
id: port   # its name

changes:
  - id: P1   # the first
    operations:
      - {add: gates/G1/needs/map, value: {status: approved}}   # needed early
      - replace: "facts/sum/value"
        value: '30'
"""


def test_a_file_is_changed_only_where_it_means_something_else() -> None:
    def edit(document: Any) -> None:
        (change,) = document["changes"]
        change["operations"][0]["value"]["status"] = "required"

    assert edited(TEXT, edit) == TEXT.replace("approved", "required")
    assert edited(TEXT, lambda document: None) == TEXT


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_end_as_they_did(end: str) -> None:
    text = "# first\na: 1  # why\nb: |\n  one\n  two\n".replace("\n", end)

    def edit(document: Any) -> None:
        document["a"] = 2

    assert edited(text, edit) == text.replace("1", "2")


def test_where_lines_end_in_two_ways_they_end_as_most_do() -> None:
    assert edited("a: 1\r\nb: 2\r\nc: 3\n", lambda _: None) == "a: 1\r\nb: 2\r\nc: 3\r\n"
    assert edited("a: 1\r\nb: 2\nc: 3\n", lambda _: None) == "a: 1\nb: 2\nc: 3\n"


@pytest.mark.parametrize("name", OVERLAYS)
def test_what_ships_can_be_edited_without_touching_the_rest(name: str) -> None:
    text = library.Library().path(name).read_text(encoding="utf-8")
    assert edited(text, lambda document: None) == text


VALUES = st.recursive(
    st.text("abc", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("xyz", max_size=2), inner),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_whatever_is_patched_means_what_it_has_to(before: Any, after: Any) -> None:
    class Document(dict[str, Any]):
        def insert(self, place: int, key: str, value: Any) -> None:
            items = list(self.items())
            items.insert(place, (key, value))
            self.clear()
            self.update(items)

    def there(value: Any) -> Any:
        if isinstance(value, dict):
            return Document({key: there(inner) for key, inner in value.items()})
        return [there(inner) for inner in value] if isinstance(value, list) else value

    def keys_differ_in_order(a: Any, b: Any) -> bool:
        return a == b and list(a) != list(b) if isinstance(a, dict) else False

    made = patched(there(before), copy.deepcopy(before), after)
    assert made == after
    assert keys_differ_in_order(before, after) or list_of_keys(made) == list_of_keys(after)


def list_of_keys(value: Any) -> list[Any]:
    return list(value) if isinstance(value, dict) else []
