"""Puts a rebased overlay into its author's file, with all that the author wrote beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from innocities_engine.authoring.rebase.merging import Operation, Rebased, operations_of
from innocities_engine.language.editing import edited, patched


def written(
    text: str, overlay: Mapping[str, Any], done: Rebased, *, base: Mapping[str, Any], version: str
) -> str:
    """The file of the overlay after it was put on `base`, as `version` of itself.

    A change that says nothing any more goes, with its reason.
    """
    said = {each.name: each for each in operations_of(overlay)}

    def edit(document: Any) -> None:
        document["version"] = patched_text(document["version"], version)
        extends = document["extends"]
        extends["id"] = patched_text(extends["id"], base["id"])
        extends["version"] = patched_text(extends["version"], base["version"])
        for change in document["changes"]:
            for n in range(len(change["operations"]), 0, -1):
                name = f"{change['id']}/{n}"
                became = done.operations[name]
                if became is None:
                    del change["operations"][n - 1]
                elif became != said[name]:
                    _put(change["operations"][n - 1], said[name], became)
        for place in range(len(document["changes"]) - 1, -1, -1):
            if not document["changes"][place]["operations"]:
                del document["changes"][place]

    return edited(text, edit)


def patched_text(there: Any, text: str) -> Any:
    """The text in the quotes that stood there."""
    return type(there)(text) if str(there) != text else there


def _put(there: Any, before: Operation, after: Operation) -> None:
    if before.word != after.word:
        there.insert(0, after.word, there.pop(before.word))
    there[after.word] = patched_text(there[after.word], "/".join(after.path))
    if before.value != after.value:
        there["value"] = patched(there["value"], before.value, after.value)
    if before.to != after.to:
        there["to"] = patched_text(there["to"], after.to)
