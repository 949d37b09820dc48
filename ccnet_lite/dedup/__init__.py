"""Deduplication on arrays: MinHash signatures, LSH planning, star clusters."""
