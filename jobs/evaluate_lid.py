"""What language identification takes of labelled texts: right, wrong, and of other languages."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("evaluate-lid")
