"""The engine and the oracle side by side, driven through everything that a project can go through.

`cases` are the methods and people, `moves` the commands tried, `pair` gives each to both and holds
what they say against each other, `machine` lets Hypothesis choose, `mutants` are faults that the
machine has to find.
"""
