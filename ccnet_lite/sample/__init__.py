"""The built-in sample crawl: pages in many languages, made from this project's own text, with known truth."""

from ccnet_lite.sample.build import SampleSummary, make_sample

__all__ = ["SampleSummary", "make_sample"]
