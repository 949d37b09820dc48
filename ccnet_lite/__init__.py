"""ccnet_lite: from Common Crawl archives to a multilingual pretraining corpus, every record accounted for."""

__version__ = "0.1.0"
