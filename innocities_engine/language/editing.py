"""Changes a definition file and leaves everything else as its author wrote it: comments, too, and
how its lines end.
"""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

_WINDOWS = "\r\n"
_WIDE = 1_000_000  # no line is broken that its author left whole


def edited(text: str, edit: Callable[[Any], None]) -> str:
    """The file after `edit` changed its document in place: maps and lists as Python knows them."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _WIDE
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    document = yaml.load(text.replace(_WINDOWS, "\n"))
    edit(document)
    out = StringIO()
    yaml.dump(document, out)
    made = out.getvalue()
    is_windows = 2 * text.count(_WINDOWS) > text.count("\n")
    return made.replace("\n", _WINDOWS) if is_windows else made


def patched(there: Any, before: Any, after: Any) -> Any:
    """What stands in a document, changed as little as it takes to mean `after` and not `before`."""
    if before == after:
        return there
    if isinstance(before, dict) and isinstance(after, dict) and _only_renames(before, after):
        for place, (old, new) in enumerate(zip(before, after, strict=True)):
            value = patched(there[old], before[old], after[new])
            if old == new:
                there[old] = value
            else:
                del there[old]
                there.insert(place, new, value)
        return there
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (old, new) in enumerate(zip(before, after, strict=True)):
            there[place] = patched(there[place], old, new)
        return there
    return after


def _only_renames(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether each key stands where it stood, under its name or a new one that nothing else had."""
    pairs = list(zip(before, after, strict=False))
    return len(before) == len(after) and all(a == b or b not in before for a, b in pairs)
