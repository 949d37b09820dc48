"""Bounds by language for the rules of policies, fitted to reference prose or to a finished run."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("fit-rules")
