"""A standalone cluster on loopback: the package shipped as a user ships it gives the rows of local mode."""

import json
import os
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyspark
import pytest

from tests.crawl import Page, body, write_crawl

REPOSITORY = Path(__file__).parent.parent.parent
SPARK_HOME = Path(pyspark.__file__).parent
PORT, UI_PORT = 17077, 18080
FIRST_COMPILER = "-XX:TieredStopAtLevel=1"  # short-lived JVMs: the second costs more than it gives

pytestmark = [pytest.mark.cluster, pytest.mark.slow]


def spark_environment(work: Path) -> dict[str, str]:
    """Loopback only, this interpreter on the workers, and no way to the checkout but the shipped archive."""
    return os.environ | {
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_HOME": str(SPARK_HOME),
        "SPARK_WORKER_DIR": str(work),
        "SPARK_DAEMON_MEMORY": "512m",
        "SPARK_DAEMON_JAVA_OPTS": FIRST_COMPILER,
    }


def start(main_class: str, *arguments: str, work: Path) -> subprocess.Popen[bytes]:
    command = [str(SPARK_HOME / "bin" / "spark-class"), f"org.apache.spark.deploy.{main_class}", *arguments]
    log = (work / f"{main_class}-{arguments[arguments.index('--webui-port') + 1]}.log").open("wb")
    return subprocess.Popen(command, env=spark_environment(work), stdout=log, stderr=log)


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A master and two workers, one core each."""
    work = tmp_path_factory.mktemp("cluster")
    url = f"spark://127.0.0.1:{PORT}"
    processes = [
        start(
            "master.Master",
            "--host",
            "127.0.0.1",
            "--port",
            str(PORT),
            "--webui-port",
            str(UI_PORT),
            work=work,
        )
    ]
    for port in (UI_PORT + 1, UI_PORT + 2):
        options = ["--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", str(port), url]
        processes.append(start("worker.Worker", *options, work=work))
    try:
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{UI_PORT}/json/", timeout=5) as answer:
                    state = json.load(answer)
                if state["aliveworkers"] == 2:
                    break
            except (OSError, ValueError):
                pass
            time.sleep(0.5)
        else:
            pytest.fail(f"the cluster did not start; logs in {work}")
        yield url
    finally:
        for process in processes[::-1]:
            process.terminate()
        for process in processes:
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def package() -> Path:
    """The archive that `make dist` builds."""
    subprocess.run(
        [sys.executable, "scripts/make_dist.py"], cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL
    )
    return REPOSITORY / "dist" / "ccnet_lite.zip"


def digests(run: Path) -> dict[str, str]:
    return {
        name: table["digest"]
        for name, table in json.loads((run / "manifest.json").read_text())["tables"].items()
    }


def test_spark_submit_on_a_cluster_gives_what_local_mode_gives(
    master: str, package: Path, tmp_path: Path
) -> None:
    shards = [
        [Page(f"https://h{n % 3}.example/{n}", body("en", n)) for n in range(s, s + 6)] for s in (0, 4, 8)
    ]
    paths = write_crawl(tmp_path / "crawl", shards)
    arguments = ["--config", "conf/local.toml"]
    # Other partitions and another order of inputs than local mode's, below.
    shuffled = [f"--input={path}" for path in (paths[2], paths[0], paths[1])]
    shuffled += ["--set", "spark.shuffle_partitions=5"]
    # Away from the checkout, with jobs and conf alone: the package comes from the archive.
    there = tmp_path / "there"
    there.mkdir()
    for name in ("jobs", "conf"):
        (there / name).symlink_to(REPOSITORY / name)
    submit = [str(SPARK_HOME / "bin" / "spark-submit"), "--master", master, "--py-files", str(package)]
    submit += [
        "--conf",
        f"spark.executor.extraJavaOptions={FIRST_COMPILER}",
        "--driver-java-options",
        FIRST_COMPILER,
    ]
    submit += ["--conf", "spark.executor.memory=600m", "--conf", "spark.driver.host=127.0.0.1"]
    submit += ["--conf", "spark.ui.enabled=false", "jobs/run_pipeline.py", *arguments, *shuffled]
    command = [*submit, "--output", str(tmp_path / "cluster")]
    done = subprocess.run(command, cwd=there, env=spark_environment(tmp_path), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    local = [sys.executable, "jobs/run_pipeline.py", *arguments, "--output", str(tmp_path / "local")]
    local += ["--input", str(tmp_path / "crawl" / "*.wet.gz")]
    done = subprocess.run(
        [*local, "--set", "spark.shuffle_partitions=3"], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert digests(tmp_path / "cluster") == digests(tmp_path / "local")
    with urllib.request.urlopen(f"http://127.0.0.1:{UI_PORT}/json/") as answer:
        assert len(json.load(answer)["completedapps"]) == 1


def test_the_shipped_archive_stands_alone(package: Path) -> None:
    """Schemas and settings come out of the zip, and its code is what a worker would import."""
    names = zipfile.ZipFile(package).namelist()
    assert "ccnet_lite/schemas/ledger.json" in names
    code = (
        "import ccnet_lite.store.schema as s, ccnet_lite.settings;"
        "assert '.zip' in s.__file__, s.__file__;"
        "print(len(s.arrow_schema('ledger')), len(s.table_names()))"
    )
    command = [
        sys.executable,
        "-S",
        "-c",
        f"import sys; sys.path[:0] = [{str(package)!r}] + {sys.path!r}; {code}",
    ]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[1]) >= 18
