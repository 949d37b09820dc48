"""Language identification fitted to labelled texts: the commonest words of languages, and thresholds."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("fit-lid")
