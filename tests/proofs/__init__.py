"""Proofs by trying everything, up to a bound that each states in words and prints with its figures.

No way past a shut gate: `exploring` walks through the states of a project under a shipped method,
breadth first; at each, `desk` lays every command of `attempts` before everybody; `witness` looks on
and asks of whatever moves by what right, after a plain reading of the definition's words
(`plain_rules`, `plain_gates`) that shares no code with the engine but the record and the calendar.
The bound: so many states of each place; a place is the phase or end of the main track, the open
gates, and how near the nearest of them is to being passed. ``INNOCITIES_FULL=1`` takes more of each.

Minimal sets: `small_gates` makes gates, `subsets` tries every subset of what could be done about
them by a reading of its own, and what it finds smallest must be what `why` says.

No text names code: a process of its own is watched while definitions full of harm are put to use.
"""
