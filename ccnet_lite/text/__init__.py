"""Text: normal forms, scripts, tokens, shingles, keys of lines."""
