"""What differs between two methods, element by element and by id: `comparing` finds it, `weighing`
says what each difference means for running projects, `overlaying` turns it into an overlay.
"""

from innocities_engine.authoring.diff.asking import Consequence
from innocities_engine.authoring.diff.comparing import Change, Kind, compare, with_new_names
from innocities_engine.authoring.diff.overlaying import operations, overlay
from innocities_engine.authoring.diff.versions import Bump, demanded, least, made
from innocities_engine.authoring.diff.weighing import Weighed, weighed

__all__ = [
    "Bump",
    "Change",
    "Consequence",
    "Kind",
    "Weighed",
    "compare",
    "demanded",
    "least",
    "made",
    "operations",
    "overlay",
    "weighed",
    "with_new_names",
]
