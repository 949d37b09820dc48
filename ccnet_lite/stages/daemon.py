"""PySpark's daemon, which forks a machine's Python workers, with what they need loaded before it forks.

In local mode it stands in for PySpark's own (run/session.py). Else each worker would load the same modules again,
and compile PySpark anew: what Spark puts on their path is a zip file, into which no compiled form is written.
"""

import gc
import sys
from importlib import import_module
from pathlib import Path

MODULES = (
    *("pyspark.worker", "ccnet_lite.stages.by_shard", "datasketch"),
    *(f"ccnet_lite.kernels.{name}" for name in ("ingest", "annotate", "decide", "corpus", "score")),
)


def main() -> None:
    """Serve, with PySpark and the kernels in memory that the forks share."""
    sys.path[:] = [entry for entry in sys.path if not is_zip_of_spark(entry)]
    for name in MODULES:
        import_module(name)
    use_kernels()
    gc.collect()
    gc.freeze()  # or each worker's first collection would copy it
    import_module("pyspark.daemon").manager()


def use_kernels() -> None:
    """Use what every document passes through once, so that its tables and its compiled code are in memory."""
    import numpy as np
    import pyarrow as pa

    from ccnet_lite.dedup.minhash import band_hashes, signatures
    from ccnet_lite.quality.heuristics import measure
    from ccnet_lite.quality.list_lines import list_lines
    from ccnet_lite.settings import NearDuplicateSettings
    from ccnet_lite.store.digest import digest_batches
    from ccnet_lite.text.paragraphs import batch_line_keys

    near, texts = NearDuplicateSettings(), ["É"]
    batch_line_keys(pa.array(texts))
    measure(texts)
    list_lines(texts, np.zeros(1, np.bool_))
    band_hashes(signatures(texts, near), near.bands, near.rows)
    digest_batches([pa.record_batch({"text": texts, "keys": [[1]]})])


def is_zip_of_spark(entry: str) -> bool:
    """Whether an entry of the path is what Spark brings for workers that have no PySpark installed.

    >>> [is_zip_of_spark(f"/opt/spark/{name}.zip") for name in ("pyspark", "py4j-0.10-src", "own")]
    [True, True, False]
    """
    return entry.endswith(".zip") and Path(entry).name.startswith(("pyspark", "py4j"))


if __name__ == "__main__":
    main()
