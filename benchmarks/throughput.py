"""Documents per second, MB/s and peak memory of the whole pipeline, beside the native library calls alone.

    python benchmarks/throughput.py --input 'CRAWL/*.wet.gz' --lm-dir LM [--config conf/local.toml] [--json]

Without --input, a crawl of --documents is made by the project's own generator. The floor
(benchmarks/floor.py) is the CPU time of warcio, fastText, SentencePiece, KenLM and SHA-1 alone. The CPU
time is told by step; what the floor does too (from the archives to scored text, with the session's start) is
held against it, and so is all of the run.
"""

import argparse
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from meter import Meter

REPOSITORY = Path(__file__).parent.parent

SAID_BY_STEP = re.compile(r"\[ *\d+/\d+\] (\w+): ")
BEYOND_THE_FLOOR = ("ledger", "statistics", "sampling", "finish")
"""Steps that do nothing of what the floor does: accounting, digests, the report."""


def shuffle_bytes_by_step(events: Path) -> dict[str, int]:
    """Bytes that each step's tasks wrote for others to fetch, from Spark's event log."""
    step_of: dict[int, str] = {}
    written: dict[str, int] = {}
    for path in events.rglob("events_*"):
        with path.open(encoding="utf-8") as lines:
            for event in map(json.loads, lines):
                if event["Event"] == "SparkListenerJobStart":
                    name = event["Properties"].get("spark.job.description", "other")
                    step_of.update(dict.fromkeys(event["Stage IDs"], name))
                elif event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
                    step = step_of.get(event["Stage ID"], "other")
                    size = event["Task Metrics"]["Shuffle Write Metrics"]["Shuffle Bytes Written"]
                    written[step] = written.get(step, 0) + size
    return {step: size for step, size in written.items() if size}


def run_pipeline(inputs: list[str], output: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Run the job as a user would; seconds, CPU seconds, peak bytes, shuffled bytes by step."""
    command = [sys.executable, "jobs/run_pipeline.py", "--config", arguments.config, "--output", str(output)]
    for path in inputs:
        command += ["--input", path]
    for override in [f"quality.lm_dir={arguments.lm_dir}" if arguments.lm_dir else "", *arguments.set]:
        command += ["--set", override] if override else []
    began = time.monotonic()
    events = output.with_name("events")
    events.mkdir()
    log = {"enabled": "true", "compress": "false", "dir": str(events)}
    options = " ".join(f"--conf spark.eventLog.{key}={value}" for key, value in log.items())
    environment = os.environ | {"PYSPARK_SUBMIT_ARGS": f"{options} pyspark-shell"}
    process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stderr=subprocess.PIPE, text=True)
    meter = Meter(process.pid)
    meter.start()
    steps, used = {}, 0.0
    assert process.stderr is not None
    for line in process.stderr:
        print(line, end="", file=sys.stderr, flush=True)
        said = SAID_BY_STEP.match(line)
        if said or line.startswith("done: "):
            meter.sample()
            total = sum(meter.cpu_seconds().values())
            steps[said[1] if said else "finish"], used = total - used, total
    if process.wait():
        sys.exit(f"the pipeline failed: {' '.join(command)}")
    meter.stopped.set()
    cpu = meter.cpu_seconds()
    return {
        "seconds": time.monotonic() - began,
        "cpu_seconds": sum(cpu.values()),
        "cpu_seconds_of_java": cpu["java"],
        "cpu_seconds_by_step": steps,
        "cpu_seconds_like_floor": sum(steps[step] for step in steps if step not in BEYOND_THE_FLOOR),
        "peak_bytes": meter.peak,
        "shuffle_bytes": shuffle_bytes_by_step(events),
    }


def text_bytes_of(documents: Path) -> int:
    """UTF-8 bytes of the documents as read."""
    column = pq.read_table(documents, columns=["raw_content"])["raw_content"]
    return int(pc.sum(pc.binary_length(column)).as_py() or 0)


def main() -> None:
    """Run, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", action="append", default=[], help="archives, a glob; may be given again")
    parser.add_argument("--documents", type=int, default=20_000, help="of the crawl that is made without --input")
    parser.add_argument("--lm-dir", default="", help="a folder of xx.sp.model and xx.arpa.bin")
    parser.add_argument("--config", default="conf/local.toml")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE")
    parser.add_argument("--no-floor", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="throughput-"))
    try:
        patterns = arguments.input
        if not patterns:
            crawl = scratch / "crawl"
            make = ["jobs/make_sample.py", "--output", str(crawl), "--documents", str(arguments.documents)]
            subprocess.run([sys.executable, *make], cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
            patterns = [str(crawl / "*.wet.gz")]
        inputs = sorted(path for pattern in patterns for path in glob.glob(pattern))  # noqa: PTH207 (absolute patterns)
        size = sum(Path(path).stat().st_size for path in inputs)
        found = run_pipeline(inputs, scratch / "run", arguments)
        tables = json.loads((scratch / "run" / "manifest.json").read_text())["tables"]
        documents = tables["documents"]["rows"]
        text_bytes = text_bytes_of(scratch / "run" / "documents")
        floor = {}
        if not arguments.no_floor:
            command = [sys.executable, "benchmarks/floor.py", "--json", *inputs]
            command += ["--lm-dir", arguments.lm_dir] if arguments.lm_dir else []
            floor = json.loads(subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True).stdout)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    result = {
        "documents": documents,
        "archive_bytes": size,
        "text_bytes": text_bytes,
        "documents_per_second": documents / found["seconds"],
        "text_megabytes_per_second": text_bytes / found["seconds"] / 1e6,
        "peak_megabytes": found["peak_bytes"] / 1e6,
        **found,
        "floor": floor,
    }
    if arguments.json:
        print(json.dumps(result, sort_keys=True))
        return
    print(
        f"{documents:,} documents in {found['seconds']:.1f} s: "
        f"{result['documents_per_second']:,.0f} documents/s, "
        f"{result['text_megabytes_per_second']:.1f} MB/s of text"
    )
    print(
        f"CPU {found['cpu_seconds']:.1f} s, {found['cpu_seconds_of_java']:.1f} s of it Java's; "
        f"peak memory {result['peak_megabytes']:,.0f} MB (all processes)"
    )
    by_step = ", ".join(f"{step} {used:.1f}" for step, used in found["cpu_seconds_by_step"].items())
    print(f"CPU by step (s): {by_step}")
    for step, shuffled in found["shuffle_bytes"].items():
        print(f"shuffled by {step}: {shuffled / 1e6:,.1f} MB, {shuffled / documents:,.0f} bytes a document")
    for name, value in floor.items():
        print(f"floor: {name}: {value}")
    if floor:
        sums = {"sum": "2,000 characters for language", "sum_whole_text": "whole texts for language"}
        for name, what in sums.items():
            alike, whole = found["cpu_seconds_like_floor"] / floor[name], found["cpu_seconds"] / floor[name]
            print(f"CPU / floor ({what}): {alike:.2f} from archives to scored text, {whole:.2f} the whole run")


if __name__ == "__main__":
    main()
