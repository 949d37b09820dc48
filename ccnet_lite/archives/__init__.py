"""Archives to documents: where they lie, their records, their text. Knows nothing of Spark."""
