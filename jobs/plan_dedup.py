"""Plan near-duplicate detection: what to find in, bands and rows, their curve and cost out."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("plan-dedup")
