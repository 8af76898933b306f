"""Checks of versions: which count, who approves them, what a decision signs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from innocities_engine.domain import artefacts
from innocities_engine.domain import commands as k
from innocities_engine.domain.definition import NeedKind
from innocities_engine.domain.project import VersionStatus
from tests.builders import Walk
from tests.methodology import readying, staging, wanting
from tests.methodology.checking import (
    assert_passes,
    assert_shut,
    check,
    left_by,
    need_named,
)
from tests.methodology.nearly import almost, ready_at
from tests.methodology.readying import ready
from tests.methodology.staging import Given

A_DAY = timedelta(days=1)
Said = Mapping[str, Any] | None


# ---------------------------------------------------------------- versions


@check
def approval_blocks(method: str, gate: str, need: str, role: str) -> None:
    """Handed in is not enough; the role approves, nobody else, and never whoever handed it in."""
    asked = staging.method(method).gates[gate]
    artefact = need_named(staging.method(method), asked, need).of
    left = left_by(staging.method(method), asked, need)
    waiting = wanting.handed_in(almost(method, gate, Given(), left), artefact, wanting.PLAIN)
    assert_shut(waiting, gate, need, left)
    for other, members in waiting.project.members.items():
        for person in members:
            refused = {b.code for b in waiting.refusal(k.Approve(artefact), person)}
            assert refused == (set() if other == role else {"not_entitled"}), person
    giver = waiting.project.versions[artefact][-1].by
    both = waiting.do(k.Assign(role, (giver,)), "starter")
    assert {b.code for b in both.refusal(k.Approve(artefact), giver)} == {"not_entitled"}
    assert_passes(waiting.do(k.Approve(artefact), waiting.members(role)[0]), gate)


@check
def fresh(method: str, gate: str, need: str, since: str, given: Said = None) -> None:
    """An older version does not count; one that is handed in since does."""
    what = staging.given(method, given)
    asked = staging.method(method).gates[gate]
    artefact = need_named(staging.method(method), asked, need).of
    earlier = _before(method, gate, since, what)
    earlier = wanting.handed_in(earlier, artefact, what.wishes())
    walk = _since(earlier, gate, since, what)
    left = left_by(walk.method, asked, need) | {artefact}
    almost = ready(walk, gate, what.wishes(*left))
    version = artefacts.newest(almost.project, artefact)
    assert version is not None
    assert version.at < almost.passage(gate).opened_at
    assert_shut(almost, gate, need, left)
    assert_passes(ready(almost, gate, what.wishes()), gate)


def _before(method: str, gate: str, since: str, what: Given) -> Walk:
    """A place before the moment since which versions count."""
    if since == "the instance before":
        return ready(staging.at(method, gate), gate, what.wishes())
    chosen = staging.method(method)
    before = (
        since if since in chosen.gates else staging.gate_into(chosen, chosen.gates[gate].phases[0])
    )
    return ready(staging.at(method, before), before)


def _since(earlier: Walk, gate: str, since: str, what: Given) -> Walk:
    if since == "the instance before":
        earlier = readying.passed(earlier, gate, what.wishes())
    walk = readying.arrived(earlier, gate, what.wishes())
    return staging.said(walk, what.facts)


@check
def signed(method: str, gate: str, need: str, supersedes: str = "") -> None:
    """Passing signs the exact version, the newest; an earlier baseline is superseded."""
    walk = ready_at(method, gate)
    artefact = need_named(walk.method, walk.method.gates[gate], need).of
    walk = wanting.handed_in(walk, artefact, wanting.PLAIN)
    assert walk.project.versions[artefact][-1].status is VersionStatus.SUBMITTED
    old = artefacts.baseline(walk.project, supersedes) if supersedes else None
    assert (old is not None) is bool(supersedes), f"{supersedes} was never signed"
    after = assert_passes(walk, gate)
    versions = after.project.versions[artefact]
    assert versions[-1].status is VersionStatus.SIGNED
    assert versions[-1].signed_by == walk.passage(gate).key
    assert [v.n for v in versions if v.status is VersionStatus.SIGNED] == [versions[-1].n]
    if old is not None:
        assert after.project.versions[supersedes][old.n - 1].status is VersionStatus.SUPERSEDED
        assert artefacts.baseline(after.project, supersedes) is None


@check
def first_done(
    method: str, gate: str, need: str, ways: Sequence[Mapping[str, Any]], given: Said = None
) -> None:
    """Of several ways to meet a need each is enough."""
    what = staging.given(method, given)
    chosen = staging.method(method)
    papers = [way["submit"] for way in ways]
    left = left_by(chosen, chosen.gates[gate], need, *papers)
    shut = almost(method, gate, what, left)
    assert_shut(shut, gate, need, left)
    for way in ways:
        artefact = chosen.artefacts[way["submit"]]
        assert_passes(wanting.submitted(shut, artefact, staging.all_raw(way.get("form", {}))), gate)
        for fact, value in way.get("form", {}).items():
            assert isinstance(value, bool)
            unsaid = wanting.submitted(shut, artefact, {fact: not value})
            assert_shut(unsaid, gate, need, left)


@check
def gate_need(
    method: str,
    gate: str,
    need: str,
    outcomes: Sequence[str],
    given: Said = None,
    not_: Sequence[str] = (),
) -> None:
    """Shut until the other gate is settled by one of these outcomes."""
    what = staging.given(method, given)
    chosen = staging.method(method)
    definition = need_named(chosen, chosen.gates[gate], need)
    assert definition.kind is NeedKind.GATE
    left = left_by(chosen, chosen.gates[gate], need)
    shut = almost(method, gate, what, left)
    assert_shut(shut, gate, need, left)
    for outcome in not_:
        against = readying.passed(shut, definition.of, what.wishes(), outcome)
        assert_shut(against, gate, need, left)
    for outcome in outcomes:
        assert_passes(readying.passed(shut, definition.of, what.wishes(), outcome), gate)
