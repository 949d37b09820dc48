"""Score what is kept; write the corpus and the ledger."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("export")
