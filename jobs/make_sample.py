"""Write the built-in sample crawl: WET and WARC archives with known truth, and reference prose."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("make-sample")
