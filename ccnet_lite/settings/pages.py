"""Settings of what pages say of themselves: their URL, their opt-outs, personal data and toxic words in them."""

from typing import Annotated, Literal

from pydantic import Field

from ccnet_lite.settings.kinds import Share
from ccnet_lite.settings.section import Section

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
Agent = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.!-]*$")]
PiiKind = Literal["email", "ip", "phone", "iban", "card", "id"]
OptOut = Literal["robots", "noai", "noimageai", "tdm", "usage", "rsl", "license"]

AI_AGENTS = (
    *("AI2Bot", "AI2Bot-Dolma", "Amazonbot", "anthropic-ai", "Applebot-Extended", "Bytespider", "CCBot"),
    *("ChatGLM-Spider", "ClaudeBot", "Claude-Web", "CloudVertexBot", "cohere-ai"),
    *("cohere-training-data-crawler", "Cotoyogi", "DeepSeekBot", "Diffbot", "FacebookBot"),
    *("Factset_spyderbot", "FriendlyCrawler", "Google-CloudVertexBot", "Google-Extended", "GPTBot"),
    *("ICC-Crawler", "img2dataset", "Kangaroo", "LAIONDownloader", "laion-huggingface-processor"),
    *("Meta-ExternalAgent", "omgili", "omgilibot", "PanguBot", "PetalBot", "SBIntuitionsBot", "Sidetrade"),
    *("TikTokSpider", "Timpibot", "VelenPublicWebCrawler", "Webzio-Extended", "YandexAdditional"),
    *("YandexAdditionalBot", "Content-Signal", "Content-Usage"),
)
"""User agents whose operators say that they gather text to train models, or that stand for that use (after the
project ai.robots.txt's list); and lines of robots.txt that speak of training. Not those that search, or that
fetch a page somebody asks for (OAI-SearchBot, ChatGPT-User, Claude-User, Claude-SearchBot, PerplexityBot)."""


class UrlSettings(Section):
    """Lists of hosts and URLs, and words in URLs."""

    lists: str = ""
    """A folder laid out as UT1's: a folder a category, with the files domains and urls; empty: none."""
    drop: tuple[Name, ...] = ()
    """Documents whose URL stands in one of these categories of `lists` are dropped."""
    words: str = ""
    """Words that weigh against a URL: adult (a small list of ours), or a file of them; empty: none."""
    max_word_weight: Annotated[float, Field(ge=0)] = 0.5
    """With `words`, a document whose URL's words weigh more together is dropped."""


class OptOutSettings(Section):
    """Sites and pages whose owners say that no model is to be trained on them."""

    robots: str = ""
    """A table that `ccnet-lite robots` made of robots.txt, tdmrep.json and licences, of this crawl or a newer one;
    empty: none."""
    agents: tuple[Agent, ...] = AI_AGENTS
    """User agents whose rules of robots.txt count; Content-Signal, Content-Usage: such lines on training; License:
    lines that link a licence by RSL."""
    respect: tuple[OptOut, ...] = ("robots",)
    """What drops a document: rules of `robots`; noai, noimageai of headers or meta tags; tdm of these or of a
    tdmrep.json; usage of headers; rsl: a licence that does not grant training; license: any link to one."""


class PiiSettings(Section):
    """Personal data in the text that is exported."""

    mode: Literal["off", "mark", "mask"] = "off"
    """Look for none; tell where it stands (the column `pii`); or put an example of its kind in its place, too."""
    kinds: tuple[PiiKind, ...] = ("email", "ip", "phone", "iban", "card", "id")
    """What is looked for (FineWeb: email and ip)."""


class ToxicitySettings(Section):
    """Lists of words as signals."""

    lists: str = ""
    """A folder of lists, a file a language under its code (en, de.txt), a word or phrase a line; empty: none."""
    max_share: Share = 1.0
    """A document of which more words stand in the list of its language is dropped; 1: none is."""
