"""The stages: DataFrames and settings in, a DataFrame out. No reading, writing, counting, sessions."""
