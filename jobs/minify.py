"""Write a finished run's corpus without its text: what jobs/rebuild.py makes it again from."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("minify")
