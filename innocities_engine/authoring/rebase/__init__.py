"""Puts an overlay on a later version of the method that it changes: what the base renamed is
followed, and where both changed the same thing the author chooses. `merging` decides, `writing`
puts it into the author's file.
"""

from innocities_engine.authoring.rebase.merging import (
    Choice,
    Conflict,
    Note,
    Rebased,
    rebase,
)
from innocities_engine.authoring.rebase.writing import written

__all__ = ["Choice", "Conflict", "Note", "Rebased", "rebase", "written"]
