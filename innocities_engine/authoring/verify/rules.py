"""V5: every rule can be true and can be false, and alternatives have neither gap nor overlap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from innocities_engine.authoring.verify import slots
from innocities_engine.authoring.verify.findings import Claim, Finding, Line, Story
from innocities_engine.authoring.verify.hands import Hands
from innocities_engine.authoring.verify.reaching import taken_of
from innocities_engine.authoring.verify.sites import Site, site_at, sites
from innocities_engine.authoring.verify.states import Explored
from innocities_engine.domain import mentions, predicates
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.grammar import (
    AdviceTest,
    Alternative,
    Choose,
    CriteriaTest,
    FactTest,
    GateTest,
    RoleTest,
    ScoreTest,
    Test,
)
from innocities_engine.domain.situation import Scope, Situation

Shows: TypeAlias = Callable[[Situation, Choose[Any], Scope], tuple[str, ...]]
FREE: Final = (FactTest, RoleTest)  # what people may make so in every state alike


def constant_rules(found: Explored) -> Iterator[Finding]:
    """Rules that hold never, or always, wherever a project may stand."""
    taken = taken_of(found)
    for site in sites(found.world.method):
        if site.rule is None:
            continue
        tests = list(mentions.tests(found.world.method, site.rule))
        if not tests or _is_setting(found.world.method, tests) or not _come_about(tests, taken):
            continue
        seen = _values(found, site, tests)
        if seen is None:
            continue
        params = {"place": ".".join(site.path)}
        if True not in seen:
            yield Finding("V5", "never_true", site.path, params)
        elif False not in seen and site.path[-1] != "done":
            yield Finding("V5", "never_false", site.path, params)


def judged_at(method: Methodology, rule: Finding) -> set[str]:
    """The gates at which somebody has to judge for a rule to be known."""
    found = site_at(method, rule.path).rule
    tests = mentions.tests(method, found) if found is not None else ()
    return {t.gate for t in tests if isinstance(t, CriteriaTest | ScoreTest | AdviceTest)}


def _is_setting(method: Methodology, tests: list[Test]) -> bool:
    """A rule that rests on what the method itself fixes is a switch, to be set by an overlay."""
    return all(isinstance(t, FactTest) and method.facts[t.fact].value is not None for t in tests)


def _come_about(tests: list[Test], taken: frozenset[tuple[str, str]]) -> bool:
    """Whether what is asked of gates is ever decided; where it is not, that is told already."""
    return all(
        any((t.gate, outcome) in taken for outcome in t.outcomes)
        for t in tests
        if isinstance(t, GateTest) and t.outcomes
    )


def _able(h: Hands) -> Hands:
    """Whoever may answer is there."""
    able = h.fork()
    able.by_hand = True
    return able


def _values(found: Explored, site: Site, tests: list[Test]) -> set[bool | None] | None:
    """Every value it takes in the states it is judged in; None where it never is."""
    rule = site.rule
    assert rule is not None
    places = list(_places(found, site, tests))
    seen = {slots.truth(h, rule, scope) for _, h, scope in places}
    for wanted in (True, False):
        if wanted in seen:
            continue
        for _, h, scope in places:
            got = slots.search(_able(h), tests, scope, _is(site, scope, wanted))
            if got.found is not None:
                seen.add(wanted)
                break
            if not got.whole:
                seen |= {True, False}  # too much to try; nothing is said of it
    return seen if places else None


def _is(site: Site, scope: Scope, wanted: bool) -> Callable[[Hands], bool]:
    assert site.rule is not None
    rule = site.rule
    return lambda h: slots.truth(h, rule, scope) is wanted


def _places(found: Explored, site: Site, tests: list[Test]) -> Iterator[tuple[int, Hands, Scope]]:
    """Where it is judged: of the states in which what nobody can change is alike, the first."""
    fixed = [test for test in tests if not isinstance(test, FREE)]
    known = set()
    for n, node in enumerate(found.nodes):
        s = node.hands.s
        for scope in site.scopes(s):
            like = tuple(predicates.judge(s, test, scope).value for test in fixed)
            if like not in known:
                known.add(like)
                yield n, node.hands, scope


# ---------------------------------------------------------------- alternatives


def alternatives(found: Explored) -> Iterator[Finding]:
    for site in sites(found.world.method):
        if site.choose is None:
            continue
        tests = list(mentions.of_choose(found.world.method, site.choose))
        for kind, is_so in (("overlap", overlapping), ("gap", gaping)):
            finding = _looked_for(found, site, tests, kind, is_so)
            if finding is not None:
                yield finding


def _looked_for(
    found: Explored,
    site: Site,
    tests: list[Test],
    kind: str,
    is_so: Shows,
) -> Finding | None:
    choose = site.choose
    assert choose is not None
    for n, h, scope in _places(found, site, tests):
        got = slots.search(_able(h), tests, scope, _shows(is_so, choose, scope)).found
        if got is None:
            continue
        named = is_so(got.s, choose, scope)
        params = {"place": ".".join(site.path), "ways": ", ".join(named)}
        steps = tuple(got.steps[len(h.steps) :])
        said = {name[1]: value for name, value in got.locked.items() if name[0] == "fact"}
        answers = "; ".join(f"{fact}={value}" for fact, value in sorted(said.items()))
        lines = (*found.lines(n), Line("answers", {"answers": answers}, got.now, steps))
        story = Story(lines if steps else found.lines(n), Claim(kind, params))
        return Finding("V5", kind, site.path, params, story=story)
    return None


def _shows(is_so: Shows, choose: Choose[Any], scope: Scope) -> Callable[[Hands], bool]:
    return lambda h: bool(is_so(h.s, choose, scope))


def overlapping(s: Situation, choose: Choose[Any], scope: Scope) -> tuple[str, ...]:
    """Alternatives that hold together, and of which none is said to win."""
    holding = _holding(s, choose, scope)
    beaten = {loser for way in holding for loser in way.over}
    left = [way for way in holding if way.id not in beaten]
    return tuple(way.id for way in left) if len({repr(way.use) for way in left}) > 1 else ()


def gaping(s: Situation, choose: Choose[Any], scope: Scope) -> tuple[str, ...]:
    """Every alternative, where none of them holds and nothing is said for that case."""
    chosen = predicates.choose(s, choose, scope)
    if chosen.value is not None or chosen.unknown or choose.otherwise is not None:
        return ()
    judged = [predicates.judge(s, way.when, scope).value for way in choose.alternatives]
    return tuple(way.id for way in choose.alternatives) if None not in judged else ()


def _holding(s: Situation, choose: Choose[Any], scope: Scope) -> list[Alternative[Any]]:
    return [
        way for way in choose.alternatives if predicates.judge(s, way.when, scope).value is True
    ]
