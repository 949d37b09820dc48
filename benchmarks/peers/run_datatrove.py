"""datatrove over a folder of WET archives at its own settings: what compare_datatrove.py runs.

Language by the model that is given, MinHash of 14 bands of 8 rows on word 5-grams, clusters, Parquet by language.
Run by an interpreter that has datatrove with its extras `processing` and `io`.
"""

import argparse
import os
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import (
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.dedup.minhash import HashConfig, MinhashConfig
from datatrove.pipeline.filters import LanguageFilter
from datatrove.pipeline.readers import JsonlReader, WarcReader
from datatrove.pipeline.writers import JsonlWriter, ParquetWriter
from datatrove.utils import lid

MINHASH = MinhashConfig(hash_config=HashConfig(precision=64), num_buckets=14, hashes_per_bucket=8, n_grams=5)
MODEL = "COMPARE_DATATROVE_MODEL"
# It fetches its model by URL: the one that is here, instead. Its processes import this file anew.
lid.FT176LID.MODEL_URL = os.environ.get(MODEL, "")
lid.cached_asset_path_or_download = lambda path, **_: path


def main() -> None:
    """All stages, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--identifier", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("folder")
    given = parser.parse_args()
    os.environ[MODEL] = given.identifier
    output = given.output

    def run(name: str, stages: list, tasks: int) -> None:
        LocalPipelineExecutor(
            pipeline=stages, tasks=tasks, workers=given.processes, logging_dir=f"{output}/logs/{name}"
        ).run()

    tasks = max(given.processes, len(list(Path(given.folder).glob("*.wet.gz"))))
    kept = f"{output}/language"
    read = WarcReader(given.folder, glob_pattern="*.warc.wet.gz")
    run("language", [read, LanguageFilter(language_threshold=0.5, label_only=False), JsonlWriter(kept)], tasks)
    run("signatures", [JsonlReader(kept), MinhashDedupSignature(f"{output}/signatures", config=MINHASH)], tasks)
    buckets = MinhashDedupBuckets(f"{output}/signatures", f"{output}/buckets", config=MINHASH)
    run("buckets", [buckets], MINHASH.num_buckets)
    run("clusters", [MinhashDedupCluster(f"{output}/buckets", f"{output}/removed", config=MINHASH)], 1)
    write = ParquetWriter(f"{output}/corpus", output_filename="${language}/${rank}.parquet")
    run("corpus", [JsonlReader(kept), MinhashDedupFilter(f"{output}/removed"), write], tasks)


if __name__ == "__main__":
    main()
