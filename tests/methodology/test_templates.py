"""What the document templates promise: one for each artefact in each language of its method, none
without a use, each with a title, a line on who writes it and which gate asks, guidance under every
heading and a checklist. Whether the guidance is good is for a reader to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from innocities_engine.library import SHIPPED, Library

TEMPLATES = SHIPPED / "templates"
Tree = dict[str, Any]


@cache
def methods() -> dict[str, Tree]:
    """Every shipped method in its resolved form, by id and version."""
    library = Library()
    return {
        f"{name} {version}": library.resolved(name, version) for name, version, _ in library.ids()
    }


def asked(gate: Tree) -> set[str]:
    outcomes = gate.get("outcomes", {}).values()
    needs = [gate.get("needs", {}), *(o.get("needs", {}) for o in outcomes)]
    return {need for group in needs for need in group}


def gates_that_ask(name: str, artefact: str) -> set[str]:
    return {gate for gate, said in methods()[name]["gates"].items() if artefact in asked(said)}


def named(who: Any) -> set[str]:
    """The roles that a Who speaks of, conditions aside."""
    if isinstance(who, dict):
        return set().union(*(named(v) for k, v in who.items() if k != "when"))
    return set().union(*map(named, who)) if isinstance(who, list) else {str(who)}


def writers(name: str, artefact: str, language: str) -> set[str]:
    tree = methods()[name]
    titles = (tree["roles"][r]["title"][language] for r in named(tree["artefacts"][artefact]["by"]))
    return {str(title).partition(" (")[0].casefold() for title in titles}


def uses() -> Iterator[tuple[str, str, str]]:
    """Method, artefact, and the template it needs: one for each language of the method."""
    for name in methods():
        for artefact, said in methods()[name].get("artefacts", {}).items():
            for language in methods()[name]["languages"]:
                template = str(said.get("template", "no template")).removeprefix("templates/")
                yield name, artefact, f"{language}/{template}"


@cache
def written() -> dict[str, str]:
    return {
        path.relative_to(TEMPLATES).as_posix(): path.read_text("utf-8")
        for path in sorted(TEMPLATES.glob("*/*.md"))
    }


def sections(text: str) -> list[tuple[str, str]]:
    """The headings of a template, each with what stands under it, subheadings included."""
    parts = re.split(r"^(##+ .+)$", text, flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


each_template = pytest.mark.parametrize("name", sorted(written()))


def test_every_artefact_has_a_template_in_every_language_of_its_method() -> None:
    assert methods()
    assert [use for use in uses() if use[2] not in written()] == []


def test_every_template_is_used_by_a_method() -> None:
    assert sorted(written().keys() - {template for _, _, template in uses()}) == []


def test_no_two_templates_say_the_same() -> None:
    seen: dict[str, str] = {}
    for name, text in written().items():
        body = " ".join(text.split("\n", 1)[1].split())
        assert seen.setdefault(body, name) == name


def test_a_template_bears_the_title_that_a_method_gives_its_document() -> None:
    titles: dict[str, set[str]] = {}
    for name, artefact, template in uses():
        title = methods()[name]["artefacts"][artefact]["title"][template.partition("/")[0]]
        titles.setdefault(template, set()).add(f"# {title}")
    strangers = [t for t in titles if written()[t].partition("\n")[0] not in titles[t]]
    assert strangers == []


def test_a_template_names_a_gate_that_asks_for_it() -> None:
    unnamed = []
    for name, artefact, template in uses():
        asking = gates_that_ask(name, artefact)
        opening = written()[template].partition("\n## ")[0]
        if asking and not any(re.search(rf"\b{gate}\b", opening) for gate in asking):
            unnamed.append((name, template, sorted(asking)))
    assert unnamed == []


def test_a_template_names_somebody_who_owns_the_document() -> None:
    unnamed = []
    for name, artefact, template in uses():
        opening = written()[template].partition("\n## ")[0].casefold()
        owners = writers(name, artefact, template.partition("/")[0])
        if not any(owner in opening for owner in owners):
            unnamed.append((name, template, sorted(owners)))
    assert unnamed == []


@each_template
def test_a_template_opens_with_a_title_and_a_line_on_who_writes_it(name: str) -> None:
    title, blank, opening, then = written()[name].split("\n")[:4]
    assert re.fullmatch(r"# \S.*", title)
    assert (blank, then) == ("", "")
    assert re.fullmatch(r"\*[^*]+\*", opening)


@each_template
def test_every_heading_of_a_template_has_something_under_it(name: str) -> None:
    found = sections(written()[name])
    assert len(found) >= 5
    for (heading, body), following in zip(found, [*found[1:], ("", "")], strict=True):
        assert body.strip() or following[0].startswith("###"), heading


@each_template
def test_a_template_guides_and_ends_with_a_checklist(name: str) -> None:
    *before, (heading, checks) = sections(written()[name])
    assert sum(">" in body for _, body in before) * 2 >= len(before)
    assert re.match(r"## (Sjekkliste|Checklista|Checklist)\b", heading)
    assert all(line.startswith("- [ ] ") for line in checks.strip().split("\n"))
    assert checks.count("- [ ] ") >= 3


@each_template
def test_a_template_is_plain_text_of_a_size_one_reads(name: str) -> None:
    text = written()[name]
    assert 25 <= len(text.splitlines()) <= 70
    assert text.endswith("\n") and not text.endswith("\n\n")
    assert not re.search(r"\{\{|\{%|<\w|[ \t]+$|\t", text, flags=re.MULTILINE)
