"""Lists around articles: what share of a page's boilerplate is cut, what is lost of articles and clean text.

    python -m benchmarks.quality_lists --data DATA [--json]

DATA/text/noisy/en_article_*.jsonl are articles of news pages, and what else their pages say, in the pages' order;
boilerplate/LANG.jsonl are such lines of other languages, put to documents of DATA/text/prose/LANG, or of Spanish
where there is none. They are put before the article, behind it, or half and half. `repeated` is the share of their
lines, evenly spread, that masks are made to name; only characters of the others count. Clean text:
prose, lid (40 lines a document); kept lists are of tests/quality/test_list_lines.py, between the article and
its page's lines, with share buttons above or none. Also the CPU.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from ccnet_lite.models.reference import find_reference, read_reference
from ccnet_lite.quality.list_lines import list_lines
from tests.quality.test_list_lines import CONTENT

Page = tuple[str, str, str]
"""What stands before the article, the article, what stands behind it."""
PLACES = ("behind", "before", "around")
BUTTONS = "Share\nFacebook\nTwitter\nEmail\nPrint\n"


def texts_of(file: Path) -> dict[str, str]:
    """Texts of a file by the last part of their id."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return {row["id"].rpartition(":")[2]: row["text"] for row in rows}


def english(data: Path) -> list[tuple[str, str]]:
    """(article, what else its page says)"""
    noisy = data / "text" / "noisy"
    articles, others = (texts_of(noisy / f"en_article_{name}.jsonl") for name in ("bodies", "boilerplate"))
    return [(articles[name], others[name]) for name in articles if name in others]


def other_languages(data: Path) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """By language, (document, what some page says beside its text)."""
    prose = find_reference([data / "text" / "prose"])
    for file in sorted((data / "text" / "noisy" / "boilerplate").glob("*.jsonl")):
        articles = read_reference(prose.get(file.stem, prose["es"]))
        long = (text for text in articles if len(text) >= 1000)
        yield file.stem, list(zip(long, texts_of(file).values(), strict=False))


