"""Run a sample of the archives through every step on this machine, and tell what the whole would take."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("dry-run")
