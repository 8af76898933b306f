"""Letters of every kind about a project that does not exist, to see how they read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from notifications.messages import Message, News, Reader, write
from notifications.templating import spoken

_SAMPLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "sv": {
        "project": "Smart parkering i hamnen",
        "thing": "Beslutsunderlag",
        "gate": "Konceptval",
        "outcome": "Gå vidare",
        "phase": "Förstudie",
        "role": "projektledare",
        "reason": "Nollmätningen saknas.",
    },
    "nb": {
        "project": "Smart parkering i havna",
        "thing": "Beslutningsgrunnlag",
        "gate": "Konseptvalg",
        "outcome": "Gå videre",
        "phase": "Forprosjekt",
        "role": "prosjektleder",
        "reason": "Nullpunktsmålingen mangler.",
    },
    "en": {
        "project": "Smart parking at the port",
        "thing": "Decision paper",
        "gate": "Concept choice",
        "outcome": "Go",
        "phase": "Pre-study",
        "role": "project manager",
        "reason": "The baseline is missing.",
    },
}
# What comes from another organisation is about no gate.
_OTHERWISE: Final[Mapping[str, Mapping[str, Any]]] = {
    "adopted": {"by": "Fjordby kommune", "gate": "", "gate_id": "", "reason": ""},
    "migrated": {"thing": "1.1.0", "gate": "", "gate_id": "", "reason": ""},
}
_WITHOUT_DATE: Final = frozenset(
    {
        "decided",
        "returned",
        "appointed",
        "overridden",
        "undelivered",
        "role_empty",
        "commented",
        "corrected",
        "adopted",
        "migrated",
        "voice_fell",
        "voice_stands",
    }
)


def preview(kind: str, language: str, today: date, base_url: str = "") -> Message:
    """Write a letter of a kind about a project that does not exist."""
    spoken_language = spoken(language)
    sample = {
        "kind": kind,
        "project_id": "p-1",
        "gate_id": "G1",
        "holds": _SAMPLES[spoken_language]["gate"],
        "owner": "Astrid Öberg",
        "by": "Bjørn Dahl",
        "due": None if kind in _WITHOUT_DATE else today,
        "on": today,
        **_SAMPLES[spoken_language],
        **_OTHERWISE.get(kind, {}),
    }
    reader = Reader(
        name="Astrid Öberg",
        language=spoken_language,
        organisation="Hamnkommunen",
        stand_ins=("Cecilia Ek",),
        others=("Bjørn Dahl",),
    )
    return write([News(**sample)], reader, today, base_url)
