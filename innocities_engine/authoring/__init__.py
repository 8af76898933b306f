"""What methodology authors work with: above the engine, and never imported by it."""
