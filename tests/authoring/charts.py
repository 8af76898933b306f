"""Which methods are exported and held to what projects do, and the faults an export might have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

from innocities_engine import library
from innocities_engine.authoring import scxml
from tests.authoring.charted import NAMESPACE
from tests.histories import recording
from tests.histories.recording import Setting

CROSSING: Final = "crossing"
SCXML: Final = f"{{{NAMESPACE}}}"


@cache
def settings() -> dict[str, Setting]:
    """Every method that ships, programmes too, and every method of the tests."""
    walked = [setting for setting, _ in recording.settings()]
    raw = library.resolved(Path(__file__).parent / "methods" / f"{CROSSING}.yaml")
    crossing = recording.setting_of(CROSSING, raw, library.compile_resolved(raw))
    return {s.name: s for s in (*walked, *recording.programmes(), crossing)}


def plain(name: str) -> dict[str, Any]:
    return dict(settings()[name].definition)


@cache
def written(name: str) -> str:
    return scxml.written(plain(name))


NAMES: Final = (*settings(),)


# ---------------------------------------------------------------- faults it would have


@dataclass(frozen=True)
class Fault:
    """A file in which one thing is wrong. `way`: the state and the event it concerns, if it does."""

    told: str
    text: str
    way: tuple[str, str] | None = None


def faulty(text: str) -> Iterator[Fault]:
    """The file with one fault each."""
    root = ET.fromstring(text)
    kinds = {f"{SCXML}{kind}" for kind in ("state", "final")}
    places = [each.attrib["id"] for each in root.iter() if each.tag in kinds]
    for n, element in enumerate(root.iter()):
        match element.tag.removeprefix(SCXML):
            case "transition":
                home = next(each.attrib["id"] for each in root.iter() if element in [*each])
                way = home, element.attrib["event"]
                for told, attributes in _astray(element, home, places, n):
                    yield Fault(told, _changed(text, n, attributes), way)
            case "final":
                yield Fault(f"passes {element.get('id')}", _changed(text, n, {}, tag="state"))
            case "state" if element.get("initial", "project").partition(".")[0] != "running":
                others = [each.attrib["id"] for each in element if "id" in each.attrib]
                other = next((o for o in others if o != element.get("initial")), None)
                if other is not None:
                    yield Fault(f"begins at {other}", _changed(text, n, {"initial": other}))


def _astray(
    element: ET.Element, home: str, places: list[str], n: int
) -> Iterator[tuple[str, dict[str, str] | None]]:
    """A way forgotten, called otherwise, led elsewhere, or out of a state and into it again."""
    target = element.get("target", home)
    elsewhere = [p for p in places if p.partition(".")[2] != target.partition(".")[2]]
    yield "forgets", None
    yield "calls otherwise", {"event": f"no.{element.get('event')}"}
    yield "leads astray", {"target": elsewhere[n % len(elsewhere)], "type": ""}
    if element.get("type") == "internal":
        yield "enters anew", {"type": ""}


def _changed(text: str, n: int, attributes: dict[str, str] | None, tag: str = "") -> str:
    """Without the n-th element, or with other attributes."""
    root = ET.fromstring(text)
    element = [*root.iter()][n]
    if attributes is None:
        parent = next(each for each in root.iter() if element in [*each])
        parent.remove(element)
    else:
        kept = element.attrib | attributes
        element.attrib.clear()
        element.attrib.update({key: value for key, value in kept.items() if value})
        element.tag = SCXML + tag if tag else element.tag
    return ET.tostring(root, encoding="unicode")
