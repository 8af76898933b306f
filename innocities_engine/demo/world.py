"""The fictional organisations of the demonstration. Nobody here is real."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from innocities_engine.store.people import Organisation, Person

FIRST_DAY = date(2026, 9, 1)
YEARS = 5
AT_THE_START = (
    "ideeier", "programkoordinator", "registrator", "namndsekreterare", "bolagssekreterare",
    "styreleder", "kommunedirektor", "presidium", "havnedirektor", "vd", "styringsgruppe",
)  # fmt: skip

NAMES = {
    "astrid": "Astrid Almqvist",
    "bjorn": "Bjørn Brattli",
    "cecilia": "Cecilia Cederfält",
    "david": "David Dalsmyr",
    "eva": "Eva Ekhamn",
    "frode": "Frode Fjordvik",
    "gunilla": "Gunilla Granlund",
    "hakon": "Håkon Havnes",
    "ingrid": "Ingrid Isfjell",
    "johan": "Johan Järnäng",
    "kari": "Kari Kystad",
    "lars": "Lars Lövmark",
    "mona": "Mona Myrvang",
    "nils": "Nils Norrsken",
    "oda": "Oda Ottersvik",
    "petter": "Petter Porsvik",
}


@dataclass(frozen=True, slots=True)
class World:
    """An organisation, the methods it follows, and who holds which role once it is filled.

    meetings: where they are not the usual ones.
    """

    organisation: Organisation
    method: str
    language: str
    company: Mapping[str, tuple[str, ...]]
    manager: str = "astrid"
    programme: str = ""
    meetings: Mapping[str, tuple[date, ...]] = field(default_factory=dict)

    @property
    def people(self) -> Iterator[Person]:
        domain = f"{self.organisation.id}.example"
        for id_, name in NAMES.items():
            more = {"manager", "administrator", "author"} if id_ == self.manager else set()
            yield Person(
                id=id_,
                name=name,
                address=f"{id_}@{domain}",
                language=self.language,
                rights=frozenset({"member", *more}),
            )


def _every(weekday: int, weeks: int) -> tuple[date, ...]:
    """A meeting every so many weeks on this weekday, none in July."""
    day = FIRST_DAY + timedelta(days=28 + (weekday - FIRST_DAY.weekday()) % 7)
    days = [day + timedelta(weeks=weeks * i) for i in range(52 * YEARS // weeks)]
    return tuple(d for d in days if d.month != 7)


MEETINGS = {
    "styringsgruppe": _every(2, 4),
    "havnestyre": _every(3, 6),
    "eiermote": _every(4, 12),
    "namnd": _every(1, 4),
    "kommunstyrelse": _every(2, 4),
    "kommunfullmaktige": _every(0, 8),
    "styrelse": _every(3, 6),
    "agare": _every(4, 12),
}

_BOARD = ("david", "eva", "frode")
_ELECTED = ("gunilla", "hakon", "ingrid")

_SHARED = {
    "ideeier": ("cecilia",),
    "programkoordinator": ("bjorn",),
    "prosjektleder": ("johan",),
    "prosjekteier": ("kari",),
    "linjeleder": ("lars",),
    "styringsgruppe": _BOARD,
    "akademia": ("mona",),
}

SWEDISH = {
    "effekthemtagningsansvarig": ("nils",),
    "effektuppfoljare": ("mona",),
    "registrator": ("bjorn",),
}

MUNICIPALITY = World(
    Organisation(
        id="nordvik",
        name="Nordviks kommun (påhittad)",
        country="SE",
        zone="Europe/Stockholm",
        language="sv",
        quiet=("22 June..15 August",),
        fallback="astrid",
    ),
    method="innocities-sverige",
    language="sv",
    company={
        **_SHARED,
        **SWEDISH,
        "kommunen": ("astrid",),
        "naeringsliv": ("nils",),
        "innbyggere": ("cecilia",),
        "kommunedirektor": ("lars",),
        "verksamhetschef": ("kari",),
        "forvaltningschef": ("lars",),
        "namnd": _ELECTED,
        "kommunstyrelse": _ELECTED,
        "kommunfullmaktige": (*_ELECTED, "frode"),
        "namndsekreterare": ("eva",),
        "presidium": ("gunilla",),
    },
)

PORT = World(
    Organisation(
        id="skjaervik-havn",
        name="Skjærvik Havn IKS (oppdiktet)",
        country="NO",
        zone="Europe/Oslo",
        language="nb",
        fallback="astrid",
    ),
    method="smartby-havn",
    programme="smartby-havneprogram",
    meetings={"styringsgruppe": _every(2, 12)},
    language="nb",
    company={
        **_SHARED,
        "gevinstansvarlig": ("nils",),
        "styreleder": ("gunilla",),
        "havnedirektor": ("lars",),
        "havnestyre": _ELECTED,
        "eiermote": _ELECTED,
        "eierkommunene": ("astrid",),
        "havnekunder": ("nils",),
        "naboer": ("cecilia",),
        "rederier": ("hakon",),
        "terminaloperatorer": ("ingrid",),
        "sin_leder": ("oda",),
        "avtaleparter": ("lars", "oda", "petter"),  # the last one for a power company, which leaves
    },
)

ENERGY = World(
    Organisation(
        id="almaforsen",
        name="Almaforsens Energi AB (påhittat)",
        country="SE",
        zone="Europe/Stockholm",
        language="sv",
        quiet=("22 June..15 August",),
        fallback="astrid",
    ),
    method="innocities-energi",
    language="en",
    company={
        **_SHARED,
        **SWEDISH,
        "affarsomradeschef": ("kari",),
        "vd": ("lars",),
        "agarkommunen": ("astrid",),
        "bostadsbolag": ("nils",),
        "natkunder": ("cecilia",),
        "prosumenter": ("hakon",),
        "kommunfullmaktige": (*_ELECTED, "frode"),
        "styrelse": _ELECTED,
        "agare": _ELECTED,
        "bolagssekreterare": ("eva",),
        "styrelseordforande": ("gunilla",),
    },
)

WORLDS = (MUNICIPALITY, PORT, ENERGY)
