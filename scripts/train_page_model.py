"""Learn which lines of a page are its main text, from labelled pages: writes ccnet_lite/archives/page_model.json.

    python scripts/train_page_model.py PAGES.jsonl ... [--out page_model.json] [--folds 5]

A row is a page: `html` (a string), `host`, maybe `language`, and what is known of its text: `text` (all of
it), or `wanted` and `unwanted` (pieces of it and of the rest) with, best, `teacher` (what another extractor made
of it, which counts less). With --folds, each page is first judged by a model that saw no page of its host; the
mean token F1 and the share of the pieces that are right are printed. The same rows give the same model.

Boosted trees on histograms of 64 bins, log loss, half of the features a tree. A page counts the same however long.
So that a line's script tells nothing, each page is learnt again as if it were in a script without capitals, spaces
or full stops. Weights of class names for a page come from pages of other hosts.
"""

import argparse
import html
import json
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
import numpy as np

from benchmarks.pages import token_f1
from ccnet_lite.archives.page_blocks import (
    CHARS,
    COMMAS,
    ELEMENT,
    END,
    LAST_STOP,
    LINK_CHARS,
    START,
    STOPS,
    UNSPACED,
    UPPER,
    WIDE,
    WORDS,
    Blocks,
    blocks_of,
)
from ccnet_lite.archives.page_features import NAMES, features
from ccnet_lite.archives.page_lines import KINDS, kept_blocks, scores, text_of, word_weights
from ccnet_lite.archives.page_model import DEPTH, MODEL, PageModel, read_model
from ccnet_lite.archives.page_tags import fnv

TREES, RATE, BINS, L2, LEAST = 120, 0.1, 64, 2.0, 2.0
MIN_HOSTS = 5
"""Hosts on which a word of a class has to stand to get a weight."""
INNER = 4
INNER_NODES, LEAVES = (1 << DEPTH) - 1, 1 << DEPTH
_TOKEN = re.compile(r"[⺀-鿿가-힣฀-໿]|[^\W⺀-鿿가-힣฀-໿]+")
_ATTRIBUTE = re.compile(r"""(?:class|id|role|itemprop)\s*=\s*("[^"<>]*"|'[^'<>]*'|[^\s"'<>]+)""", re.I)
_WORD = re.compile(r"[A-Z]*[a-z]+|[A-Z]+")


@dataclass(eq=False)
class Page:
    """y: of each block, whether it belongs; weight: how much it counts."""

    host: str
    blocks: Blocks
    texts: list[str]
    y: np.ndarray
    weight: np.ndarray
    row: dict[str, Any]


def tokens(text: str) -> list[str]:
    """Words, letters of unspaced scripts one by one."""
    return _TOKEN.findall(text.lower())


def read_page(row: dict[str, Any]) -> Page | None:
    """A page with its blocks labelled."""
    blocks = blocks_of(row["html"].encode("utf-8", "replace"))
    if not len(blocks.counts):
        return None
    texts = [
        html.unescape(blocks.text[each[START] : each[END]].decode("utf-8", "replace")) for each in blocks.counts
    ]
    words = [tokens(text) for text in texts]
    lines = [tokens(line) for line in (row.get("text") or row.get("teacher") or "").split("\n")]
    whole = [word for line in lines for word in line]
    threes, known = set(zip(whole, whole[1:], whole[2:], strict=False)), {" ".join(line) for line in lines}
    y, sure = np.array([_covered(line, threes, known) > 0.5 for line in words], float), np.zeros(len(words), bool)
    for wanted, pieces in ((1.0, row.get("wanted", ())), (0.0, row.get("unwanted", ()))):
        for piece in (" ".join(tokens(each)) for each in pieces):
            for at, line in enumerate(map(" ".join, words)):
                if piece and line and (f" {piece} " in f" {line} " or (len(words[at]) > 3 and line in piece)):
                    y[at], sure[at] = wanted, True
    weight = np.array([len(line) for line in words]) ** 0.75 + 0.3
    weight = weight / max(weight[y > 0].sum(), 20) * (1.5 if row.get("text") else np.where(sure, 3.0, 0.7))
    return Page(row["host"], blocks, texts, y, weight, row)


def _covered(line: Sequence[str], threes: set[tuple[str, str, str]], known: set[str]) -> float:
    if len(line) < 4:
        return float(" ".join(line) in known)
    own = list(zip(line, line[1:], line[2:], strict=False))
    return sum(three in threes for three in own) / len(own)


