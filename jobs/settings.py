"""Show the settings that a run would take, each with where it comes from: default, file or --set."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("settings")
