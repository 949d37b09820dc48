"""Perplexity robots over a finished run's documents, and how far they moved from an earlier file's."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("robots")
