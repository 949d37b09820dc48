"""What language identification takes of labelled texts, right, wrong, and of languages that it does not know."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("evaluate-lid")
