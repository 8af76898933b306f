"""Decide what is told of a method that is published: what differs from the version that came before
it, whether its number says so, and the note that goes with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from innocities_engine import wording
from innocities_engine.authoring import diff as diffs
from innocities_engine.authoring.diff import Consequence
from innocities_engine.cli import differing, methods
from innocities_engine.cli.console import Console
from innocities_engine.cli.differing import Differences

if TYPE_CHECKING:
    from innocities_engine.authoring.verify import Report
    from innocities_engine.store.definitions import Published

TOO_NEAR: Final = "version-too-near"
UNPROVED: Final = "not-verified"


def since(console: Console, new: dict[str, Any]) -> Differences | None:
    """What differs from the newest version that was published here before; None for the first."""
    known = [p.version for p in console.office.published(console.home.id) if p.id == new["id"]]
    earlier = [v for v in known if methods.order(v) < methods.order(new["version"])]
    if not earlier:
        return None
    old = methods.resolved(console, new["id"], max(earlier, key=methods.order))
    weighed = diffs.weighed(diffs.compare(old, new), old, new)
    return Differences(old, new, weighed, diffs.demanded(weighed))


def too_near(console: Console, found: Differences | None) -> str:
    """What to say where the number says less than what differs; "" where it says enough."""
    if found is None or not found.is_too_near:
        return ""
    old, new = found.old["version"], found.new["version"]
    said = f"publish.too_near_{found.bump.name.lower()}"
    return console.say(said, old=old, new=new, least=diffs.least(old, found.bump))


def passed_over(against: str, unproved: Report | None) -> list[str]:
    """What a reason was given for, as it stays on the record."""
    return [*([TOO_NEAR] if against else []), *([UNPROVED] if unproved else [])]


def data(console: Console, found: Differences | None) -> dict[str, Any]:
    return {"since": differing.data(console, found) if found else None}


def lines(
    console: Console, kept: Published, over: Sequence[str], found: Differences | None
) -> Iterator[str]:
    """That it is published, how much has changed since which version, and what was passed over."""
    yield console.say("done.published", id=kept.id, version=kept.version, digest=kept.digest)
    if found is not None:
        yield console.say(
            "publish.since", old=found.old["version"], summary=differing.summary(console, found)
        )
    if UNPROVED in over:
        yield console.say("verify.overridden")


def note(found: Differences | None, new: dict[str, Any]) -> str:
    """What has changed, for those who follow the method; in the first of its languages we speak."""
    language = wording.spoken(new["languages"][0])
    told = [f"# {new['id']} {new['version']}", ""]
    if found is None:
        return "\n".join([*told, wording.say(language, "publish.first"), ""])
    if not found.found:
        return "\n".join([*told, wording.say(language, "diff.same"), ""])
    known = [each for each in found.found if each.consequence is not Consequence.TEXT]
    rules = Differences(found.old, found.new, known, found.bump)
    told += [wording.say(language, "publish.changed", old=found.old["version"]), ""]
    told += [f"* {sentence}" for sentence in differing.sentences(language, rules)]
    if texts := len(found.found) - len(known):
        told.append(f"* {wording.say(language, 'rebase.texts', n=texts)}")
    return "\n".join([*told, ""])
