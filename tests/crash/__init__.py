"""The promises of durability and delivery, proved on the real command line: killed at its system
calls, out of disk, after power cuts, in races, and with mail servers that misbehave.

``INNOCITIES_FULL=1`` takes every point instead of a sample.
"""
