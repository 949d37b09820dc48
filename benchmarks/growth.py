"""Whether a run gets slower or larger with its crawl: the same pipeline on 1, 4 and 16 times as many documents.

    python benchmarks/growth.py --documents 40000 --lm-dir LM --picture growth.svg

For each size: documents a second, CPU a document, the greatest memory of driver, JVM and the largest Python
worker, and the bytes that Spark shuffled before the export (which moves the text once) as a share of the text.
All is measured from outside but the shuffle, which is the manifest's. The crawls are made by --maker, a command
to which `--docs N --shards K OUT` is added, or by the project's own generator, and removed after use.
"""

import argparse
import glob
import json
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.dataset as ds
from meter import Meter
from sides import HERE

SHARD = 10_000
"""Documents a shard."""
BEFORE_EXPORT = ("ingest", "masks", "annotate", "perplexities", "clusters", "paragraphs", "decide")
SHOWN = (
    ("documents_per_second", "documents/s", "{:,.0f}"),
    ("cpu_milliseconds", "CPU ms a document", "{:.2f}"),
    ("driver", "driver, MB", "{:,.0f}"),
    ("java", "JVM, MB", "{:,.0f}"),
    ("worker", "worker, MB", "{:,.0f}"),
    ("shuffled_share", "shuffled before export", "{:.1%}"),
)


def make_crawl(maker: str, documents: int, folder: Path) -> list[str]:
    """Archives of so many documents."""
    if maker:
        command = [
            *shlex.split(maker),
            "--docs",
            str(documents),
            "--shards",
            str(-(-documents // SHARD)),
            str(folder),
        ]
    else:
        command = [sys.executable, "jobs/make_sample.py", "--output", str(folder), "--documents", str(documents)]
        command += ["--shards", str(-(-documents // SHARD))]
    subprocess.run(command, cwd=HERE.parent, check=True, stdout=subprocess.DEVNULL)
    return sorted(glob.glob(f"{folder}/*.wet.gz"))  # noqa: PTH207


def measured(archives: list[str], output: Path, given: argparse.Namespace) -> dict[str, Any]:
    """What a run of the pipeline took."""
    command = [sys.executable, "jobs/run_pipeline.py", "--config", given.config, "--output", str(output)]
    command += [word for archive in archives for word in ("--input", archive)]
    chosen = [f"quality.lm_dir={given.lm_dir}"] if given.lm_dir else []
    command += [word for one in (*chosen, *given.set) for word in ("--set", one)]
    began = time.monotonic()
    with output.with_suffix(".log").open("w") as log:
        process = subprocess.Popen(command, cwd=HERE.parent, stdout=log, stderr=log)
        meter = Meter(process.pid)
        meter.start()
        if process.wait():
            sys.exit(f"failed: {' '.join(command)}\n{output.with_suffix('.log').read_text()[-2000:]}")
    seconds = time.monotonic() - began
    meter.stopped.set()
    manifest = json.loads((output / "manifest.json").read_text())
    documents = manifest["tables"]["documents"]["rows"]
    lengths = ds.dataset(output / "documents", format="parquet").to_table(columns=["length"])["length"]
    shuffled = sum(
        manifest["figures"][step]["shuffled_bytes"] for step in BEFORE_EXPORT if step in manifest["figures"]
    )
    return {
        "documents": documents,
        "seconds": seconds,
        "documents_per_second": documents / seconds,
        "cpu_milliseconds": 1000 * sum(meter.cpu_seconds().values()) / documents,
        "shuffled_share": shuffled / pc.sum(lengths).as_py(),
        **{kind: size / 1e6 for kind, size in meter.largest.items()},
    }


def picture(runs: list[dict[str, Any]]) -> str:
    """The measures as SVG, a panel each: how high, and how many documents."""
    width, height, bar = 190, 150, 110
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width * 3} {height * 2}" font-family="sans-serif" '
        'font-size="11" fill="#555">'
    ]
    for number, (key, title, form) in enumerate(SHOWN):
        left, top = width * (number % 3) + 8, height * (number // 3)
        parts.append(f'<text x="{left}" y="{top + 14}" font-weight="bold">{title}</text>')
        most = max(run[key] for run in runs) or 1
        step = (width - 20) / len(runs)
        for place, run in enumerate(runs):
            tall = (height - 62) * run[key] / most
            x, y = left + place * step, top + bar - tall + 12
            parts.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{step - 6:.1f}" height="{tall:.1f}" fill="#4a7fb5"/>'
            )
            parts.append(f'<text x="{x:.1f}" y="{y - 3:.1f}">{form.format(run[key])}</text>')
            parts.append(f'<text x="{x:.1f}" y="{top + bar + 26}">{run["documents"]:,}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def main() -> None:
    """Run all sizes, print a table, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=40_000, help="of the smallest crawl")
    parser.add_argument("--times", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--maker", default="", help="a command that makes crawls")
    parser.add_argument("--lm-dir")
    parser.add_argument("--config", default="conf/local.toml")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE")
    parser.add_argument("--picture", help="an SVG file to write")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    runs = []
    for times in given.times:
        with tempfile.TemporaryDirectory(prefix="growth-") as scratch:
            archives = make_crawl(given.maker, times * given.documents, Path(scratch, "crawl"))
            runs.append(measured(archives, Path(scratch, "run"), given))
        if not given.json:
            said = (f"{title} {form.format(runs[-1][key])}" for key, title, form in SHOWN)
            print(
                f"{runs[-1]['documents']:>9,} documents in {runs[-1]['seconds']:.1f} s: {', '.join(said)}",
                flush=True,
            )
    if given.json:
        print(json.dumps(runs, sort_keys=True))
    if given.picture:
        Path(given.picture).write_text(picture(runs), encoding="utf-8")


if __name__ == "__main__":
    main()
