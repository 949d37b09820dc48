"""Quality: text heuristics, perplexity buckets."""
