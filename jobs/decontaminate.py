"""Drop from a finished run's corpus what is in a reference: a test set, or another run's corpus."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("decontaminate")
