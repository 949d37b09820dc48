"""Documents to signals: language, script, heuristics, MinHash signatures."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("annotate")