def put(place: str, article: str, others: str) -> Page:
    """A page. place: of PLACES."""
    lines = others.split("\n")
    half = {"behind": 0, "before": len(lines), "around": len(lines) // 2}[place]
    return "\n".join(lines[:half]), article, "\n".join(lines[half:])


def measured(pages: Sequence[Page], repeated: float) -> dict[str, Any]:
    """What is cut of pages: documents, those with a list cut, shares of characters cut, articles touched."""
    parts = [[part.split("\n") if part else [] for part in page] for page in pages]
    texts = ["\n".join(before + article + behind) for before, article, behind in parts]
    masked, owners = [], []
    for before, article, behind in parts:
        for part in (before, article, behind):
            numbers = np.arange(len(part))
            hit = np.floor((numbers + 1) * repeated) > np.floor(numbers * repeated)
            masked.append(hit & (part is not article))
        owners.append(np.repeat([0, 1, 0], [len(before), len(article), len(behind)]))
    flags = np.concatenate(masked)
    found, at = list_lines(texts, flags), 0
    sums, cut = np.zeros(2), np.zeros(2)
    touched = 0
    for text, owner, (begin, end) in zip(texts, owners, found.tolist(), strict=True):
        lines = text.split("\n")
        chars = np.array([len(line) for line in lines]) * ~flags[at : at + len(lines)]
        gone = (np.arange(len(lines)) < begin) | (np.arange(len(lines)) >= len(lines) - end)
        for kind in (0, 1):
            sums[kind] += chars[owner == kind].sum()
            cut[kind] += chars[(owner == kind) & gone].sum()
        touched += bool(chars[(owner == 1) & gone].sum())
        at += len(lines)
    return {
        "documents": len(pages),
        "cut_in": int((found.sum(axis=1) > 0).sum()),
        "boilerplate_cut": cut[0] / max(sums[0], 1),
        "article_lost": cut[1] / max(sums[1], 1),
        "articles_touched": touched,
    }


def table(data: Path) -> list[dict[str, Any]]:
    """A row a set of pages, place and share of repeated lines; and one a set of clean text."""
    rows: list[dict[str, Any]] = []
    sets = [("en", english(data)), *other_languages(data)]
    for language, pairs in sets:
        for repeated in (0.0, 0.25, 0.5):
            for place in PLACES:
                pages = [put(place, *pair) for pair in pairs]
                rows.append({"set": language, "place": place, "repeated": repeated} | measured(pages, repeated))
    for name, texts in clean(data):
        rows.append({"set": name, "place": "alone", "repeated": 0.0} | measured([("", t, "") for t in texts], 0.0))
    return rows


def clean(data: Path) -> Iterator[tuple[str, list[str]]]:
    """(set, documents) of text around which there is nothing."""
    yield "en articles", [article for article, _ in english(data)]
    files = [file for each in find_reference([data / "text" / "prose"]).values() for file in each]
    yield "prose, 15 languages", list(read_reference(files))
    for folder in sorted(each for each in (data / "text" / "lid").iterdir() if each.is_dir()):
        lines = [file.read_text(encoding="utf-8").split("\n") for file in sorted(folder.rglob("*.txt"))]
        texts = ("\n".join(some[n : n + 40]) for some in lines for n in range(0, len(some), 40))
        yield folder.name, [text for text in texts if text]


def kept_lists(data: Path, content: dict[str, str]) -> list[dict[str, Any]]:
    """Lists of an article's own between it and its page's lines: of how many pages some of it is cut."""
    pairs = [pair for pair in english(data) if len(pair[0]) >= 1500]
    rows = []
    for name, text in content.items():
        row: dict[str, Any] = {"list": name, "documents": len(pairs)}
        for key, buttons in (("lost", ""), ("lost_below_buttons", BUTTONS)):
            pages = [f"{article}\n{buttons}{text}\n{others}" for article, others in pairs]
            found = list_lines(pages, np.zeros(sum(page.count("\n") + 1 for page in pages), np.bool_))
            below = [others.count("\n") + 1 for _, others in pairs]
            row[key] = sum(int(end > size) for (_, end), size in zip(found.tolist(), below, strict=True))
        rows.append(row)
    return rows


def cpu(data: Path, repeat: int = 3) -> dict[str, float]:
    """Milliseconds of CPU a document."""
    sets = {
        "prose": next(texts for name, texts in clean(data) if name.startswith("prose")),
        "pages": ["\n".join(pair) for pair in english(data)],
    }
    took = {}
    for name, texts in sets.items():
        flags = np.zeros(sum(text.count("\n") + 1 for text in texts), np.bool_)
        seconds = []
        for _ in range(repeat + 1):
            begin = process_time()
            list_lines(texts, flags)
            seconds.append(process_time() - begin)
        took[name] = min(seconds) / len(texts) * 1000
    return took


def main() -> None:
    """Print the tables, or with --json a row a line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = table(options.data)
    if options.json:
        print("\n".join(json.dumps(row) for row in rows))
        return
    print("| pages | their lines | repeated | documents | cut in | boilerplate cut | article lost | touched |")
    print("|---|---|---|---|---|---|---|---|")
    for row in rows:
        shares = f"{100 * row['boilerplate_cut']:.1f} % | {100 * row['article_lost']:.3f} %"
        print(
            f"| {row['set']} | {row['place']} | {row['repeated']:.2f} | {row['documents']} | {row['cut_in']} "
            f"| {shares} | {row['articles_touched']} |"
        )
    print("\n| an article's own list | documents | lost | lost below share buttons |\n|---|---|---|---|")
    for row in kept_lists(options.data, CONTENT):
        print(f"| {row['list']} | {row['documents']} | {row['lost']} | {row['lost_below_buttons']} |")
    print("\n| documents | ms |\n|---|---|")
    for name, took in cpu(options.data).items():
        print(f"| {name} | {took:.3f} |")


if __name__ == "__main__":
    main()
