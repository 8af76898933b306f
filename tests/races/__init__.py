"""Several processes at the same moment on one database: whatever comes of it, it is what would have
come of it one after the other, and everybody hears how it went.

``INNOCITIES_FULL=1`` runs as many rounds as a release asks for.
"""
