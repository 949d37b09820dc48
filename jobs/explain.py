"""Tell the life of one document of a finished run: where read, what cut, what decided, where it lies."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("explain")
