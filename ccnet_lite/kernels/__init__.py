"""Work on one shard at a time: Arrow batches in, Arrow batches out. Nothing here knows Spark."""
