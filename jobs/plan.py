"""Say what a run would do and why, what it would read, and what time and disk it may take; do nothing."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("plan")
