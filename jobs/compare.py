"""Compare two finished runs: funnels, languages, settings, times, and documents that came and went."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("compare")
