"""The definition language: from YAML text to a `Methodology`.

`reading` gives nodes with positions, `overlays` and `likes` resolve them, `shapes`, `authored` and
`conform` say and check what an author may write, `compiling` and its helpers give the typed value,
`checks` says what is wrong with a method that is written correctly.
"""
