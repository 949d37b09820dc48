"""Count the corpus by language; write sampling statistics, manifest and report."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("sampling")
