"""Show random documents of a finished run: of its corpus, or of those that a rule dropped."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("sample")
