"""What links a project with those of other organisations: what is shared of it, who has taken it
over, what it was taken over from and which papers came along; as data, and on its page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from innocities_engine import wording
from innocities_engine.cli import happenings, layout

if TYPE_CHECKING:
    from innocities_engine.cli.teller import Teller

Plain = dict[str, Any]


def links(t: Teller) -> Plain:
    """The links both ways."""
    p = t.project
    adopted, shared = p.adopted, p.shared
    return {
        "adopted": adopted and {
            "organisation": adopted.organisation,
            "shared": adopted.shared,
            "title": adopted.title,
            "about": adopted.about,
            "lessons": list(adopted.lessons),
        },
        "shared": shared and {
            "id": shared.id,
            "title": shared.title,
            "on": t.s.day_of(shared.at).isoformat(),
            "versions": dict(shared.versions),
        },
        "adoptions": [
            {"organisation": x.organisation, "on": t.s.day_of(x.at).isoformat()}
            for x in p.adoptions
        ],
    }  # fmt: skip


def inherited(t: Teller) -> list[Plain]:
    """The papers it began with. `there`: their number where they come from."""
    return [
        {
            "artefact": version.artefact,
            "title": t.title(version.artefact),
            "name": happenings.handed_in(version),
            "there": version.source.n,
        }
        for held in t.project.versions.values()
        for version in held
        if version.source is not None
    ]


# ---------------------------------------------------------------- on the page


def told(t: Teller, project: Plain) -> Iterator[str]:
    """The links in sentences."""
    if adopted := project["adopted"]:
        values = {"title": adopted["title"], "organisation": adopted["organisation"]}
        yield t.say("page.adopted", **values)
    if shared := project["shared"]:
        yield t.say("page.shared", title=shared["title"], day=_day(t, shared["on"]))
    if project["adoptions"]:
        who = [f"{x['organisation']} ({_day(t, x['on'])})" for x in project["adoptions"]]
        yield t.say("page.adoptions", who=wording.listed(t.language, who))


def _day(t: Teller, iso: str) -> str:
    return wording.short_day(t.language, date.fromisoformat(iso))


def papers(t: Teller, found: Iterable[Plain]) -> list[str]:
    """The papers that came along, one a line."""
    rows = [(p["title"], t.say("page.version_there", n=p["there"], name=p["name"])) for p in found]
    return layout.table(rows, indent=2)


def lessons(adopted: Mapping[str, Any] | None) -> list[str]:
    """What whoever shared it says of it, point by point."""
    said = [adopted["about"], *adopted["lessons"]] if adopted else []
    points = [wording.visible(" ".join(text.split())) for text in said if text]
    return [line for point in points for line in layout.paragraph(f"– {point}", indent=2, hang=2)]
