"""Checks the texts of a method: whether what people see can be read, and is said in every language
that the definition declares. Who declares a language must write it; a text that came from below is
only warned of.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from innocities_engine.domain.legible import says_nothing
from innocities_engine.domain.worded import Worded
from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS, METHODOLOGY
from innocities_engine.language.faults import Faults, Path, all_of
from innocities_engine.language.nodes import Node
from innocities_engine.language.phrases import TEXTS
from innocities_engine.language.shapes import Shape

_MUST: Final = ("title", "question", "do")
_TITLED: Final = ("roles", "artefacts", "phases", "gates")


def check_texts(tree: Node, faults: Faults) -> None:
    for path, node in texts_in(tree, METHODOLOGY, ()):
        _unseen(path, node, faults)
    languages = tree.get("languages")
    if languages is None:
        return
    wanted = [node.text for node in languages.items]
    for path, node in texts_in(tree, METHODOLOGY, ()):
        missing = [
            language
            for language in wanted
            if language not in node.map or not node.map[language].text
        ]
        if missing:
            _missing(path, node, missing, languages.mark.file, faults)
    for section in _TITLED:
        for name, thing in (tree.map[section].map if section in tree.map else {}).items():
            if "title" not in thing.map:
                message = Worded("{name} has no title.", name=name)
                hint = Worded("Add `title` in every language.")
                faults.error("no-title", message, (section, name), hint=hint)


def _unseen(path: Path, node: Node, faults: Faults) -> None:
    for language, said in node.map.items():
        if isinstance(said.value, str) and said.text and says_nothing(said.text):
            message = Worded(
                "The {facet} in {language} holds nothing that can be seen.",
                facet=path[-1],
                language=language,
            )
            hint = Worded("Write at least one letter or digit.")
            faults.error("unseen-text", message, (*path, language), hint=hint)


def _missing(path: Path, node: Node, missing: list[str], declared_in: str, faults: Faults) -> None:
    here = node.mark.file == declared_in
    tell = faults.error if here and path[-1] in _MUST else faults.warning
    message = Worded(
        "The {facet} is missing in: {languages}.", facet=path[-1], languages=all_of(missing)
    )
    hint = Worded(
        "Add `{language}: …`, or take the language out of `languages`.", language=missing[0]
    )
    tell("missing-language", message, path, hint=hint)


def texts_in(node: Node, shape: Shape, path: Path) -> Iterable[tuple[Path, Node]]:
    """Every map of texts by language, with its path."""
    match shape:
        case sh.Ref() if shape == TEXTS:
            if isinstance(node.value, dict):
                yield path, node
        case sh.Ref():
            yield from texts_in(node, DEFINITIONS[shape.name], path)
        case sh.Record():
            for key, child in node.map.items():
                if key in shape.facets:
                    yield from texts_in(child, shape.facets[key][0], (*path, key))
        case sh.MapOf():
            for key, child in node.map.items():
                yield from texts_in(child, shape.special.get(key, shape.item), (*path, key))
