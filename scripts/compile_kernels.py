"""Have numba compile what every run calls, and keep it: set-up does it while C++ compilers take one core.

Else the first run would, for a minute. What only language models and steps on the driver call, the run that
archives Spark's classes has compiled (make_class_archive.py).
"""

import sys
import tempfile
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa

REPOSITORY = Path(__file__).parent.parent
sys.path.insert(0, str(REPOSITORY))  # the package is not installed yet
for name in ("fasttext", "kenlm"):  # these are still being compiled, and nothing of them is called
    sys.modules[name] = ModuleType(name)

from ccnet_lite.archives.sources import resolve_inputs  # noqa: E402
from ccnet_lite.kernels.annotate import DOCUMENT_COLUMNS, annotate_shard  # noqa: E402
from ccnet_lite.kernels.ingest import ingest_shard  # noqa: E402
from ccnet_lite.kernels.lines import LINE_COLUMNS, STAYS, gather_lines  # noqa: E402
from ccnet_lite.quality.common_words import word_lists  # noqa: E402
from ccnet_lite.sample.build import make_sample  # noqa: E402
from ccnet_lite.settings import load_settings  # noqa: E402
from ccnet_lite.stages.daemon import load  # noqa: E402


def main() -> None:
    """Read and measure a few documents. The argument is the language identification model's file."""
    load()
    settings = load_settings(REPOSITORY / "conf" / "local.toml", [f"language.model={sys.argv[1]}"])
    common = word_lists((REPOSITORY / "conf" / "common_words.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        make_sample(Path(folder), documents=300, shards=1)
        for shard in resolve_inputs([f"{folder}/*.gz"], settings.source):
            read = [rows for table, rows in ingest_shard(shard, settings) if table == "documents"]
            held = gather_lines(pa.Table.from_batches(read).select(LINE_COLUMNS).combine_chunks())
            verdict = np.full(len(held.keys), STAYS, np.int8)
            documents = [rows.select(DOCUMENT_COLUMNS) for rows in read]
            for _ in annotate_shard(documents, held, verdict, settings, Path(sys.argv[1]), common, look=True):
                pass


if __name__ == "__main__":
    main()
