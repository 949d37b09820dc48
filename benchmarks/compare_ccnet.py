"""CCNet's own code and this pipeline on the same crawl with the same models, one after the other, in one run.

    python benchmarks/compare_ccnet.py --ccnet-source cc_net --ccnet-python venv/bin/python \
        --lm-dir models --documents 160000

Start-up counts on both sides, and so does everything that this pipeline does beyond CCNet: near-duplicates, the
ledger, digests, Parquet, the report. CPU is that of all processes. The crawl is that of --input, or made.
CCNet's code is fetched by the user (facebookresearch/cc_net); its requirements lie with --ccnet-python.
"""

import argparse
import glob
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from meter import Meter

HERE = Path(__file__).parent


def measured(command: list[str], log: Path) -> dict[str, float]:
    """Run a command; its seconds, the CPU seconds of all its processes, and their greatest memory."""
    began = time.monotonic()
    with log.open("w") as said:
        process = subprocess.Popen(command, cwd=HERE.parent, stdout=said, stderr=said)
        meter = Meter(process.pid)
        meter.start()
        status = process.wait()
    meter.stopped.set()
    if status:
        sys.exit(f"failed: {' '.join(command)}\n{log.read_text()[-2000:]}")
    cpu = meter.cpu_seconds()
    return {
        "seconds": time.monotonic() - began,
        "cpu_seconds": sum(cpu.values()),
        "cpu_seconds_of_java": cpu["java"],
        "peak_megabytes": meter.peak / 1e6,
    }


def make_crawl(folder: Path, documents: int) -> list[str]:
    """A crawl by the project's own maker."""
    command = [sys.executable, "jobs/make_sample.py", "--output", str(folder), "--documents", str(documents)]
    subprocess.run(command, cwd=HERE.parent, check=True, stdout=subprocess.DEVNULL)
    return sorted(str(path) for path in folder.glob("*.wet.gz"))


def ours(archives: list[str], output: Path, given: argparse.Namespace) -> list[str]:
    """The command of this pipeline."""
    command = [sys.executable, "jobs/run_pipeline.py", "--config", given.config, "--output", str(output)]
    command += ["--set", f"quality.lm_dir={given.lm_dir}", "--set", f"language.model={given.identifier}"]
    command += ["--set", f"quality.cutoffs={Path(given.ccnet_source, 'cc_net', 'data', 'cutoff.csv')}"]
    command += ["--set", f"spark.master=local[{given.processes}]"]
    for override in given.set:
        command += ["--set", override]
    for archive in archives:
        command += ["--input", archive]
    return command


def theirs(archives: list[str], output: Path, given: argparse.Namespace) -> list[str]:
    """The command of CCNet's code."""
    command = [given.ccnet_python, str(HERE / "peers" / "ccnet.py"), "--source", given.ccnet_source]
    command += ["--models", given.lm_dir, "--identifier", given.identifier, "--output", str(output)]
    return [*command, "--processes", str(given.processes), *archives]


def main() -> None:
    """Run both, print both and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ccnet-source", required=True, help="a work tree of facebookresearch/cc_net")
    parser.add_argument("--ccnet-python", default=sys.executable, help="an interpreter with its requirements")
    parser.add_argument("--lm-dir", required=True, help="a folder of xx.sp.model and xx.arpa.bin, for both")
    parser.add_argument("--identifier", default=str(Path(sys.prefix) / "share" / "ccnet_lite" / "lid.176.ftz"))
    parser.add_argument("--input", action="append", default=[], help="archives, a glob; may be given again")
    parser.add_argument("--documents", type=int, default=40_000, help="of the crawl that is made without --input")
    parser.add_argument("--processes", type=int, default=2, help="of CCNet, and cores of Spark")
    parser.add_argument("--config", default="conf/local.toml")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE")
    parser.add_argument("--repeat", type=int, default=1, help="how often; the best of each side counts")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="compare-"))
    try:
        archives = sorted(path for pattern in given.input for path in glob.glob(pattern))  # noqa: PTH207
        archives = [str(Path(path).resolve()) for path in archives] or make_crawl(
            scratch / "crawl", given.documents
        )
        runs: dict[str, list[dict[str, float]]] = {"ccnet": [], "ccnet_lite": []}
        for number in range(given.repeat):
            for name, command_of in (("ccnet_lite", ours), ("ccnet", theirs)):
                output = scratch / f"{name}-{number}"
                runs[name].append(measured(command_of(archives, output, given), scratch / f"{name}.log"))
                if name == "ccnet_lite":
                    documents = json.loads((output / "manifest.json").read_text())["tables"]["documents"]["rows"]
                shutil.rmtree(output)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    best: dict[str, Any] = {name: min(each, key=lambda run: run["seconds"]) for name, each in runs.items()}
    ratios = {
        what: best["ccnet"][what] / best["ccnet_lite"][what]
        for what in ("seconds", "cpu_seconds", "peak_megabytes")
    }
    if given.json:
        print(json.dumps({"documents": documents, **best, "ccnet/ccnet_lite": ratios}, sort_keys=True))
        return
    print(f"{documents:,} documents of {len(archives)} archives")
    for name, run in best.items():
        print(
            f"{name:<11} {run['seconds']:7.1f} s  {documents / run['seconds']:7,.0f} documents/s  "
            f"CPU {run['cpu_seconds']:7.1f} s (Java {run['cpu_seconds_of_java']:.1f})  "
            f"{run['peak_megabytes']:,.0f} MB"
        )
    print("CCNet over this: " + ", ".join(f"{what} {ratio:.2f}" for what, ratio in ratios.items()))


if __name__ == "__main__":
    main()
