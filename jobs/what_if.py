"""Tell what other thresholds would keep of a finished run, without running anything."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("what-if")
