"""Near-duplicates, repeated paragraphs, and the decision about every document."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("deduplicate")
