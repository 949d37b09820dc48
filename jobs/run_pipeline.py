"""The whole pipeline: archives to corpus, ledger, statistics and report."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("run")
