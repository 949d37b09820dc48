"""The corpus as a trainer reads it."""