def class_words(pages: Iterable[Page]) -> dict[int, float]:
    """Words of classes and ids by their hash: log odds that what lies within is main text."""
    good, bad, hosts = defaultdict(float), defaultdict(float), defaultdict(set)
    for page in pages:
        blocks, size = page.blocks, np.sqrt(page.blocks.counts[:, CHARS])
        sums = np.zeros((2, len(blocks.tags)))
        for k, share in enumerate((1 - page.y, page.y)):
            np.add.at(sums[k], blocks.counts[:, ELEMENT], share * size)
        for e in range(len(blocks.tags) - 1, 0, -1):
            sums[:, blocks.parents[e]] += sums[:, e]
        best: dict[int, np.ndarray] = {}
        for e in range(1, len(blocks.tags)):
            for word in blocks.words[blocks.first_words[e] : blocks.first_words[e + 1]].tolist():
                best[word] = np.maximum(best.get(word, 0), sums[:, e] / np.maximum(sums[:, 0], 1))
        for word, (no, yes) in best.items():
            good[word] += yes
            bad[word] += no
            hosts[word].add(page.host)
    known = [word for word in hosts if len(hosts[word]) >= MIN_HOSTS]
    return {word: float(np.clip(np.log((good[word] + 0.5) / (bad[word] + 0.5)), -3, 3)) for word in known}


def redressed(page: Page) -> Blocks:
    """As if the page were in a script without capitals; or without spaces, too; or without full stops, too."""
    counts = page.blocks.counts.copy()
    kind = zlib.crc32(page.host.encode()) % 3
    counts[:, UPPER] = 0
    if kind > 0:
        size = counts[:, CHARS].copy()
        shorter = 0.4 if kind == 1 else 1.0
        counts[:, CHARS] = np.maximum(size * shorter, 1)
        counts[:, LINK_CHARS] = np.minimum(np.ceil(counts[:, LINK_CHARS] * shorter), counts[:, CHARS])
        counts[:, WORDS] = 1 + counts[:, WORDS] // 20
        counts[:, UNSPACED] = counts[:, CHARS]
    if kind == 1:
        counts[:, WIDE] = counts[:, CHARS]
    if kind == 2:
        counts[:, [STOPS, COMMAS, LAST_STOP]] = 0
    return Blocks(**{**page.blocks.__dict__, "counts": counts})


def table(page: Page, words: dict[int, float], blocks: Blocks) -> np.ndarray:
    """Features of a page's blocks."""
    known = np.array(sorted(words), np.uint32)
    weights = word_weights(blocks.words, known, np.array([words[key] for key in known.tolist()], np.float32))
    return features(blocks.counts, blocks.tags, blocks.parents, blocks.first_words, weights)


def part_of(host: str, parts: int, salt: str = "") -> int:
    """Which part a host is in."""
    return zlib.crc32((host + salt).encode()) % parts


def train(pages: Sequence[Page]) -> dict[str, Any]:
    """A model as its file says it."""
    rows, answers, weights = [], [], []
    for part in range(INNER):
        inside = [page for page in pages if part_of(page.host, INNER, "inner") == part]
        words = class_words(page for page in pages if part_of(page.host, INNER, "inner") != part)
        for page in inside:
            for blocks, share in ((page.blocks, 1.0), (redressed(page), 0.5)):
                rows.append(table(page, words, blocks))
                answers.append(page.y)
                weights.append(page.weight * share)
    base, trees = boost(np.concatenate(rows), np.concatenate(answers), np.concatenate(weights))
    names: dict[int, str] = {}
    for page in pages:
        for value in _ATTRIBUTE.findall(page.row["html"]):
            for word in _WORD.findall(value):
                names.setdefault(fnv(word.lower().encode()), word.lower())
    learnt = {names[key]: round(weight, 2) for key, weight in class_words(pages).items() if key in names}
    return {"features": list(NAMES), "base": base, "words": dict(sorted(learnt.items())), "trees": trees}


