from __future__ import annotations

import dataclasses
import json
import typing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innocities_engine.domain import codec
from innocities_engine.domain.project import Project

GOLDEN = Path(__file__).parent / "golden_events.json"
WRITTEN = [*codec.EVENTS.values(), *codec.BESIDE.values(), *codec.COMMANDS.values(), Project]
MICROSECOND = timedelta(microseconds=1)
AT = datetime(2026, 3, 2, 9, 0, 0, 1, tzinfo=UTC)


def text() -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=("Cs",)), max_size=8)


st.register_type_strategy(str, text())
st.register_type_strategy(
    datetime,
    st.integers(0, 10**15).map(lambda n: datetime(1990, 1, 1, tzinfo=UTC) + n * MICROSECOND),
)


def of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value that an annotation of the domain allows."""
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return st.builds(kind, **{f.name: of(hints[f.name]) for f in dataclasses.fields(kind)})
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return st.lists(of(arguments[0]), max_size=2).map(tuple)
    if origin is not None and issubclass(origin, typing.Mapping):
        return st.dictionaries(text(), of(arguments[1]), max_size=2)
    if arguments:
        return st.one_of([of(argument) for argument in arguments])
    return st.from_type(kind)


@pytest.mark.parametrize("kind", WRITTEN, ids=lambda kind: kind.__name__)
def test_what_is_written_is_read_back_as_it_was(kind: type) -> None:
    @settings(max_examples=25, deadline=None, database=None)
    @given(of(kind))
    def there_and_back(value: Any) -> None:
        assert codec.load(kind, codec.dump(value)) == value
        sealed = codec.dump(value, lambda said: said[::-1])
        assert codec.load(kind, sealed, lambda seal: seal[::-1]) == value

    there_and_back()


def test_the_order_of_a_mapping_is_kept_since_rules_walk_it() -> None:
    members = {"z": ("a",), "a": ("z",)}
    project = Project(members=members)

    assert list(codec.load(Project, codec.dump(project)).members) == ["z", "a"]


def test_a_default_is_not_written_so_that_a_new_field_changes_no_old_state() -> None:
    assert codec.dump(Project()) == b"{}"


def test_every_free_text_is_a_field_there_is() -> None:
    known = {
        f"{kind.__name__}.{f.name}" for kind in _records(WRITTEN) for f in dataclasses.fields(kind)
    }

    assert known >= codec.FREE_TEXT


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no zone"):
        codec.instant(datetime(2026, 1, 1))  # noqa: DTZ001


def test_instants_sort_as_text() -> None:
    assert codec.instant(AT.replace(microsecond=0)) < codec.instant(AT)


# ---------------------------------------------------------------- what was ever written


def test_every_shape_of_event_ever_written_can_still_be_read_and_means_the_same() -> None:
    """A shape is added here when an event gets a field; none is ever taken away or changed."""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))

    for kind, shapes in golden.items():
        for written in shapes:
            raw = json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode()
            assert codec.dump(codec.load(codec.EVENTS[kind], raw)) == raw, kind
    assert golden.keys() == codec.EVENTS.keys()


def test_the_fields_of_every_event_are_in_a_golden_shape() -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    for kind, shapes in golden.items():
        written = {name for shape in shapes for name in shape}
        declared = {f.name for f in dataclasses.fields(codec.EVENTS[kind])}
        assert written == declared, kind


def full(kind: Any, name: str = "x") -> Any:
    """A value in which every field has something other than its default."""
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{f.name: full(hints[f.name], f.name) for f in dataclasses.fields(kind)})
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return (full(arguments[0], name),)
    if origin is not None and issubclass(origin, typing.Mapping):
        return {"key": full(arguments[1], name)}
    if arguments:
        return full(arguments[-1] if arguments[-1] is not type(None) else arguments[-2], name)
    simple: dict[Any, Any] = {
        str: name, int: 7, bool: True, datetime: AT, date: date(2026, 5, 4),
    }  # fmt: skip
    return simple[kind] if kind in simple else list(kind)[-1]


def _records(kinds: Any) -> set[Any]:
    found: set[Any] = set()
    queue = list(kinds)
    while queue:
        kind = queue.pop()
        if dataclasses.is_dataclass(kind) and kind not in found:
            found.add(kind)
            queue += typing.get_type_hints(kind).values()
        else:
            queue += typing.get_args(kind)
    return found


if __name__ == "__main__":  # writes the shapes of today beside those of every earlier day
    known = json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.exists() else {}
    for name, event in sorted(codec.EVENTS.items()):
        shape = json.loads(codec.dump(full(event)))
        shapes = known.setdefault(name, [])
        if shape not in shapes:
            shapes.append(shape)
    GOLDEN.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
