"""Whether a dry run tells what the real run takes: both, one after the other, figure by figure.

    python benchmarks/dry_run.py --input 'crawl/*.warc.wet.gz' --lm-dir LM

Starts and all other processes are counted on the real side as the manifest counts them.
"""

import argparse
import glob
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from sides import HERE


def main() -> None:
    """Run both, print figure by figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", action="append", required=True, help="archives, a glob; may be given again")
    parser.add_argument("--lm-dir")
    parser.add_argument("--config", default="conf/local.toml")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE")
    parser.add_argument("--records", default="10000")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    archives = sorted(path for pattern in given.input for path in glob.glob(pattern))  # noqa: PTH207
    chosen = [*given.set, *([f"quality.lm_dir={given.lm_dir}"] if given.lm_dir else [])]
    shared = ["--config", given.config, "--input", *archives]
    shared += [word for one in chosen for word in ("--set", one)]
    dry = ["jobs/dry_run.py", *shared, "--records", given.records, "--json"]
    guess: dict[str, Any] = json.loads(_said(dry))["estimate"]
    with tempfile.TemporaryDirectory(prefix="dry-run-") as scratch:
        output = Path(scratch, "run")
        _said(["jobs/run_pipeline.py", *shared, "--output", str(output)])
        manifest = json.loads((output / "manifest.json").read_text())
    steps = manifest["figures"].values()
    kept = sum(row["count"] for row in manifest["funnel"] if row["outcome"] == "kept")
    real = {
        "seconds": sum(step["seconds"] for step in steps),
        "cpu_hours": sum(step["cpu_seconds"] for step in steps) / 3600,
        "documents": kept,
        "corpus_bytes": manifest["tables"]["corpus"]["bytes"],
        "disk_bytes": sum(table["bytes"] for table in manifest["tables"].values()),
        "shuffled_bytes": sum(step["shuffled_bytes"] for step in steps),
    }
    if given.json:
        print(json.dumps({"guess": guess, "real": real}, sort_keys=True))
        return
    for name, value in real.items():
        span = guess[name]
        print(
            f"{name:15} {span['likely']:>14.4g} ({span['low']:.4g} to {span['high']:.4g}), real {value:.4g}",
            end="",
        )
        print(f": {value / span['likely']:.2f} times" if span["likely"] else "")


def _said(command: list[str]) -> str:
    return subprocess.run(
        [sys.executable, *command], cwd=HERE.parent, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


if __name__ == "__main__":
    main()
