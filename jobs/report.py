"""Show a finished run's funnel and where its report lies; make the report where it is missing, or anew."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("report")
