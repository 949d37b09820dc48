"""The pipeline on Spark 3.5 gives what it gives on the Spark of the environment."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawl import Page, body, write_crawl

REPOSITORY = Path(__file__).parent.parent.parent
SPARK35 = REPOSITORY / "build" / "spark35"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (SPARK35 / "pyspark").is_dir(),
        reason="needs Spark 3.5 in build/spark35: scripts/setup.sh --spark35",
    ),
]


def run(*arguments: str | Path, python_path: str) -> str:
    """What a job printed, on the Spark that is found on the path first."""
    environment = os.environ | {"PYTHONPATH": python_path}
    environment.pop("SPARK_HOME", None)
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def digests(folder: Path, python_path: str) -> dict[str, dict[str, str | int]]:
    verdict = json.loads(run("jobs/verify.py", folder, "--json", python_path=python_path))
    assert verdict["ok"]
    tables: dict[str, dict[str, str | int]] = verdict["tables"]
    return tables


def test_spark_35_gives_the_same_tables(tmp_path: Path) -> None:
    shards = [[Page(f"https://h{n % 3}.example/{n}", body("en", n)) for n in range(s, s + 6)] for s in (0, 4, 8)]
    write_crawl(tmp_path / "crawl", shards)
    own, older = str(REPOSITORY), os.pathsep.join([str(SPARK35), str(REPOSITORY)])
    version = "import pyspark; print(pyspark.__version__)"
    assert run("-c", version, python_path=older).startswith("3.5.")
    assert not run("-c", version, python_path=own).startswith("3.")
    arguments = ["--config", "conf/local.toml", "--input", f"{tmp_path}/crawl/*.gz"]
    # What is global is computed by Spark on the one, on the driver on the other: no API of Spark is left out.
    for name, python_path, steps in (("own", own, "driver"), ("older", older, "cluster")):
        given = [*arguments, "--set", f"spark.global_steps={steps}", "--output", tmp_path / name]
        run("jobs/run_pipeline.py", *given, python_path=python_path)
    # Each run is read by the other Spark, and held against the digests of its own manifest.
    found = digests(tmp_path / "own", older)
    assert found["corpus"]["rows"]
    assert digests(tmp_path / "older", own) == found
