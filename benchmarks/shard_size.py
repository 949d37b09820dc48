"""A shard of real size against ten of a tenth: no by-shard step may cost more than its share of the documents.

    python benchmarks/shard_size.py --one CRAWL_OF_ONE_SHARD/*.gz --ten CRAWL_OF_TEN/*.gz [--set ...]

Runs the pipeline over both, one task at a time (local[1]), and prints CPU seconds by step and their ratio. Both
crawls should hold the same documents. The bar is 1.2.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from meter import Meter

REPOSITORY = Path(__file__).parent.parent
SAID_BY_STEP = re.compile(r"\[ *\d+/\d+\] (\w+): ")
BY_SHARD = ("ingest", "masks", "annotate", "paragraphs", "decide")


def cpu_by_step(inputs: list[str], output: Path, overrides: list[str]) -> dict[str, float]:
    """CPU seconds of each step of a run."""
    command = [sys.executable, "jobs/run_pipeline.py", "--output", str(output), "--input", *inputs]
    for override in ["spark.master=local[1]", *overrides]:
        command += ["--set", override]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, cwd=REPOSITORY, text=True, **pipes)
    meter = Meter(process.pid)
    meter.start()
    steps: dict[str, float] = {}
    used = 0.0
    assert process.stderr is not None
    for line in process.stderr:
        said = SAID_BY_STEP.match(line)
        if said:
            meter.sample()
            total = sum(meter.cpu_seconds().values())
            steps[said[1]], used = total - used, total
    if process.wait():
        sys.exit(f"the pipeline failed: {' '.join(command)}")
    meter.stopped.set()
    return steps


def main() -> None:
    """Run both, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--one", nargs="+", required=True, help="the archive of real size")
    parser.add_argument("--ten", nargs="+", required=True, help="the archives of a tenth each")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="shard-size-") as scratch:
        ten = cpu_by_step(arguments.ten, Path(scratch, "ten"), arguments.set)
        one = cpu_by_step(arguments.one, Path(scratch, "one"), arguments.set)
    for step, seconds in one.items():
        bar = "  (by shard)" if step in BY_SHARD else ""
        print(f"{step:<12}{seconds:8.1f} s  ten: {ten[step]:8.1f} s   {seconds / ten[step]:5.2f} times{bar}")


if __name__ == "__main__":
    main()
