"""How long people wait, beside what others take for the same work: ratios of one run.

`python -m benchmarks` measures everything, `python -m benchmarks decisions` one part.
"""
