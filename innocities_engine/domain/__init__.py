"""Pure rules: no clock, no file, no randomness, no network."""
