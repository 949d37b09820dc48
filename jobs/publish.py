"""Publish a finished run's corpus as a dataset: in a folder, or on the Hugging Face Hub."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("publish")
