"""The command line: one module a noun, loaded when it is asked for. Translates words typed into
commands and questions, and answers into text or JSON; it decides nothing else. What is not the
engine's own (letters, the clock) is handed in by whoever composes the program.
"""
