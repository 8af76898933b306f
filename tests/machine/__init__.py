"""The engine and the oracle side by side, driven through everything that a project can go through.

`cases` are the methods and people, `moves` the commands tried and `helping` those that lead on,
`pair` gives each to both and holds what they say against each other, `seen` and `translating` put
it into the same words, `machine` lets Hypothesis choose, `written` takes the same walk through a
real database. `mutants` are faults that the machine has to find by itself, `mutating` plants them.

``INNOCITIES_FULL=1`` walks 200 times 500 steps instead of a sample.
"""
