"""Near-duplicate clusters of millions of made signatures: seconds, peak memory, and whether all is found.

    python benchmarks/cluster_scale.py --documents 5000000 --memory-gib 4 [--case CASE] [--set KEY=VALUE]

Of every ten documents four are in families: two pairs alike in some 92 % of their values. On top comes what
--case says of a share of all documents (--share, a fifth):

    template   a page with a few values of its own on each copy, as a word changed on it makes them
    equal      one signature on all of them, to the last bit

With --share 1 there is nothing else: one bucket, or one component, of all documents. Everything runs through
the DataFrame way of stages/near_duplicates.py with shuffles, as on a cluster, never on the driver; the JVM
gets a third of the memory, and the peak over all processes is printed beside what was allowed.
"""

import argparse
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from meter import Meter
from pyspark.sql import functions as F

from ccnet_lite.dedup.minhash import band_hashes
from ccnet_lite.run.session import start_session
from ccnet_lite.settings import load_settings
from ccnet_lite.stages import near_duplicates
from ccnet_lite.stages.checkpoints import keeper
from ccnet_lite.store.places import Place

UInt64 = npt.NDArray[np.uint64]
NOISE = 0.04
"""Share of a family member's values that are its own: two members agree in (1 - NOISE) squared."""


def mixed(values: UInt64) -> UInt64:
    """Splitmix64's finaliser: 64 random-looking bits of a counter."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(values ^ (values >> np.uint64(31)))


def made_signatures(
    ids: npt.NDArray[np.int64], documents: int, permutations: int, case: str, share: float
) -> npt.NDArray[np.uint32]:
    """[documents, permutations]: the page first, then groups of ten of which four are in two families."""
    family = np.where(ids % 10 < 4, ids // 2, ids + documents).astype(np.uint64)
    on_page = ids < documents * share
    family[on_page] = np.uint64(2**40)
    place = np.arange(permutations, dtype=np.uint64)
    shared = mixed(family[:, None] * np.uint64(permutations) + place).astype(np.uint32)
    own = mixed((ids.astype(np.uint64)[:, None] + np.uint64(2**41)) * np.uint64(permutations) + place)
    noisy = (own >> np.uint64(40)).astype(np.float64) / 2**24 < NOISE
    if case == "equal":
        noisy[on_page] = False
    return np.where(noisy, own.astype(np.uint32), shared)


def main() -> None:
    """Make, cluster, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=5_000_000)
    parser.add_argument("--case", choices=("template", "equal"), default="template")
    parser.add_argument("--share", type=float, default=0.2, help="share of documents that the case is about")
    parser.add_argument("--driver-pairs", type=int, default=0, help="pairs that the driver may decide")
    parser.add_argument("--memory-gib", type=float, default=4.0, help="what all processes may hold together")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    heap = f"spark.driver_memory={int(arguments.memory_gib * 1024 / 3)}m"
    settings = load_settings("conf/local.toml", [heap, *arguments.set])
    near_duplicates.DRIVER_PAIRS = arguments.driver_pairs
    near, documents = settings.near_duplicates, arguments.documents
    case, share = arguments.case, arguments.share
    spark = start_session(settings.spark, "cluster_scale")
    scratch = Path(tempfile.mkdtemp(prefix="cluster-scale-"))

    def make(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            ids = batch["id"].to_numpy()
            values = made_signatures(ids, documents, near.bands * near.rows, case, share)
            bands = band_hashes(values, near.bands, near.rows).view(np.int64)
            offsets = pa.array(np.arange(0, bands.size + 1, near.bands, dtype=np.int32))
            mixed_ids = mixed(ids.astype(np.uint64))
            columns = {
                "doc_id": [f"{number:016x}" * 2 for number in mixed_ids.tolist()],
                "shard": pa.array(ids // 30_000, pa.int32()),
                "position": pa.array(ids % 30_000, pa.int32()),
                "number": (mixed_ids >> np.uint64(4)).astype(np.int64),
                "crawl": ["made"] * len(ids),
                "rank_0": -(ids * 7919 % 5000).astype(np.float64),
                "signature": pa.array([row.tobytes() for row in values], pa.binary()),
                "bands": pa.ListArray.from_arrays(offsets, pa.array(bands.ravel())),
            }
            yield pa.RecordBatch.from_pydict(columns)

    try:
        schema = (
            "doc_id string, shard int, position int, number long, crawl string, rank_0 double, "
            "signature binary, bands array<long>"
        )
        frame = spark.range(0, documents, 1, max(2, documents // 100_000)).mapInArrow(make, schema)
        frame.write.parquet(str(scratch / "signatures"))
        meter = Meter(os.getpid())
        meter.start()
        began = time.monotonic()
        signatures = spark.read.parquet(str(scratch / "signatures"))
        keep = keeper(spark, Place.of(scratch) / "rounds")
        found = near_duplicates.clusters(signatures, ["rank_0"], documents, near, keep)
        found.write.parquet(str(scratch / "clusters"))
        seconds = time.monotonic() - began
        meter.stopped.set()
        found = spark.read.parquet(str(scratch / "clusters"))
        by_size = found.where("representative").groupBy("cluster_size").count().collect()
        lowest = found.agg(F.min("similarity")).first()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    on_page = int(np.ceil(documents * share))
    result = {
        "documents": documents,
        "case": f"{case}, {on_page} documents",
        "seconds": seconds,
        "documents_per_second": documents / seconds,
        "cpu_seconds": sum(meter.cpu_seconds().values()),
        "peak_megabytes": meter.peak / 1e6,
        "families": 2 * (documents - on_page) // 10,
        "clusters_by_size": {row[0]: row[1] for row in sorted(by_size)},
        "lowest_similarity": lowest[0] if lowest else None,
    }
    if arguments.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:22} {value if not isinstance(value, float) else round(value, 3)}")


if __name__ == "__main__":
    main()
