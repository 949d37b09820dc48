"""The reader beside Hugging Face's interleave_datasets and mosaicml-streaming, on the same files, by the same mix.

    python benchmarks/reader.py --run RUN --mds-python VENV/bin/python

RUN is a finished run; without it, one of 40,000 made documents is made first. VENV is an environment with
mosaicml-streaming, which does not go with this project's versions of libraries: `python -m venv VENV`,
`VENV/bin/pip install mosaicml-streaming pyarrow`. Without --mds-python it is left out.

Each side draws documents of all languages by q at alpha = 0.3 and looks at the length of each text; that is, text and
id lie in Python. Ours reads the corpus as it lies, shuffled in windows of --shuffle-bytes, small enough that large
languages are decoded anew in each epoch. Hugging Face's reads the same files, the two columns alone, not shuffled.
mosaicml-streaming reads MDS made of them, uncompressed on this disk, its default shuffle. With --processes 2, ours and
mosaicml's read in two workers of a data loader, Hugging Face's in two processes that share the examples
(split_dataset_by_node).

Told: documents and characters of text a second after the first 2,000 documents, and of ours the resident memory at
each quarter of the time and how many epochs of the largest language that was.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
WARM = 2000


def resident() -> float:
    """Megabytes of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def measured(batches: Iterable[tuple[int, int]], seconds: float) -> dict[str, Any]:
    """Read (documents, characters) for so long."""
    documents = size = warm = 0
    memory: list[float] = []
    began = None
    for n, length in batches:
        if began is None:
            warm += n
            if warm >= WARM:
                began = time.monotonic()
            continue
        documents += n
        size += length
        passed = time.monotonic() - began
        if passed >= seconds * (len(memory) + 1) / 4:
            memory.append(resident())
        if passed >= seconds:
            return {"documents_s": documents / passed, "characters_s": size / passed, "megabytes": memory}
    sys.exit("a side has ended before its time")


def lengths(texts: list[str]) -> tuple[int, int]:
    """What is told of a batch."""
    return len(texts), sum(map(len, texts))


def files_of(run: Path) -> dict[str, list[str]]:
    """The files of each language."""
    found: dict[str, list[str]] = {}
    for path in sorted(run.glob("corpus/*/*/*.parquet")):
        found.setdefault(path.name.split("_")[0].removeprefix("part-"), []).append(str(path))
    return found


def ours(given: argparse.Namespace, shares: dict[str, float]) -> Iterator[tuple[int, int]]:
    """This project's reader."""
    from ccnet_lite.pretraining.reader import PretrainingReader

    reader = PretrainingReader(given.run, alpha=0.3, seed=1, shuffle_bytes=given.shuffle_bytes)
    if given.processes > 1:
        from torch.utils.data import DataLoader

        from ccnet_lite.pretraining.torch_dataset import PretrainingDataset

        yield from DataLoader(
            PretrainingDataset(reader, 0, 1), 256, num_workers=given.processes, collate_fn=lengths_of_documents
        )
    while True:
        yield lengths([document.text for document in reader.read(256)])


def lengths_of_documents(documents: list[Any]) -> tuple[int, int]:
    """Of our documents."""
    return lengths([document.text for document in documents])


def lengths_of_rows(rows: list[dict[str, str]]) -> tuple[int, int]:
    """Of the others' rows."""
    return lengths([row["text"] for row in rows])


def huggingface(given: argparse.Namespace, shares: dict[str, float]) -> Iterator[tuple[int, int]]:
    """interleave_datasets of a streaming dataset a language."""
    from datasets import interleave_datasets, load_dataset
    from datasets.distributed import split_dataset_by_node

    files = files_of(Path(given.run))
    parts = [
        load_dataset("parquet", data_files=files[name], split="train", streaming=True, columns=["text", "doc_id"])
        for name in shares
    ]
    mixed = interleave_datasets(
        parts, probabilities=list(shares.values()), seed=1, stopping_strategy="all_exhausted"
    )
    if given.processes > 1:
        mixed = split_dataset_by_node(mixed, given.rank, given.processes)
    while True:
        for batch in mixed.iter(256):
            yield lengths(batch["text"])


def mds(given: argparse.Namespace, shares: dict[str, float]) -> Iterator[tuple[int, int]]:
    """mosaicml-streaming's dataset of a stream a language."""
    from streaming import Stream, StreamingDataset
    from torch.utils.data import DataLoader

    streams = [Stream(local=f"{given.mds}/{name}", proportion=share) for name, share in shares.items()]
    dataset = StreamingDataset(streams=streams, shuffle=True, shuffle_seed=1, batch_size=256, epoch_size=400_000)
    while True:
        yield from DataLoader(
            dataset, 256, num_workers=given.processes if given.processes > 1 else 0, collate_fn=lengths_of_rows
        )


