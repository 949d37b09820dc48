"""README.md of a published corpus: a dataset card, as the Hub and `datasets` read it.

The header is YAML in its JSON subset: strings in quotes, so that no language code becomes a boolean.
"""

import json
from collections.abc import Iterable
from typing import Any

from ccnet_lite import __version__
from ccnet_lite.errors import visible
from ccnet_lite.finished.publication import Labels, Publication, Subset
from ccnet_lite.run.funnel import STAGES, FunnelRow
from ccnet_lite.sampling.statistics import BUCKETS
from ccnet_lite.settings import Settings
from ccnet_lite.store.corpus import form_of
from ccnet_lite.store.schema import schema_json

TERMS = "https://commoncrawl.org/terms-of-use"
NO_LICENSE = {"license": "other", "license_name": "common-crawl-terms-of-use", "license_link": TERMS}
SHOWN_SETTINGS = 40
STEPS = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")
"""The Hub's bounds of size, from 10^3 on."""
EXAMPLE = """```python
from datasets import load_dataset

rows = load_dataset("{where}", name="{subset}", split="train")
print(rows[0]["{text}"])
```

All documents lie in this one split of files. Which of them are to be trained on is in the column `split`: `train`,
or `validation` for those that were held out, by near-duplicate cluster.

```python
train = rows.filter(lambda side: side == "train", input_columns="split")
```"""
SUBSETS = """## Subsets

A subset is a language in a script, under the names of FineWeb-2. `Zyyy` holds the documents of a language in a
script that it is not usually written in."""
MADE = """By ccnet_lite {version}: text out of the archives, boilerplate lines masked, language by fastText,
text heuristics, near-duplicates by MinHash, repeated paragraphs, perplexity by KenLM into head, middle and tail.
The settings that differ from the defaults:"""


def card(publication: Publication, subsets: list[Subset], labels: Labels, about: str, where: str) -> str:
    """The card as text. about: what it is, in a sentence; where: what `load_dataset` is given, to read it."""
    text = form_of(publication.schema).text
    first = max(subsets, key=lambda subset: subset.documents).name
    parts = [
        _header(publication, subsets, labels),
        f"# {_inline(labels.title)}",
        about,
        EXAMPLE.format(where=where, subset=first, text=text),
        f"{SUBSETS}\n\n{_subsets(subsets)}",
        "## Columns\n\n" + _columns(publication.schema),
        "## What became of the records\n\n" + _funnel(publication),
        "## How it was made\n\n" + _made(publication),
        "## Licence\n\n" + _license(labels),
        "## Removal\n\n" + _removal(labels),
        "## Known limits\n\n" + _limits(publication),
    ]
    return "\n\n".join(parts) + "\n"


def about_it(publication: Publication, subsets: list[Subset]) -> str:
    """A sentence on what it is."""
    crawls = publication.crawls
    named = ", ".join(_inline(name) for name in crawls[:5]) + (
        f" and {len(crawls) - 5} more" if len(crawls) > 5 else ""
    )
    archives = len(publication.manifest.archives)
    return (
        f"{_count(publication.documents, 'document')} in {_count(len(subsets), 'subset')}, taken from "
        f"{_count(archives, 'web archive')} ({named}), cleaned, deduplicated and scored by "
        f"ccnet_lite {__version__}."
    )


def license_address(labels: Labels) -> str:
    """What Croissant is told as the licence: an address, or the Hub's name for it."""
    return labels.license or TERMS


def _header(publication: Publication, subsets: list[Subset], labels: Labels) -> str:
    languages = sorted({code.partition("-")[0] for subset in subsets for code in subset.codes})
    known: dict[str, Any] = {"license": labels.license} if labels.license else dict(NO_LICENSE)
    known |= {
        "pretty_name": labels.title,
        "language": languages,
        "task_categories": ["text-generation", "fill-mask"],
        "size_categories": [size_category(publication.documents)],
        "tags": ["common-crawl", "ccnet_lite"],
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in known.items()]
    lines.append("configs:")
    for subset in subsets:
        lines += [
            f'- config_name: "{subset.name}"',
            "  data_files:",
            "  - split: train",
            f'    path: "data/{subset.name}/train/*.parquet"',
        ]
    return "\n".join(["---", *lines, "---"])


def size_category(documents: int) -> str:
    """The Hub's word for so many.

    >>> [size_category(n) for n in (5, 1000, 2_500_000, 10**13)]
    ['n<1K', '1K<n<10K', '1M<n<10M', 'n>1T']
    """
    place = max(0, len(str(documents)) - 3)
    if place == 0:
        return f"n<{STEPS[0]}"
    return f"{STEPS[place - 1]}<n<{STEPS[place]}" if place < len(STEPS) else f"n>{STEPS[-1]}"


def _subsets(subsets: list[Subset]) -> str:
    names = [name for name in BUCKETS if any(name in subset.buckets for subset in subsets)]
    rows = [
        [
            f"`{subset.name}`",
            f"{subset.documents:,}",
            f"{subset.characters:,}",
            f"{subset.lines:,}",
            *(f"{subset.buckets.get(name, 0):,}" for name in names),
            f"{subset.validation:,}",
            _size(subset.bytes),
        ]
        for subset in subsets
    ]
    if len(subsets) > 1:
        figures = ("documents", "characters", "lines")
        sums = [f"{sum(getattr(subset, name) for subset in subsets):,}" for name in figures]
        sums += [f"{sum(subset.buckets.get(name, 0) for subset in subsets):,}" for name in names]
        sums.append(f"{sum(subset.validation for subset in subsets):,}")
        rows.append(["all", *sums, _size(sum(subset.bytes for subset in subsets))])
    return _table(["subset", "documents", "characters", "lines", *names, "held out", "Parquet"], rows)


