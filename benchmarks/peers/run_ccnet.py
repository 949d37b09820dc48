"""CCNet's own classes over a folder of WET archives, as its `mine` chains them: what compare_ccnet.py runs.

The default pipeline of its configuration less what is no part of the comparison: no minified form, no second
look at the language. One process an archive, as many at once as asked. Run by an interpreter that has CCNet's
requirements; CCNet's source is found by --source and is not changed.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from typing import IO

UNKNOWN_TO_CCNET = "WARC-Identified-Content-Language"
"""A header that archives have had since 2018: CCNet takes headers by their position and would read none."""
TEXT = "raw_content"


def documents(archive: str) -> Iterator[dict]:
    """The documents of an archive, by CCNet's parser."""
    from cc_net import process_wet_file

    with gzip.open(archive, "rt", encoding="utf-8", newline="\n") as lines:
        known = (line for line in lines if not line.startswith(UNKNOWN_TO_CCNET))
        yield from process_wet_file.parse_warc_file(known, min_len=300)


def collect_keys(output: Path, archive: str) -> Path:
    """Write the keys of an archive's paragraphs."""
    from cc_net import dedup

    target = output / f"{Path(archive).name}.bin"
    with dedup.HashesCollector(field=TEXT, output=target) as collector:
        for document in documents(archive):
            collector.do(document)
    return target


def mine(output: Path, keys: list[Path], models: Path, identifier: str, cutoffs: Path, archive: str) -> int:
    """Everything that follows, for an archive; gives how many documents were written."""
    from cc_net import dedup, perplexity, split_by_lang

    languages = [path.name.removesuffix(".sp.model") for path in sorted(models.glob("*.sp.model"))]
    steps = [
        dedup.DuplicatesRemover(field=TEXT, hashes_files=keys),
        split_by_lang.Classifier(model=Path(identifier), field=TEXT, out_field="language", top=1, threshold=0.5),
        perplexity.MultiSentencePiece(
            {name: models / f"{name}.sp.model" for name in languages}, TEXT, "tokenized", normalize=True
        ),
        perplexity.DocLM(
            {name: models / f"{name}.arpa.bin" for name in languages}, "tokenized", "perplexity", normalize=False
        ),
        perplexity.PerplexityBucket(cutoffs),
        perplexity.DropKeys("tokenized"),
    ]
    for step in steps:
        step._prepare()
    folder = output / Path(archive).name
    folder.mkdir()
    files: dict[str, IO[str]] = {}
    opened = ExitStack()
    written = 0
    for document in documents(archive):
        document["cc_segment"] = archive
        for step in steps:
            document = step.do(document)
            if document is None:
                break
        else:
            name = f"{document['language']}_{document['bucket']}.json.gz"
            if name not in files:
                file = gzip.open(folder / name, "wt", encoding="utf-8")  # noqa: SIM115 (entered on the next line)
                files[name] = opened.enter_context(file)
            line = json.dumps(document, ensure_ascii=False, default=lambda value: value.item())
            files[name].write(line + "\n")
            written += 1
    opened.close()
    return written


def main() -> None:
    """Both passes; one line of JSON says what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--identifier", required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("archives", nargs="+")
    given = parser.parse_args()
    sys.path.insert(0, given.source)
    cutoffs = Path(given.source) / "cc_net" / "data" / "cutoff.csv"
    given.output.mkdir(parents=True)
    with Pool(given.processes) as pool:
        keys = pool.map(partial(collect_keys, given.output), given.archives, chunksize=1)
        work = partial(mine, given.output, keys, given.models, given.identifier, cutoffs)
        written = pool.map(work, given.archives, chunksize=1)
    print(json.dumps({"written": sum(written)}))


if __name__ == "__main__":
    main()
