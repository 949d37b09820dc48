"""Quality classifiers by language, of good documents against bad ones."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("train-quality")
