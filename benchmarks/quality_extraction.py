"""Extractors side by side: token F1 of labelled pages, right pieces of others, pages a CPU second, by language.

    python benchmarks/quality_extraction.py --data DATA [--pages PAGES.jsonl ...]

The news pages are those of warc_pages/article_extraction_benchmark.warc.gz under --data. PAGES.jsonl have `html`,
`text`, or `wanted` and `unwanted`, as scripts/train_page_model.py reads them, and may have `language`. The model
that comes with the package has seen what it was trained on: what it does on pages of new hosts says the trainer's
--folds.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.pages import EXTRACTORS, token_f1
from ccnet_lite.archives.bodies import decode_body
from ccnet_lite.archives.html import Extractor, to_text
from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.archives.record import Record
from ccnet_lite.archives.records import read_records
from ccnet_lite.settings import IngestSettings, SourceSettings

NEWS = "article_extraction_benchmark"


def news_pages(data: Path) -> Iterator[dict[str, Any]]:
    """The news pages with their articles."""
    folder = data / "warc_pages"
    rows = map(json.loads, (folder / f"{NEWS}.truth.jsonl").read_text(encoding="utf-8").splitlines())
    truth = {row["url"]: row["articleBody"] for row in rows}
    (shard,) = resolve_inputs([str(folder / f"{NEWS}.warc.gz")], SourceSettings())
    with Path(shard.uri).open("rb") as stream:
        for record in read_records(stream, IngestSettings()):
            if isinstance(record, Record) and record.http_headers is not None:
                html = decode_body(record.http_headers, record.content, 1 << 30)
                yield {"set": "news", "html": html, "text": truth[record.url]}


def labelled(path: Path) -> Iterator[dict[str, Any]]:
    """Pages of a JSONL file."""
    with path.open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            yield row | {"html": row["html"].encode("utf-8", "replace"), "set": path.stem}


def measure(pages: Iterable[dict[str, Any]], extractor: Extractor) -> list[dict[str, Any]]:
    """A row a set, and one a language of it where pages tell theirs."""
    to_text(b"<p>x", None, extractor)
    found: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for page in pages:
        start = time.process_time()
        text = to_text(page["html"], None, extractor).text
        spent = time.process_time() - start
        folded = " ".join(text.split())
        for language in {"", page.get("language", "")}:
            sums = found[page["set"], language]
            sums["seconds"].append(spent)
            if page.get("text"):
                sums["f1"].append(token_f1(text, page["text"]))
            for name, wanted in (("wanted", True), ("unwanted", False)):
                sums["segments"] += [(" ".join(each.split()) in folded) == wanted for each in page.get(name, ())]
    return [
        {
            "set": name,
            "language": language or "all",
            "extractor": extractor,
            "pages": len(sums["seconds"]),
            "f1": round(sum(sums["f1"]) / len(sums["f1"]), 4) if sums["f1"] else None,
            "segments": round(sum(sums["segments"]) / len(sums["segments"]), 4) if sums["segments"] else None,
            "pages_a_second": round(len(sums["seconds"]) / sum(sums["seconds"])),
        }
        for (name, language), sums in found.items()
    ]


def table(data: Path, more: Sequence[Path] = ()) -> list[dict[str, Any]]:
    """The figures of all extractors on the news pages and on those of more files."""
    pages = [*news_pages(data), *(page for path in more for page in labelled(path))]
    return [row for extractor in EXTRACTORS for row in measure(pages, extractor)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pages", type=Path, nargs="*", default=[])
    arguments = parser.parse_args()
    for row in table(arguments.data, arguments.pages):
        print("  ".join(f"{value!s:>12}" for value in row.values()))


if __name__ == "__main__":
    main()
