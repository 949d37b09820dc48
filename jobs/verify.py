"""Check a finished run: files, rows, schemas, digests and sums against its manifest."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("verify")
