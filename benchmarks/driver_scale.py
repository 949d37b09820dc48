"""What the driver does for a whole crawl, without its text: every step's part, at 90,000 shards.

    python benchmarks/driver_scale.py [--shards 90000] [--languages 150]

Makes up what tasks would return (files, sums) and the manifests of by-shard tables, in a temporary folder; then
times what the driver makes of them and prints seconds and the process' peak memory. The bar: a minute and 4 GiB
a step.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ccnet_lite.archives.inputs import Shard
from ccnet_lite.kernels.packing import to_text
from ccnet_lite.run.folder import check_claim, claim, held_shards
from ccnet_lite.run.steps.decide import layout_rows
from ccnet_lite.run.steps.export import check_complete
from ccnet_lite.stages.by_shard import Done, files_by_table
from ccnet_lite.stages.layout import lay_out
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_table
from ccnet_lite.store.tables import DataFile, load_table, put_table
from ccnet_lite.store.writing import write_rows


def timed(name: str, work: Callable[[], Any]) -> Any:
    """Run a part of the driver's work and print what it took."""
    began = time.monotonic()
    result = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{name:<44}{time.monotonic() - began:8.1f} s   peak so far {peak:5.2f} GiB", flush=True)
    return result


def returned(shards: int, table: str, tally: Callable[[int], dict[str, Any]]) -> list[str]:
    """What the tasks of a by-shard step would return, as JSON."""
    return [
        Done(
            files={
                table: [
                    DataFile(
                        name=f"0123456789abcdef/part-{shard:06d}.parquet",
                        rows=28_900,
                        bytes=60_000_000 + shard,
                        first_shard=shard,
                        last_shard=shard,
                        digest=(shard << 40, shard << 41),
                    )
                ]
            },
            tally=tally(shard),
        ).model_dump_json()
        for shard in range(shards)
    ]


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shards", type=int, default=90_000)
    parser.add_argument("--languages", type=int, default=150)
    arguments = parser.parse_args()
    n_shards, rng = arguments.shards, np.random.default_rng(0)
    languages = [f"l{number:03d}" for number in range(arguments.languages)]
    sizes = (rng.pareto(1.0, len(languages)) + 1) * 200

    def going_on(shard: int) -> dict[str, Any]:
        return {
            "documents": 28_900,
            "dropped": 20_000,
            "going_on": {
                "languages": " ".join(languages),
                "documents": to_text(sizes),
                "characters": to_text(sizes * 3_000),
                "hashes": to_text(np.full(len(sizes), shard)),
            },
        }

    with tempfile.TemporaryDirectory() as folder:
        run = Place.of(folder)
        names = [f"crawl-data/CC-MAIN-2024-22/segments/{i % 100:013d}/wet/{i:05d}" for i in range(n_shards)]
        shards = [Shard(i, f"s3://commoncrawl/{name}", name, None) for i, name in enumerate(names)]
        timed("run.json written", lambda: claim(run, shards))
        timed("run.json read and checked", lambda: check_claim(run, shards))
        timed("shards held", lambda: held_shards(run))

        said = returned(n_shards, "documents", lambda shard: {"documents": 28_900})
        done = timed("a step's results parsed", lambda: [Done.model_validate_json(each) for each in said])
        files = files_by_table(done, ["documents"])["documents"]
        looks = {"archives": dict.fromkeys(names, "http 100000000 0123456789abcdef")}
        timed("a by-shard table's manifest written", lambda: put_table(run, "documents", "f", files, looks))
        table = timed("a by-shard table's manifest read", lambda: load_table(run, "documents"))
        timed("its files by shard", lambda: table.by_shard)

        said = returned(n_shards, "decisions", going_on)
        decided = timed(
            f"decide: results parsed ({len(languages)} languages)",
            lambda: {shard: Done.model_validate_json(each) for shard, each in enumerate(said)},
        )
        kept = timed("decide: what goes on, by shard and language", lambda: layout_rows(decided))
        written = timed("decide: layout written", lambda: write_rows(kept, run, "layout", "f"))
        table = put_table(run, "layout", "f", written)
        kept = timed("export: layout read", lambda: read_table(table))
        layout = timed("export: text laid out in parts", lambda: lay_out(kept, 512 << 20, 2000))
        print(f"{len(layout.tasks):,} parts of {kept.num_rows:,} pieces of shards")
        found = timed("export: what parts would return", lambda: parts_of(kept, layout))
        timed("export: every shard and language complete", lambda: check_complete(kept, found))


def parts_of(kept: Any, layout: Any) -> list[Done]:
    """What the parts of a layout would return."""
    shards, hashes = kept["shard"].to_numpy(), kept["document_hash"].to_numpy()
    documents, names = kept["documents"].to_numpy(), kept["language"].combine_chunks().dictionary_encode()
    codes = names.indices.to_numpy()
    found = []
    for code, language in enumerate(names.dictionary.to_pylist()):
        rows = np.flatnonzero(codes == code)
        rows = rows[np.argsort(shards[rows], kind="stable")]
        edges = np.searchsorted(shards[rows], layout.begins[language])
        for number, part in zip(layout.numbers[language], np.split(rows, edges[1:]), strict=True):
            tally = {
                "language": language,
                "part": int(number),
                "shards": to_text(shards[part]),
                "documents": to_text(documents[part]),
                "hashes": to_text(hashes[part]),
            }
            found.append(Done(files={}, tally=tally))
    return found


if __name__ == "__main__":
    main()
