"""What a page's URL, its owner's word and lists of words say of a document: columns of `signals`."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ccnet_lite.models.subsets import iso639_3
from ccnet_lite.models.url_languages import url_language
from ccnet_lite.quality.robots_table import RobotsTable
from ccnet_lite.quality.url_lists import UrlLists
from ccnet_lite.quality.word_lists import toxic_lists, toxic_words, url_words
from ccnet_lite.text.hosts import readable
from ccnet_lite.text.licences import RSL
from ccnet_lite.text.phrases import Phrases
from ccnet_lite.text.tdmrep import TDM

NO_LISTS: Mapping[str, str] = {}


class PageLists:
    """The lists of a run, loaded once a worker (`load_lists`). given: their places by the setting's name."""

    def __init__(self, given: Mapping[str, str]):
        self.urls = UrlLists(Path(given["urls.lists"])) if "urls.lists" in given else None
        self.words = url_words(given["urls.words"]) if "urls.words" in given else None
        self.robots = RobotsTable(Path(given["opt_out.robots"])) if "opt_out.robots" in given else None
        folder = given.get("toxicity.lists")
        self._toxic = {iso639_3(name): path for name, path in toxic_lists(Path(folder)).items()} if folder else {}
        self._loaded: dict[str, Phrases] = {}

    def toxic(self, language: str) -> Phrases | None:
        """The list of a language code, read when first asked for."""
        name = iso639_3(language)
        if name in self._toxic and name not in self._loaded:
            self._loaded[name] = toxic_words(self._toxic[name])
        return self._loaded.get(name)


@lru_cache(maxsize=1)
def _load(given: tuple[tuple[str, str, str], ...]) -> PageLists:
    return PageLists({name: path for name, path, _ in given})


def load_lists(given: Mapping[str, str], digests: Mapping[str, str]) -> PageLists:
    """The lists, kept for the next shard of this worker while their content is the same."""
    return _load(tuple((name, path, digests.get(name, "")) for name, path in sorted(given.items())))


def page_signals(
    urls: Sequence[str],
    opt_outs: Sequence[str | None],
    texts: Sequence[str],
    languages: Sequence[str],
    n_words: Any,
    lists: PageLists,
) -> dict[str, pa.Array]:
    """Columns of `signals` for documents [n]. n_words: of each, as quality.heuristics counts them."""
    n = len(urls)
    categories = lists.urls.find(urls) if lists.urls else [[] for _ in urls]
    shut = lists.robots.agents_shut_out(urls) if lists.robots else [[] for _ in urls]
    said = [_opted_out(agents, (own or "").split()) for agents, own in zip(shut, opt_outs, strict=True)]
    weights = pa.nulls(n, pa.float64())
    if lists.words is not None:
        weights = pa.array(lists.words.count([readable(url[:2000]) for url in urls])[2])
    return {
        "url_language": pa.array([url_language(url) for url in urls], pa.string()),
        "url_categories": pa.array([" ".join(names) or None for names in categories], pa.string()),
        "url_word_weight": weights,
        "opted_out": pa.array([" ".join(each) or None for each in said], pa.string()),
        **_toxic(texts, languages, np.asarray(n_words), lists),
    }


def _opted_out(agents: Sequence[str], own: Sequence[str]) -> list[str]:
    """What the table of the host's files and what the page itself says: of mining, the page's word stands above.

    >>> _opted_out(["CCBot", "rsl", "tdm"], ["noai", "tdm=0"])
    ['robots:CCBot', 'noai', 'rsl']
    """
    if not agents and not own:
        return []
    robots = [f"robots:{agent}" for agent in agents if agent not in (RSL, TDM)]
    of_files = [kind for kind in (RSL, TDM) if kind in agents and kind not in own and f"{kind}=0" not in own]
    return [*robots, *(each for each in own if not each.endswith("=0")), *of_files]


def _toxic(texts: Sequence[str], languages: Sequence[str], n_words: Any, lists: PageLists) -> dict[str, pa.Array]:
    found, share = np.zeros(len(texts), np.int64), np.zeros(len(texts))
    known = np.zeros(len(texts), np.bool_)
    for language in sorted(set(languages)):
        phrases = lists.toxic(language)
        if phrases is None:
            continue
        rows = [row for row, each in enumerate(languages) if each == language]
        count, words, _ = phrases.count([texts[row] for row in rows])
        found[rows], known[rows] = count, True
        share[rows] = np.minimum(1.0, words / np.maximum(1, n_words[rows]))
    return {"toxic_words": pa.array(found, mask=~known), "toxic_share": pa.array(share, mask=~known)}
