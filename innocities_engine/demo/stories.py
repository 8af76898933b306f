"""What happens in the demonstration: six projects with themes of real ones and a programme, all of
them invented.

A story only says what is special about it; everything else the cast does because the program
asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from innocities_engine.demo.cast import Cast
from innocities_engine.demo.programme import SIGNING, agreement_to_renewal
from innocities_engine.demo.saying import Script
from innocities_engine.demo.world import AT_THE_START, ENERGY, MUNICIPALITY, PORT, World

Tale = Callable[[Cast], None]


@dataclass(frozen=True, slots=True)
class Story:
    """A project of one organisation, or a programme; `starts_after` days; what it shows is told by
    its id. members: the roles that are filled as it starts.
    """

    id: str
    world: World
    title: str
    starts_after: int
    tale: Tale
    members: tuple[str, ...] = AT_THE_START
    programme: bool = False

    @property
    def method(self) -> str:
        return self.world.programme if self.programme else self.world.method


def whole_life(cast: Cast) -> None:
    """Every gate once; the effects measured after 6, 12 and 24 months, the result shared."""
    cast.live(20)
    cast.pass_gate("G1", "go")
    cast.live(45)
    cast.pass_gate("G2", "go")
    cast.live(60)
    cast.pass_gate("G3", "go")
    cast.live(150)
    cast.pass_gate("G4", "go")
    cast.live(40)
    cast.pass_gate("G7", "go")
    cast.live(30)
    cast.pass_gate("G5", "go")
    for outcome in ("continue", "continue", "done"):
        cast.passage("G6")
        cast.live(10)
        cast.pass_gate("G6", outcome)


def stopped(cast: Cast) -> None:
    """Stopped at the choice of concept, as a good result: what was learnt is written down."""
    cast.live(25)
    cast.pass_gate("G1", "go")
    cast.live(30)
    cast.pass_gate("G2", "stop", Script(reason="Nyttan motsvarar inte kostnaden."))
    cast.live(20)
    cast.settle_open_needs()


def waits_for_legal_force(cast: Cast) -> None:
    """A matter of principle: committee, executive board, council; then the time for appeals."""
    principal = Script(answers={"principiell": True, "anslatt_kostnad": "18000000"})
    cast.live(15)
    cast.pass_gate("G1", "go", principal)
    cast.live(40)
    cast.pass_gate("G2", "go", principal)
    cast.live(50)
    cast.pass_gate("G3", "go", principal)
    cast.live(12)
    cast.settle_open_needs()
    cast.live(100)


def with_conditions(cast: Cast) -> None:
    """Two conditions at the first gate: one met in time, one late until somebody is chased."""
    conditions = {
        "G1_vilkar": (
            ("Avklar effektbehovet med nettselskapet", 20),
            ("Innhent rederienes skriftlige interesse", 30),
        )
    }
    cast.live(15)
    cast.pass_gate("G1", "go_with_conditions", Script(conditions=conditions))
    cast.live(12)
    cast.meet_condition(1)
    cast.live(45)
    cast.meet_condition(2)
    cast.live(10)
    cast.pass_gate("G2", "go")


def sent_back_held_and_resumed(cast: Cast) -> None:
    """Sent back for more work, then held over the winter, then on its way again."""
    cast.live(18)
    weak = Script(verdicts={"problem_tydelig": "not_met"}, reason="Behovet er ikke tydelig nok.")
    cast.judge("G1", weak)
    cast.pass_gate("G1", "rework", weak)
    cast.live(30)
    cast.pass_gate("G1", "go")
    cast.live(25)
    cast.pass_gate("G2", "hold", Script(reason="Vi venter på nasjonale krav."))
    cast.live(40)
    cast.resume()
    cast.live(15)
    cast.pass_gate("G2", "go")


def with_a_substitute(cast: Cast) -> None:
    """Whoever decides has a conflict of interest, and a substitute steps in."""
    cast.live(10)
    cast.fill("affarsomradeschef")
    cast.stand_in("kari", "hakon", "affarsomradeschef", days=60)
    cast.conflict("G1", "kari", "Äger aktier i leverantören.")
    cast.live(12)
    cast.pass_gate("G1", "go")
    cast.live(50)
    cast.pass_gate("G2", "go")


STORIES = (
    Story("whole_life", MUNICIPALITY, "Mindre matsvinn i skolköken", 0, whole_life),
    Story("stopped", MUNICIPALITY, "Samlad app för besökare", 700, stopped),
    Story("appeal", MUNICIPALITY, "Bostäder kring gamla hamnen", 880, waits_for_legal_force),
    Story("conditions", PORT, "Landstrøm ved kai 4", 900, with_conditions),
    Story("sent_back", PORT, "Fjernstyrte kraner", 890, sent_back_held_and_resumed),
    Story("substitute", ENERGY, "Lokalt mikronät i Almaforsen", 930, with_a_substitute),
    Story("programme", PORT, "Smart Skjærvik havn", 0, agreement_to_renewal, SIGNING, True),
)
