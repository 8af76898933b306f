"""Somebody leaves, and nothing that is still to come names them: looked for everywhere in the state
of a project, whatever it holds, and in every table.
"""