def _columns(schema: str) -> str:
    rows = []
    for column in schema_json(schema)["fields"]:
        kind = column["type"]
        named = kind if isinstance(kind, str) else f"list of {kind['elementType']}"
        comment = column["metadata"]["comment"].replace("|", "\\|").replace("<", "&lt;")
        rows.append([f"`{column['name']}`", named, comment])
    return _table(["column", "type", "what"], rows)


def _funnel(publication: Publication) -> str:
    counts: dict[tuple[int, str, str], int] = {}
    for row in (FunnelRow(**row) for row in publication.manifest.funnel):
        if row.outcome != "kept":
            order = STAGES.index(row.stage) if row.stage in STAGES else len(STAGES)
            key = order, row.stage or "", row.rule or row.outcome
            counts[key] = counts.get(key, 0) + row.count
    kept = sum(row["count"] for row in publication.manifest.funnel if row["outcome"] == "kept")
    rows = [["", "records read", f"{kept + sum(counts.values()):,}"]]
    rows += [[stage, f"`{rule}`", f"-{count:,}"] for (_, stage, rule), count in sorted(counts.items())]
    rows.append(["", "kept", f"{kept:,}"])
    if publication.without is not None:
        gone = publication.without["contaminated"]
        rows.append(["decontamination", "hold an item of a reference", f"-{gone:,}"])
        rows.append(["", "published", f"{publication.documents:,}"])
    return _table(["stage", "rule", "records"], rows)


def _made(publication: Publication) -> str:
    manifest = publication.manifest
    lines = [
        MADE.format(version=manifest.version),
        "```toml\n" + _settings(manifest.settings) + "\n```",
        "Models, by SHA-256:",
        "\n".join(f"- `{_code(name)}`: `{digest}`" for name, digest in sorted(manifest.models.items()))
        or "- none",
        f"The corpus has the digest `{publication.digest}`; `publication.json` has the SHA-256 of each file.",
    ]
    if publication.without is not None:
        given = publication.without["references"]
        paths = [f"- {_inline(str(each['path']).rpartition('/')[2])} (`{each['digest']}`)" for each in given]
        lines += ["Documents that hold an item of these references were left out:", "\n".join(paths)]
    return "\n\n".join(lines)


def _settings(given: dict[str, dict[str, Any]]) -> str:
    plain = Settings().model_dump(mode="json")
    lines = [
        f"{section}.{key} = {json.dumps(value, ensure_ascii=False)}"
        for section, keys in sorted(given.items())
        if section not in ("spark", "source")
        for key, value in sorted(keys.items())
        if value != plain.get(section, {}).get(key) and not _is_place(section, key)
    ]
    more = len(lines) - SHOWN_SETTINGS
    return "\n".join([*lines[:SHOWN_SETTINGS], *([f"# and {more} more"] if more > 0 else [])]) or "# none"


def _is_place(section: str, key: str) -> bool:
    """Whether a setting says where something lies on the machines of whoever ran it: that is nobody's business."""
    return (section, key) in {
        ("language", "model"),
        ("quality", "lm_dir"),
        ("quality", "cutoffs"),
        ("near_duplicates", "index"),
    }


def _license(labels: Labels) -> str:
    own = f"Published under `{_code(labels.license)}`. " if labels.license else ""
    return (
        f"{own}The text was crawled from the web by [Common Crawl](https://commoncrawl.org) and stays under its "
        f"[terms of use]({TERMS}); the rights of the authors of the pages are untouched."
    )


def _removal(labels: Labels) -> str:
    whom = f"write to {_inline(labels.contact)}" if labels.contact else "open a discussion on this dataset's page"
    return f"To have a page or a site taken out, {whom} and name its URL. Each document's is in the column `url`."


def _limits(publication: Publication) -> str:
    limits = [
        "Languages are a classifier's guess: small languages hold documents of larger ones that are like them. "
        "`language_score` tells how sure it was.",
        "Perplexity tells how like the text is to what the language models were trained on, not how good it is.",
        "Personal data, insults and untruths of the web were not looked for.",
    ]
    if not any(name.startswith("quality.lm_dir") for name in publication.manifest.models):
        limits.append("No language models were used: every document is in the bucket `all`.")
    if publication.without is None:
        limits.append("It was not held against test sets: those that are on the web may be in it.")
    if publication.manifest.unread_archives:
        limits.append(f"{len(publication.manifest.unread_archives):,} archives could not be read and are missing.")
    return "\n".join(f"- {each}" for each in limits)


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _inline(text: str) -> str:
    """Names that others chose, fit to stand in a line of Markdown."""
    plain = visible(text).replace("\\", "\\\\")
    for special in "|`*_<>[]":
        plain = plain.replace(special, f"&#{ord(special)};" if special in "|<>`" else f"\\{special}")
    return plain


def _code(text: str) -> str:
    return visible(text).replace("`", "'").replace("|", "¦")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _size(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
