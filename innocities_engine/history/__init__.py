"""What the record tells of a project and of all that stood around it, entry by entry."""
