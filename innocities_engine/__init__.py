"""The workflow engine that encodes an innovation method as state machines."""
