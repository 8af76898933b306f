"""What happens around the projects of the demonstration once they have been played: commands as
anybody would type them, in the workspace that was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TABLES: Final = Path(__file__).parent / "tables"  # are laid into the workspace first


@dataclass(frozen=True, slots=True)
class Act:
    """`days`: after the one before; what it shows is told by its id."""

    id: str
    days: int
    commands: Sequence[Sequence[str]]


ACTS: Final = (
    Act(
        "import",
        7,
        (
            (
                "project",
                "import",
                "{workspace}/tables/running.csv",
                "--method",
                "innocities-sverige",
            ),
        ),
    ),
    Act(
        "round",
        3,
        (
            ("methodology", "publish", "{workspace}/tables/ideas.yaml"),
            ("project", "import", "{workspace}/tables/ideas.csv", "--method", "ideer"),
            (
                *("project", "each", "--method", "ideer", "--yes", "--as", "cecilia"),
                *("--json", "--", "present", "urval"),
            ),
            ("round", "open", "urval"),
            ("round", "take", "urval", "--reason", "Störst nytta", "--as", "lars"),
        ),
    ),
    Act("leave", 14, (("person", "leave", "johan", "--to", "mona", "--reason", "Nytt arbete"),)),
    Act(
        "adoption",
        5,
        (
            (
                *("project", "share", "Landstrøm", "innsiktsrapport", "prosjektforslag"),
                *("--theme", "energi", "--about", "Skip ved kai kobler seg til strømnettet"),
                *("--lesson", "Spør nettselskapet om effekt før rederiene om interesse"),
                *("--organisation", "skjaervik-havn"),
            ),
            ("project", "shared", "landstrøm"),
            (
                *(
                    "project",
                    "adopt",
                    "Landstrøm",
                    "innocities-sverige",
                    "Landström i gamla hamnen",
                ),
                *("--member", "ideeier=cecilia", "--member", "programkoordinator=bjorn"),
                *("--member", "registrator=bjorn", "--reason", "Samma behov som hos grannen"),
            ),
        ),
    ),
)
