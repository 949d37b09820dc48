"""Lists of many kinds, written in thirty languages, around articles: what is cut of each kind and language.

    python -m benchmarks.quality_made_lists --data DATA [--by kind] [--lost]

made_lists.txt has a language a line: menus, share buttons, heads, counters, notices, footers, as sites of that
language write them. Articles are DATA/text/prose/LANG, or sentences of DATA/text/lid put together; headlines and
teasers are the first words of other sentences there. A page has three to nine blocks behind its article and none
to three before it, drawn with a seed. `repeated` is the share of the lists' lines that masks are made to name:
only the others count. --lost prints each line of an article that is cut.

Not handled: pages of real sites (quality_lists.py has some).
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ccnet_lite.models.reference import find_reference, read_reference
from ccnet_lite.quality.list_lines import list_lines

MADE = Path(__file__).with_name("made_lists.txt")
UNSPACED = ("zh", "ja", "th")
SHARES = (0.0, 1 / 3, 0.5)
PAGES = 40
BEFORE = ("menu", "crumbs", "languages", "cookies", "byline", "share", "pipes")
BEHIND = (
    *("share", "related", "related", "read", "teasers", "comments", "tags", "hashtags", "counts", "subscribe"),
    *("cookies", "months", "languages", "pages", "footer", "footer", "pipes", "copyright"),
)
LANGUAGES = "English,Deutsch,Español,Français,Русский,中文,日本語,العربية"
Line = tuple[str, str]
"""Kind of a line (empty: of the article) and the line."""


def made() -> Iterator[tuple[str, str, list[list[str]]]]:
    """Language, the name of its sentences, its parts in the file's order."""
    for line in MADE.read_text(encoding="utf-8").splitlines()[1:]:
        name, *parts = line.split(" | ")
        language, sentences = name.split(";")
        yield language, sentences, [re.split("[,،](?! )", part.strip()) for part in parts]


def sentences_of(data: Path, name: str) -> list[str]:
    """Sentences of a language."""
    files = sorted((data / "text" / "lid").rglob(f"{name}.txt"))
    return [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def articles_of(data: Path, language: str, sentences: list[str], size: int) -> list[str]:
    """Articles of a language: documents of prose, or paragraphs of sentences."""
    prose = find_reference([data / "text" / "prose"])
    if language in prose:
        texts = [text.strip() for text in read_reference(prose[language])]
        return [text for text in texts if 3 * size <= len(text) <= 60 * size]
    out, lines = [], [""]
    for sentence in sentences:
        lines[-1] += f"{sentence} "
        if len(lines[-1]) > size:
            lines.append("")
        if len(lines) > 6:
            out.append("\n".join(line.strip() for line in lines[:6]))
            lines = [""]
    return out


def blocks(
    language: str, parts: list[list[str]], sentences: list[str], rng: random.Random
) -> dict[str, list[str]]:
    """Blocks of a page, by kind."""
    menu, share, heads, read, comments, tags, subscribe, cookies, rights, footer, months, byline = parts

    def title(most: int = 8) -> str:
        text = rng.choice(sentences)
        first = text[: 2 * most] if language in UNSPACED else " ".join(text.split()[:most])
        return first.rstrip(". 。।?!؟,،")

    words = [title(2) for _ in range(rng.randint(3, 7))]
    titles = [title() for _ in range(rng.randint(3, 8))]
    teasers = [(title(), f"12.0{n + 1}.2024", f"{title(25)}…", read[0]) for n in range(3)]
    return {
        "menu": menu,
        "crumbs": [" > ".join([*menu[:2], title(4)])],
        "languages": LANGUAGES.split(","),
        "cookies": [", ".join(cookies)],
        "byline": byline,
        "share": [*share, "Facebook", "WhatsApp", "X"],
        "related": [rng.choice(heads), *titles],
        "read": [line for text in titles[:4] for line in (text, read[0])],
        "teasers": [line for teaser in teasers for line in teaser],
        "comments": comments,
        "tags": [tags[0], *words],
        "hashtags": [" ".join("#" + word.replace(" ", "") for word in words)],
        "counts": [f"{word} ({rng.randint(1, 80)})" for word in words],
        "subscribe": subscribe,
        "months": months,
        "pages": ["1 2 3 4 5 … 27"],
        "footer": [*footer, "info@example.org", "+44 20 7946 0958"],
        "pipes": [" | ".join(footer[:3])],
        "copyright": rights,
    }


def pages(data: Path, language: str, sentences: list[str], parts: list[list[str]]) -> Iterator[list[Line]]:
    """Pages of a language, PAGES at most."""
    articles = articles_of(data, language, sentences, 100 if language in UNSPACED else 300)
    for number in range(PAGES):
        rng = random.Random(f"{language} {number}")
        made_blocks = blocks(language, parts, sentences, rng)
        before = rng.sample(BEFORE, rng.randint(0, 3))
        behind = rng.sample(BEHIND, rng.randint(3, 9))
        page = [(kind, line) for kind in before for line in made_blocks[kind]]
        page += [("", line) for line in articles[number % len(articles)].split("\n")]
        yield page + [(kind, line) for kind in behind for line in made_blocks[kind]]


def cut(page: list[Line], repeated: float) -> Iterator[tuple[str, str, bool]]:
    """Lines of a page that masks do not name: kind, line, whether it is cut."""
    n = 0
    masked = np.zeros(sum(line.count("\n") + 1 for _, line in page), np.bool_)
    for at, (kind, _) in enumerate(page):
        n += kind != ""
        masked[at] = kind != "" and int(n * repeated) > int((n - 1) * repeated)
    before, after = list_lines(["\n".join(line for _, line in page)], masked)[0].tolist()
    for at, (kind, line) in enumerate(page):
        if not masked[at]:
            yield kind, line, at < before or at >= len(page) - after


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--by", choices=("language", "kind"), default="language")
    parser.add_argument("--lost", action="store_true")
    options = parser.parse_args()
    total: Counter[tuple[str, float]] = Counter()
    gone: Counter[tuple[str, float]] = Counter()
    article: Counter[tuple[str, str]] = Counter()
    for language, name, parts in made():
        sentences = sentences_of(options.data, name)
        for page in pages(options.data, language, sentences, parts):
            for share in SHARES:
                for kind, line, is_cut in cut(page, share):
                    row = language if options.by == "language" else kind
                    if kind == "":
                        article[language, "cut" if is_cut else "kept"] += len(line)
                        if is_cut and options.lost:
                            print(f"lost {language} {share:.2f} {line[:100]}")
                        continue
                    for key in (row, "all"):
                        total[key, share] += len(line)
                        gone[key, share] += len(line) * is_cut
    print(f"| {options.by} | repeated 0 | 1/3 | 1/2 | article characters lost |\n|---|---|---|---|---|")
    for row in dict.fromkeys(key for key, _ in total):
        cells = " | ".join(f"{100 * gone[row, share] / max(1, total[row, share]):.0f} %" for share in SHARES)
        lost = [article[each] for each in article if each[1] == "cut" and row in (each[0], "all")]
        print(f"| {row} | {cells} | {sum(lost)} |")


if __name__ == "__main__":
    main()
