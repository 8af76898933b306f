"""A programme starts as many projects as its method lets it, and no more, whoever starts them at
the same moment: each with its link both ways, or not at all.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable

from innocities_engine.domain.project import Origin
from tests.crash.runs import Forks
from tests.races.world import HOME, LEAD, Town
from tests.store.given import METHODS

FULL = bool(os.environ.get("INNOCITIES_FULL"))
TRIES = 100 if FULL else 40
MOST = 3  # as the method of the programme says
SEATS = "--member lead=astrid --member board=bjorn --as astrid"


def test_of_a_hundred_starts_as_many_win_as_the_programme_may_begin(
    town: Town, racing: Forks, told: Callable[[str], None]
) -> None:
    for method in ("liten", "rammen"):
        town.run("methodology", "publish", str(METHODS / method / "1.0.0.yaml"))
    town.run(f"project start rammen Programme --id programme {SEATS}")
    start = f"project start liten Pilot --from programme {SEATS}"

    ended = town.race(racing, 0, *[start] * TRIES)
    # Whoever waited too long may try again: what is left is then begun, and nothing beyond it.
    left = MOST - sum(each.code == 0 for each in ended)
    later = [town.run(start, expect=None).code for _ in range(left + 1)]

    codes = Counter(each.code for each in ended)
    assert codes.keys() <= {0, 1, 5}, codes
    assert 1 <= codes[0] <= MOST
    assert later == [0] * left + [1]
    parent = town.engine.view(HOME, "programme", LEAD).project
    children = [child.project for child in parent.children]
    assert len(set(children)) == MOST
    for child in children:
        state = town.engine.view(HOME, child, LEAD).project
        assert state.origin == Origin(HOME, "programme", "Programme")
    assert len(town.engine.projects(HOME, LEAD, limit=1000)) == MOST + 1
    assert town.is_sound()
    told(
        f"starting from one programme: {TRIES} tries, {codes[0]} won of {MOST}, {codes[1]} refused,"
        f" {codes[5]} waited too long"
    )
