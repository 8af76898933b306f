"""Every state that a project can get into, as far as the rules of its method tell them apart; and
the ways that lead from one to the next.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from innocities_engine.authoring.verify import doing
from innocities_engine.authoring.verify.abstracting import State, abstraction, forgotten, state_of
from innocities_engine.authoring.verify.findings import Line
from innocities_engine.authoring.verify.hands import Hands
from innocities_engine.authoring.verify.moves import moves
from innocities_engine.authoring.verify.reducing import reduced
from innocities_engine.authoring.verify.states import Explored, Node
from innocities_engine.authoring.verify.world import World, beginnings
from innocities_engine.domain import commands as k
from innocities_engine.domain.project import Project


def explore(
    whole: World,
    most_states: int,
    go_on: Callable[[], bool],
    begun: Callable[[World], Iterable[tuple[Hands, Line]]] | None = None,
) -> Explored:
    """Walk breadth first from every beginning, or from where it has `begun`, until nothing new is
    met.
    """
    world = replace(whole, method=reduced(whole.method))
    found = Explored(world, abstraction(whole.method))
    known: dict[State, int] = {}
    for h, line in (begun or _begun)(world):
        _meet_state(found, known, h, None, line)
    todo = deque(range(len(found.nodes)))
    while todo:
        n = todo.popleft()
        for h, line in moves(found, n):
            new = len(found.nodes)
            there = _meet_state(found, known, h, n, line)
            found.nodes[n].ways.setdefault(there, line)
            if there == new:
                todo.append(new)
        found.nodes[n].expanded = True
        if len(found.nodes) > most_states or not go_on():
            found.whole = False
            break
    return found


def _meet_state(
    found: Explored, known: dict[State, int], h: Hands, parent: int | None, line: Line
) -> int:
    state = state_of(found.world, found.seen, h)
    if state not in known:
        known[state] = len(found.nodes)
        fresh = Hands(h.world, forgotten(found.seen, h.project), h.now)
        found.nodes.append(Node(fresh, state, parent, line))
    return known[state]


def _begun(world: World) -> Iterator[tuple[Hands, Line]]:
    members = {r: p for r, p in world.team.people.items() if r not in world.team.late
               and len(p) <= (world.method.roles[r].seats_at_most or len(p))}  # fmt: skip
    for day in beginnings(world.method):
        h = Hands(world, Project(), world.noon(day))
        start = k.Start("project", "organisation", world.method.id, members)
        if h.did(start, [doing.MANAGER]):
            yield h, Line("start", {"day": day.isoformat()}, h.now, tuple(h.steps))
