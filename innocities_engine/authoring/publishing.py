"""What stands against publishing a method, although it can be used. Whoever publishes may pass over
it with a reason, which stays in the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from innocities_engine.authoring import diff
from innocities_engine.library import order

TOO_NEAR = "version_too_near"


@dataclass(frozen=True, slots=True)
class Objection:
    """`text` names its sentence, `values` go into it."""

    code: str
    text: str
    values: Mapping[str, str]


def too_near(new: Mapping[str, Any], published: Iterable[Mapping[str, Any]]) -> Objection | None:
    """The version says less than what differs from the last one published before it."""
    earlier = [old for old in published if order(old["version"]) < order(new["version"])]
    if not earlier:
        return None
    old = max(earlier, key=lambda one: order(one["version"]))
    bump = diff.demanded(diff.weighed(diff.compare(old, new), old, new))
    if diff.made(old["version"], new["version"]) >= bump:
        return None
    least = diff.least(old["version"], bump)
    values = {"old": old["version"], "new": new["version"], "least": least, "step": bump.name}
    return Objection(TOO_NEAR, f"publish.too_near_{bump.name.lower()}", values)
