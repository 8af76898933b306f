"""Histories of projects as releases have written them, played again on the code of today.

Each release adds a file of its own, and what a released one says is never written anew. Before its
release, a version's own file is recorded again whenever a rule is changed on purpose:

    python -m tests.histories.recording
"""