def boost(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[float, list[dict[str, list[float]]]]:
    """Trees one after another, each on what those before it left."""
    chance = np.random.default_rng(0)
    edges = [np.unique(np.quantile(column, np.linspace(0, 1, BINS)[1:-1])).astype(np.float32) for column in x.T]
    bins = np.stack([np.searchsorted(edge, column) for edge, column in zip(edges, x.T, strict=True)], 1).astype(
        np.uint8
    )
    weight = weight / weight.mean()
    base = float(np.log((weight * y).sum() / (weight * (1 - y)).sum()))
    score, trees = np.full(len(y), base), []
    for _ in range(TREES):
        p = 1 / (1 + np.exp(-score))
        columns = np.sort(chance.choice(x.shape[1], x.shape[1] // 2, replace=False))
        feature, cut, leaf, place = _grow(bins, weight * (p - y), weight * np.maximum(p * (1 - p), 1e-6), columns)
        score += RATE * leaf[place]
        threshold = [
            float(f"{edges[f][c]:.5g}") if c < len(edges[f]) else 1e30 for f, c in zip(feature, cut, strict=True)
        ]
        trees.append(
            {"feature": feature.tolist(), "threshold": threshold, "leaf": np.round(RATE * leaf, 4).tolist()}
        )
    return round(base, 4), trees


@numba.njit
def _grow(bins, gradient, hessian, columns):  # type: ignore[no-untyped-def]
    n = len(bins)
    node = np.zeros(n, np.int32)
    feature, cut = np.zeros(INNER_NODES, np.int32), np.full(INNER_NODES, 255, np.int32)
    for level in range(DEPTH):
        first = (1 << level) - 1
        sums = np.zeros((first + 1, len(columns), BINS, 2))
        for i in range(n):
            for c in range(len(columns)):
                cell = sums[node[i] - first, c, bins[i, columns[c]]]
                cell[0] += gradient[i]
                cell[1] += hessian[i]
        for q in range(first + 1):
            g, h = sums[q, 0, :, 0].sum(), sums[q, 0, :, 1].sum()
            best = 1e-6
            for c in range(len(columns)):
                left_g = left_h = 0.0
                for b in range(BINS - 1):
                    left_g += sums[q, c, b, 0]
                    left_h += sums[q, c, b, 1]
                    if left_h < LEAST or h - left_h < LEAST:
                        continue
                    gain = left_g**2 / (left_h + L2) + (g - left_g) ** 2 / (h - left_h + L2) - g**2 / (h + L2)
                    if gain > best:
                        best, feature[first + q], cut[first + q] = gain, columns[c], b
        for i in range(n):
            node[i] = 2 * node[i] + 1 + (bins[i, feature[node[i]]] > cut[node[i]])
    place = node - INNER_NODES
    sums = np.zeros((LEAVES, 2))
    for i in range(n):
        sums[place[i], 0] += gradient[i]
        sums[place[i], 1] += hessian[i]
    return feature, cut, -sums[:, 0] / (sums[:, 1] + L2), place


def read_by(model: PageModel, page: Page, blocks: Blocks) -> str:
    """What the extractor makes of a page with this model."""
    return text_of(page.blocks, kept_blocks(blocks, scores(blocks, model), tuple(KINDS)))


def judge(found: Sequence[tuple[Page, str]]) -> dict[str, float]:
    """Mean token F1 of the pages with a text, and the share of right pieces of the others."""
    whole = [token_f1(text, page.row["text"]) for page, text in found if page.row.get("text")]
    right = [
        (" ".join(piece.split()) in " ".join(text.split())) == wanted
        for page, text in found
        for wanted, name in ((True, "wanted"), (False, "unwanted"))
        for piece in page.row.get(name, ())
    ]
    return {"pages": len(found), "f1": float(np.mean(whole or [0])), "segments": float(np.mean(right or [0]))}


def main() -> None:
    """Judge by folds, train on all, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--folds", type=int, default=0)
    arguments = parser.parse_args()
    pages: list[tuple[str, Page]] = []
    for path in arguments.pages:
        with path.open(encoding="utf-8") as file:
            read = [(path.stem, read_page(json.loads(line))) for line in file]
        pages += [(name, page) for name, page in read if page is not None]
    found: dict[str, list[tuple[Page, str]]] = defaultdict(list)
    for fold in range(arguments.folds):
        model = read_model(train([page for _, page in pages if part_of(page.host, arguments.folds) != fold]))
        for name, page in pages:
            if part_of(page.host, arguments.folds) == fold:
                text = read_by(model, page, page.blocks)
                for language in {"", page.row.get("language", "")}:
                    found[f"{name} {language}"].append((page, text))
                found[f"{name} re-dressed"].append((page, read_by(model, page, redressed(page))))
    for name, each in found.items():
        print(name, {key: round(value, 4) for key, value in judge(each).items()}, flush=True)
    arguments.out.write_text(json.dumps(train([page for _, page in pages]), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
