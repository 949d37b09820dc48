"""HTML pages of WARC archives to rows: pages a CPU second, and how much of it the extraction library takes.

    python benchmarks/pages.py ['CRAWL/*.warc.gz' ...] [--pages 2000] [--truth TRUTH.jsonl] [--json]

On the archives given, or on the built-in sample crawl's, each as often as it takes to come to --pages pages, and
for each extractor. By CPU seconds, best of --repeat turns; `_ms` are milliseconds a page:

    ingest_ms    kernels.ingest.ingest_shard from the file to batches, this process and the page process
    reader_ms    of this, this process: read, unzip, hand over, make rows
    page_ms      and the page process: decode, parse, extract, strip; without its start
    start_ms     its start, once an archive (CPU milliseconds in all)
    library_ms   the extraction alone on the same decoded pages: HTMLTree.parse, extract_plain_text (and
                 trafilatura's extract); of lines, archives.page_lines
    gunzip_ms    zlib alone on the same archives
    share        library_ms / ingest_ms
    page_share   library_ms / page_ms
    wall_ms      wall time of ingest, start included

`f1` is the mean token F1 of the rows against the known articles of --truth (`url`, `articleBody`).
"""

import argparse
import json
import re
import resource
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from resiliparse.parse.html import HTMLTree

from ccnet_lite.archives.charsets import declared_charset, decode_text
from ccnet_lite.archives.html import KEEP_ALL, Extractor, HtmlText, main_lines, main_text
from ccnet_lite.archives.inputs import Shard, resolve_inputs
from ccnet_lite.archives.page_worker import PageWorker
from ccnet_lite.kernels.ingest import ingest_shard
from ccnet_lite.sample import make_sample
from ccnet_lite.settings import IngestSettings, Settings, SourceSettings

EXTRACTORS: tuple[Extractor, ...] = ("lines", "resiliparse", "trafilatura")


class KeepingWorker(PageWorker):
    """A page worker that keeps its pages, once decoded, in UTF-8."""

    def __init__(self, extractor: Extractor) -> None:
        super().__init__(extractor)
        self.pages: list[bytes] = []

    def to_text(self, html: bytes, media_type: str) -> HtmlText:
        """As of every page worker."""
        found = super().to_text(html, media_type)
        self.pages.append(decode_text(html, declared_charset(media_type))[0].encode("utf-8", "replace"))
        return found


def token_f1(found: str, wanted: str) -> float:
    """How far two texts have the same words, in any order."""
    ours, theirs = (Counter(re.findall(r"\w+", text.lower())) for text in (found, wanted))
    return 2 * (ours & theirs).total() / max(1, ours.total() + theirs.total())


def spent(work: Callable[[], object]) -> tuple[float, float, float]:
    """CPU seconds of this process, and of those it started and ended; wall seconds."""
    start = _clocks()
    work()
    own, children, wall = (end - begun for begun, end in zip(start, _clocks(), strict=True))
    return own, children, wall


def _clocks() -> tuple[float, float, float]:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time(), ended.ru_utime + ended.ru_stime, time.perf_counter()


def ingest(shards: Sequence[Shard], settings: Settings) -> dict[str, str]:
    """The archives' documents: their texts by URL."""
    texts: dict[str, str] = {}
    for shard in shards:
        for table, batch in ingest_shard(shard, settings):
            if table == "documents":
                texts.update(zip(batch["url"].to_pylist(), batch["raw_content"].to_pylist(), strict=True))
    return texts


def start(extractor: Extractor) -> None:
    """Start a page process and end it."""
    worker = PageWorker(extractor)
    worker.to_text(b"<p>a page</p>", "")
    worker.close()


def by_library(pages: Sequence[bytes], extractor: Extractor) -> float:
    """CPU seconds of the extraction itself, as html.to_text calls it."""
    if extractor == "lines":
        main_lines(b"<p>x", KEEP_ALL)  # its kernels are loaded once a process
    spent = 0.0
    for encoded in pages:
        page = encoded.decode()  # anew: a string keeps its UTF-8 form once the library has asked for it
        start = time.process_time()
        if extractor == "lines":
            main_lines(encoded, KEEP_ALL)
        else:
            main_text(HTMLTree.parse(page), page, extractor)
        spent += time.process_time() - start
    return spent


