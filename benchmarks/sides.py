"""Another system and this one on the same archives, one after the other: what the comparisons share."""

import argparse
import glob
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from meter import Meter

HERE = Path(__file__).parent
MEASURED = ("seconds", "cpu_seconds", "peak_megabytes")

Command = Callable[[list[str], Path], list[str]]
"""From archives and an output folder to a command."""


def measured(command: list[str], log: Path) -> dict[str, float]:
    """Run a command; its seconds, the CPU seconds of all its processes, and their greatest memory."""
    began = time.monotonic()
    with log.open("w") as said:
        process = subprocess.Popen(command, cwd=HERE.parent, stdout=said, stderr=said)
        meter = Meter(process.pid)
        meter.start()
        status = process.wait()
    seconds = time.monotonic() - began
    meter.stopped.set()
    if status:
        sys.exit(f"failed: {' '.join(command)}\n{log.read_text()[-2000:]}")
    cpu = meter.cpu_seconds()
    return {
        "seconds": seconds,
        "cpu_seconds": sum(cpu.values()),
        "cpu_seconds_of_java": cpu["java"],
        "peak_megabytes": meter.peak / 1e6,
    }


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that every comparison takes."""
    parser.add_argument("--identifier", default=str(Path(sys.prefix) / "share" / "ccnet_lite" / "lid.176.ftz"))
    parser.add_argument("--input", action="append", default=[], help="archives, a glob; may be given again")
    parser.add_argument("--documents", type=int, default=40_000, help="of the crawl that is made without --input")
    parser.add_argument("--processes", type=int, default=2, help="of the other system, and cores of Spark")
    parser.add_argument("--config", default="conf/local.toml")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE")
    parser.add_argument("--repeat", type=int, default=1, help="how often; the faster run of each side counts")
    parser.add_argument("--json", action="store_true")


def ours(given: argparse.Namespace, *overrides: str) -> Command:
    """The command of this pipeline."""

    def command(archives: list[str], output: Path) -> list[str]:
        words = [sys.executable, "jobs/run_pipeline.py", "--config", given.config, "--output", str(output)]
        own = [f"language.model={given.identifier}", f"spark.master=local[{given.processes}]"]
        for override in [*own, *overrides, *given.set]:
            words += ["--set", override]
        for archive in archives:
            words += ["--input", archive]
        return words

    return command


def compare(name: str, theirs: Command, own: Command, given: argparse.Namespace) -> None:
    """Run both, print both and their ratios. name: the other system's."""
    scratch = Path(tempfile.mkdtemp(prefix="compare-"))
    try:
        archives = sorted(path for pattern in given.input for path in glob.glob(pattern))  # noqa: PTH207
        archives = [str(Path(path).resolve()) for path in archives] or _made(scratch / "crawl", given.documents)
        runs: dict[str, list[dict[str, float]]] = {"ccnet_lite": [], name: []}
        for number in range(given.repeat):
            for side, command in (("ccnet_lite", own), (name, theirs)):
                output = scratch / f"{side}-{number}"
                runs[side].append(measured(command(archives, output), scratch / f"{side}.log"))
                if side == "ccnet_lite":
                    documents = json.loads((output / "manifest.json").read_text())["tables"]["documents"]["rows"]
                shutil.rmtree(output)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    best = {side: min(each, key=lambda run: run["seconds"]) for side, each in runs.items()}
    ratios = {what: best[name][what] / best["ccnet_lite"][what] for what in MEASURED}
    if given.json:
        print(json.dumps({"documents": documents, **best, f"{name} over ccnet_lite": ratios}, sort_keys=True))
        return
    print(f"{documents:,} documents of {len(archives)} archives")
    for side, run in best.items():
        print(
            f"{side:<11} {run['seconds']:7.1f} s  {documents / run['seconds']:7,.0f} documents/s  "
            f"CPU {run['cpu_seconds']:7.1f} s (Java {run['cpu_seconds_of_java']:.1f})  "
            f"{run['peak_megabytes']:,.0f} MB"
        )
    print(f"{name} over ccnet_lite: " + ", ".join(f"{what} {ratio:.2f}" for what, ratio in ratios.items()))


def _made(folder: Path, documents: int) -> list[str]:
    """A crawl by the project's own maker."""
    command = [sys.executable, "jobs/make_sample.py", "--output", str(folder), "--documents", str(documents)]
    subprocess.run(command, cwd=HERE.parent, check=True, stdout=subprocess.DEVNULL)
    return sorted(str(path) for path in folder.glob("*.wet.gz"))
