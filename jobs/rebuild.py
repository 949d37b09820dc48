"""Make a corpus again from its minified form and the archives that it was made from."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("rebuild")