def gunzip(archives: Sequence[bytes]) -> None:
    """Unzip archives, member by member, and keep nothing."""
    for archive in archives:
        at = 0
        while archive.startswith(b"\x1f\x8b", at):
            member = zlib.decompressobj(16 + zlib.MAX_WBITS)
            while not member.eof and at < len(archive):
                piece = archive[at : at + 64 * 1024]
                member.decompress(piece)
                at += len(piece) - len(member.unused_data)


def repeated(shards: Sequence[Shard], times: int, folder: Path) -> list[Shard]:
    """Archives that hold what these hold several times."""
    paths = []
    for number, shard in enumerate(shards):
        paths.append(folder / f"{number:05}-{Path(shard.uri).name}")
        paths[-1].write_bytes(Path(shard.uri).read_bytes() * times)
    return resolve_inputs([*map(str, paths)], SourceSettings())


def measure(
    shards: Sequence[Shard], extractor: Extractor, n_pages: int, repeat: int, truth: dict[str, str]
) -> dict[str, float]:
    """The figures of one extractor."""
    settings = Settings(ingest=IngestSettings(extractor=extractor))
    pages: list[bytes] = []
    for shard in shards:
        worker = KeepingWorker(extractor)
        for _ in ingest_shard(shard, settings, worker=worker):
            pass
        pages += worker.pages
    times = -(-n_pages // len(pages))
    n = times * len(pages)
    archives = [Path(shard.uri).read_bytes() for shard in shards]
    turns: list[tuple[float, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        many = repeated(shards, times, Path(folder))
        for _ in range(repeat):
            library = by_library(pages, extractor)
            unzip, begin = spent(lambda: gunzip(archives))[0], spent(lambda: start(extractor))[1]
            turns.append((*spent(lambda: ingest(many, settings)), library, unzip, begin))
    # Each by itself: what a busy machine adds is in every one.
    own, children, wall, library, unzip, starts = (min(turn[place] for turn in turns) for place in range(6))
    library, unzip, starts = times * library, times * unzip, len(shards) * starts
    figures = {
        "pages": float(n),
        "kilobytes": sum(map(len, pages)) / len(pages) / 1000,
        "pages_a_second": n / (own + children),
        "library_pages_a_second": n / library,
        "ingest_ms": 1000 * (own + children - starts) / n,
        "reader_ms": 1000 * own / n,
        "page_ms": 1000 * (children - starts) / n,
        "start_ms": 1000 * starts / len(shards),
        "library_ms": 1000 * library / n,
        "gunzip_ms": 1000 * unzip / n,
        "wall_ms": 1000 * wall / n,
        "share": library / (own + children - starts),
        "page_share": library / (children - starts),
    }
    if truth:
        texts = ingest(shards, settings)
        scores = [token_f1(texts.get(url, ""), wanted) for url, wanted in truth.items()]
        figures["f1"] = sum(scores) / len(scores)
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("archives", nargs="*", help="WARC files with pages; none: the sample crawl's")
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--extractor", choices=EXTRACTORS, help="by default all")
    parser.add_argument("--truth", type=Path, help="articles that the pages hold, by URL")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    truth: dict[str, str] = {}
    if arguments.truth:
        rows = map(json.loads, arguments.truth.read_text(encoding="utf-8").splitlines())
        truth = {row["url"]: row["articleBody"] for row in rows}
    with tempfile.TemporaryDirectory() as folder:
        inputs = arguments.archives
        if not inputs:
            make_sample(Path(folder), 1000, 2, 0)
            inputs = [str(Path(folder, "*.warc.gz"))]
        shards = resolve_inputs(inputs, SourceSettings())
        extractors = (arguments.extractor,) if arguments.extractor else EXTRACTORS
        figures = {name: measure(shards, name, arguments.pages, arguments.repeat, truth) for name in extractors}
    if arguments.json:
        print(json.dumps(figures))
        return
    print(" " * 24 + "".join(f"{name:>14}" for name in extractors))
    for name in figures[extractors[0]]:
        print(f"{name:24}" + "".join(f"{figures[each][name]:14,.3f}" for each in extractors))


if __name__ == "__main__":
    main()
