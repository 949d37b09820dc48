"""A table of what robots.txt records of a crawl disallow to user agents of AI, for opt_out.robots."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("robots")
