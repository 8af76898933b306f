"""A method as a state chart, run by an interpreter that knows nothing of this project: it goes where
the engine's machines go and nowhere else, whatever is sent to it and whatever a method is called.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Final
from xml.etree import ElementTree as ET

import pytest

from innocities_engine import library, wording
from innocities_engine.authoring import scxml
from tests.authoring.charted import NAMESPACE, Chart, Machines
from tests.authoring.charts import NAMES, plain, settings, written

SCXML: Final = f"{{{NAMESPACE}}}"
# What the recommendation allows in what; all that our files have of it.
CHILDREN: Final = {
    "scxml": {"parallel", "final"},
    "parallel": {"state", "transition"},
    "state": {"state", "final", "transition"},
    "final": set[str](),
    "transition": set[str](),
}
ATTRIBUTES: Final = {
    "scxml": {"version", "datamodel", "name", "initial"},
    "parallel": {"id"},
    "state": {"id", "initial"},
    "final": {"id"},
    "transition": {"event", "target", "type"},
}
# Elements of the recommendation: a reader that drops prefixes must not take ours for one of them.
THEIRS: Final = {
    *CHILDREN, "initial", "onentry", "onexit", "history", "raise", "if", "elseif", "else", "foreach",
    "log", "datamodel", "data", "assign", "donedata", "content", "param", "script", "send", "cancel",
    "invoke", "finalize",
}  # fmt: skip
HOSTILE: Final = (
    "--></scxml><!--", "]]>", "<script>alert(1)</script>", "&amp;&lt;&#0;&xxe;", "\"' onload='x",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>", "\u202eevil", "line\nbreak\ttab\r", "\x00\x7f\x85",
    "\ufffe\uffff", "<?php evil ?>", "漢字 🏙", "{{7*7}}", "--", "-", " ",
)  # fmt: skip


# ---------------------------------------------------------------- a file as it should be


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_scxml_and_nothing_in_it_is_left_to_guess(name: str) -> None:
    root = ET.fromstring(written(name))
    ids = [each.attrib["id"] for each in root.iter() if each.tag in (
        f"{SCXML}state", f"{SCXML}parallel", f"{SCXML}final")]  # fmt: skip
    assert root.tag == f"{SCXML}scxml"
    assert (root.get("version"), root.get("datamodel")) == ("1.0", "null")
    assert root.attrib["name"].isidentifier()
    assert len(set(ids)) == len(ids)
    for element in root.iter(f"{SCXML}*"):
        kind = element.tag.removeprefix(SCXML)
        inner = {child.tag.removeprefix(SCXML) for child in element if SCXML in child.tag}
        assert inner <= CHILDREN[kind], element.attrib
        own = {key for key in element.attrib if not key.startswith("{")}
        assert own <= ATTRIBUTES[kind], element.attrib
        below = [each.get("id") for each in element.iter() if each is not element]
        assert element.get("initial", below[0] if below else None) in (*below, None)
        assert element.get("target", ids[0]) in ids
        assert element.get("type", "internal") == "internal"
    for transition in root.iter(f"{SCXML}transition"):
        assert len(transition.attrib["event"].split()) == 1
        assert len(transition) == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_reader_that_drops_prefixes_misreads_nothing(name: str) -> None:
    for element in ET.fromstring(written(name)).iter():
        if SCXML not in element.tag:
            assert element.tag.partition("}")[2] not in THEIRS
        for key in element.attrib:
            foreign, _, word = key.rpartition("}")
            assert not foreign or word not in {*set().union(*ATTRIBUTES.values()), "cond"}


def test_one_method_is_one_file_whoever_asks_and_wherever() -> None:
    """In another process, with another seed for sets and another language."""
    program = (
        "import sys; from innocities_engine import library; from innocities_engine.authoring import"
        " scxml; sys.stdout.write(scxml.written(library.Library().resolved('innocities-hamn')))"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "LANG": language, "PYTHONUTF8": "1"},
        ).stdout.decode()
        for seed, language in (("1", "sv_SE.UTF-8"), ("2", "C"))
    ]  # fmt: skip
    assert told == [written("innocities-hamn")] * 2


# ---------------------------------------------------------------- what it says


def test_titles_sources_and_what_is_asked_stand_in_it() -> None:
    root = ET.fromstring(written("smartby-prosjekt"))
    ours = {"i": scxml.OURS}
    asked = plain("smartby-prosjekt")
    assert root.findtext("i:method/i:title[@{http://www.w3.org/XML/1998/namespace}lang='en']",
                         namespaces=ours) == asked["title"]["en"]  # fmt: skip
    method = root.find("i:method", ours)
    assert method is not None
    assert method.get("digest") == library.digest(asked)
    for gate in method.iterfind("i:gate", ours):
        said = asked["gates"][gate.attrib["id"]]
        assert [t.text for t in gate.iterfind("i:title", ours)] == [*said["title"].values()]
        basis = gate.find("i:basis", ours)
        assert basis is not None
        assert (basis.get("kind"), basis.get("source")) == (
            said["basis"]["kind"], said["basis"].get("source"))  # fmt: skip
        rules = json.loads(gate.findtext("i:rules", namespaces=ours) or "")
        assert rules == library.rules(asked)["gates"][gate.attrib["id"]]
        assert [o.get("id") for o in gate.iterfind("i:outcome", ours)] == [*said["outcomes"]]
    for phase, said in asked["phases"].items():
        state = root.find(f".//{SCXML}state[@id='phase.{phase}']")
        assert state is not None
        assert [t.text for t in state.iterfind("i:title", ours)] == [*said["title"].values()]
        assert json.loads(state.findtext("i:rules", namespaces=ours) or "") == (
            library.rules(asked)["phases"][phase])  # fmt: skip


@pytest.mark.parametrize("evil", HOSTILE, ids=ascii)
def test_no_text_of_a_method_gets_out_of_its_place(evil: str) -> None:
    """The tree is the same, whatever the texts are; those that can be shown are there whole."""
    asked = plain("smartby-prosjekt")
    quiet, loud = copy.deepcopy(asked), copy.deepcopy(asked)
    _said(quiet, "x")
    _said(loud, evil)
    shapes = [[*_shape(ET.fromstring(scxml.written(each)))] for each in (quiet, loud)]
    assert shapes[0] == shapes[1]
    text = scxml.written(loud)
    assert wording.visible(text.replace("\n", "")) == text.replace("\n", "")
    told = ET.fromstring(text).findtext(f".//{{{scxml.OURS}}}title")
    assert told == evil or not evil.isprintable()


def _said(value: Any, text: str) -> None:
    """Every title, help and source says this."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("title", "help") and isinstance(inner, dict):
                value[key] = dict.fromkeys(inner, text)
            elif key == "source":
                value[key] = text
            else:
                _said(inner, text)


def _shape(element: ET.Element) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What there is, and of SCXML what it says."""
    for each in element.iter():
        theirs = SCXML in each.tag
        yield each.tag, (*each.attrib, *(each.attrib.values() if theirs else ()))


# ---------------------------------------------------------------- where it goes


@pytest.mark.parametrize("name", NAMES)
def test_every_event_in_every_state_leads_where_the_machines_lead(name: str) -> None:
    """And an event that they refuse, and one that nobody knows, changes nothing."""
    machines = Machines(settings()[name].method, plain(name))
    assert [*machines.misfits(Chart(written(name)))] == []
