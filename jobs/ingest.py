"""Archives to documents, line keys and boilerplate masks."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("ingest")
