"""Small programs the harnesses are proved on: right ones, and ones with a known fault."""
