"""Decide which control takes the answer to a fact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from innocities_engine.web.ask import Field

if TYPE_CHECKING:
    from innocities_engine.domain.definition import Fact
    from innocities_engine.web.ask import Teller

_INPUTS: Final[Mapping[str, str]] = {
    "date": "date", "text": "prose", "choice": "choice", "choices": "choices", "yes_no": "choice",
}  # fmt: skip


def of_fact(t: Teller, fact: Fact, name: str) -> Field:
    """A control under a name, labelled by the question."""
    label = t.text(fact.question) or t.text(fact.title) or fact.id
    kind = _INPUTS.get(fact.type.value, "line")
    if kind == "choice" and not fact.choices:
        return Field(name, label, kind, tuple((v, t.say(f"words.{v}")) for v in ("yes", "no")))
    if kind in ("choice", "choices"):
        return Field(name, label, kind, tuple((choice, choice) for choice in fact.choices))
    expected = {"choices": ", ".join(fact.choices), "currency": fact.currency}
    hint = t.say(f"expected.{fact.type.value}", **expected)
    return Field(name, label, kind, hint=f"{hint[:1].upper()}{hint[1:]}.")
