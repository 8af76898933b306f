"""A fictional municipality, port and energy company, played through the whole method."""