def write_mds(given: argparse.Namespace, shares: dict[str, float]) -> None:
    """The same documents as MDS, a folder a language."""
    import pyarrow.parquet as pq
    from streaming import MDSWriter

    for name, files in files_of(Path(given.run)).items():
        if name in shares:
            with MDSWriter(out=f"{given.mds}/{name}", columns={"text": "str", "doc_id": "str"}) as writer:
                for file in files:
                    for row in pq.read_table(file, columns=["text", "doc_id", "split"]).to_pylist():
                        if row.pop("split") == "train":
                            writer.write(row)


def side(name: str, python: str, given: argparse.Namespace, **more: str) -> dict[str, Any]:
    """One side, in processes of its own; their sum."""
    words = [python, __file__, "--side", name, "--shuffle-bytes", str(given.shuffle_bytes)]
    for option in ("run", "shares", "mds", "seconds", "processes"):
        words += [f"--{option}", str(more.get(option, getattr(given, option)))]
    count = given.processes if name == "huggingface" else 1
    running = [
        subprocess.Popen([*words, "--rank", str(rank)], stdout=subprocess.PIPE, text=True) for rank in range(count)
    ]
    told = [process.communicate()[0] for process in running]
    if any(process.returncode for process in running):
        sys.exit(f"{name} has failed")
    found = [json.loads(text.splitlines()[-1]) for text in told]
    summed: dict[str, Any] = {key: sum(each[key] for each in found) for key in ("documents_s", "characters_s")}
    return summed | {"megabytes": found[0]["megabytes"]}


def main() -> None:
    """Measure all sides, or be one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", default="", help="a finished run; without it, one is made")
    parser.add_argument("--mds-python", default="", help="a Python that has mosaicml-streaming")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--shuffle-bytes", type=int, default=16 << 20)
    for hidden in ("side", "shares", "mds"):
        parser.add_argument(f"--{hidden}", default="", help=argparse.SUPPRESS)
    parser.add_argument("--rank", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        shares = json.loads(given.shares)
        if given.side == "write_mds":
            write_mds(given, shares)
        else:
            source = {"ours": ours, "huggingface": huggingface, "mds": mds}[given.side]
            print(json.dumps(measured(source(given, shares), given.seconds)), flush=True)
            os._exit(0)  # what they have running does not matter any more
        return
    with tempfile.TemporaryDirectory(prefix="reader-") as scratch:
        compare(given, scratch)


def compare(given: argparse.Namespace, scratch: str) -> None:
    """Run every side and tell."""
    if not given.run:
        given.run = f"{scratch}/run"
        crawl = f"{scratch}/crawl"
        for words in (
            ["jobs/make_sample.py", "--output", crawl, "--documents", "40000"],
            [
                "jobs/run_pipeline.py",
                "--config",
                "conf/local.toml",
                "--input",
                f"{crawl}/*.gz",
                "--output",
                given.run,
            ],
        ):
            subprocess.run([sys.executable, *words], cwd=HERE.parent, check=True, stdout=subprocess.DEVNULL)
    from ccnet_lite.pretraining.reader import PretrainingReader

    reader = PretrainingReader(given.run, alpha=0.3)
    draws = reader.draws
    given.shares, given.mds = json.dumps(draws), f"{scratch}/mds"
    results = {"ours": side("ours", sys.executable, given)}
    results["huggingface"] = side("huggingface", sys.executable, given)
    if given.mds_python:
        words = [given.mds_python, __file__, "--side", "write_mds", "--run", given.run]
        subprocess.run([*words, "--shares", given.shares, "--mds", given.mds], check=True)
        results["mds"] = side("mds", given.mds_python, given)
    for name, found in results.items():
        memory = ", ".join(f"{each:,.0f}" for each in found["megabytes"])
        print(
            f"{name:<12} {found['documents_s']:9,.0f} documents/s {found['characters_s'] / 1e6:8.1f} Mchar/s  MB {memory}"
        )
    best = max(found["characters_s"] for name, found in results.items() if name != "ours")
    print(f"ours over the faster of the others: {results['ours']['characters_s'] / best:.1f}")
    largest = max(draws, key=lambda name: reader.sizes[name])
    epochs = results["ours"]["documents_s"] * given.seconds * draws[largest] / reader.sizes[largest]
    print(f"ours read {epochs:.1f} epochs of {largest}, the largest language, in that time")


if __name__ == "__main__":
    main()
