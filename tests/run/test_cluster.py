"""A standalone cluster on loopback whose workers share no disk: all lies on S3, the rows are local mode's."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyspark
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.models.files import find_model
from ccnet_lite.run.manifest import read_manifest
from ccnet_lite.store.places import Place
from tests.crawl import Page, body, write_crawl
from tests.models.conftest import lm_dir, prose
from tests.running import job
from tests.s3 import free_port, put_folder

__all__ = ["lm_dir"]
REPOSITORY = Path(__file__).parent.parent.parent
SPARK_HOME = Path(pyspark.__file__).parent
FIRST_COMPILER = "-XX:TieredStopAtLevel=1"  # short-lived JVMs: the second costs more than it gives

pytestmark = [pytest.mark.cluster, pytest.mark.slow]


@dataclass
class Worker:
    """A worker's process, and the folder that holds all it writes, as this process sees it."""

    process: subprocess.Popen[bytes]
    disk: Path


@dataclass
class Cluster:
    """A master's URLs, and its workers."""

    url: str
    state: str
    workers: list[Worker]


def environment(disk: Path) -> dict[str, str]:
    """Loopback only, this interpreter, the package from the shipped archive alone, and one folder to write in."""
    variables = os.environ | {
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_HOME": str(SPARK_HOME),
        "SPARK_WORKER_DIR": str(disk / "work"),
        "SPARK_LOCAL_DIRS": str(disk / "spark"),
        "TMPDIR": str(disk),
        "CCNET_LITE_HOME": str(disk / "home"),
        "SPARK_DAEMON_MEMORY": "512m",
        "SPARK_DAEMON_JAVA_OPTS": FIRST_COMPILER,
    }
    variables.pop("PYTHONPATH", None)
    return variables


def hidden_folders(base: Path) -> list[Path]:
    """What a worker gets an empty disk of its own in place of; none where this machine does not let us mount."""
    needed = [Path(sys.prefix), Path(sys.base_prefix), SPARK_HOME, Path(os.environ.get("JAVA_HOME", "/usr"))]
    folders = [Path(tempfile.gettempdir()).resolve()]
    folders += [] if base.is_relative_to(folders[0]) else [base]
    if any(path.is_relative_to(folder) for path in needed for folder in folders) or not shutil.which("unshare"):
        return []
    tried = subprocess.run(
        ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", folders[0]], capture_output=True
    )
    return [] if tried.returncode else folders


def start(main_class: str, *arguments: str, disk: Path, log: Path, hidden: list[Path]) -> Worker:
    command = [str(SPARK_HOME / "bin" / "spark-class"), f"org.apache.spark.deploy.{main_class}", *arguments]
    if hidden:
        mounts = "".join(f"mount -t tmpfs tmpfs '{folder}' && " for folder in hidden)
        command = ["unshare", "--mount", "sh", "-c", f"{mounts}mkdir -p '{disk}' && exec \"$@\"", "sh", *command]
    disk.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as said:
        process = subprocess.Popen(command, cwd="/", env=environment(disk), stdout=said, stderr=said)
    return Worker(process, Path(f"/proc/{process.pid}/root{disk}") if hidden else disk)


@pytest.fixture(scope="module")
def cluster(s3_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A master and two workers, one core each; neither sees the other's files, nor ours."""
    base = tmp_path_factory.mktemp("cluster").resolve()
    port, ui_port = free_port(), free_port()
    url = f"spark://127.0.0.1:{port}"
    options = ["--host", "127.0.0.1", "--port", str(port), "--webui-port", str(ui_port)]
    master = start("master.Master", *options, disk=base / "master", log=base / "master.log", hidden=[])
    hidden = hidden_folders(base.parent)
    workers = []
    for name in ("one", "two"):
        options = ["--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", str(free_port()), url]
        log = base / f"{name}.log"
        workers.append(start("worker.Worker", *options, disk=base / name, log=log, hidden=hidden))
    found = Cluster(url, f"http://127.0.0.1:{ui_port}/json/", workers)
    try:
        for _ in range(600):
            try:
                if state(found)["aliveworkers"] == 2:
                    break
            except (OSError, ValueError):
                pass
            time.sleep(0.2)
        else:
            pytest.fail(f"the cluster did not start; logs in {base}")
        yield found
    finally:
        processes = [worker.process for worker in (*workers, master)]
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=30)


def state(cluster: Cluster) -> dict[str, object]:
    with urllib.request.urlopen(cluster.state, timeout=5) as answer:
        said: dict[str, object] = json.load(answer)
    return said


@pytest.fixture(scope="module")
def package() -> Path:
    """The archive that `make dist` builds."""
    subprocess.run([sys.executable, "scripts/make_dist.py"], cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
    return REPOSITORY / "dist" / "ccnet_lite.zip"


def digests(run: str) -> dict[str, str]:
    return {name: table.digest for name, table in read_manifest(Place.of(run)).tables.items()}


def put_crawl(folder: Path, name: str, first: int) -> list[Path]:
    """Archives of a crawl: English, Korean and German pages, some of each written again by another host."""
    shards = [
        [Page(f"https://{name}{n % 3}.example/{s}/{n}", body("en", n)) for n in range(s, s + 6)]
        + [Page(f"https://{name}.example/{s}/ko/{n}", prose("ko", 20, seed=n)) for n in range(s, s + 3)]
        + [Page(f"https://{name}.example/{s}/de/{n}", body("de", n)) for n in range(s, s + 2)]
        for s in range(first, first + 16, 4)
    ]
    return write_crawl(folder / "crawl-data" / name / "segments" / "1" / "wet", shards)


def given_with(base: str, index: str) -> list[str]:
    """What a run is given, its models, cutoffs and index below a folder."""
    return [
        *("--config", str(REPOSITORY / "conf" / "local.toml"), "--index", index),
        *("--set", f"language.model={base}/identify/own.ftz", "--set", f"quality.lm_dir={base}/lm"),
        *("--set", f"quality.cutoffs={base}/cut/cutoffs.json", "--set", "export.file_bytes=3000"),
        *("--set", "near_duplicates.representative=lowest_perplexity"),
    ]


def test_workers_that_share_nothing_but_s3_give_what_local_mode_gives(
    cluster: Cluster, package: Path, spark: SparkSession, lm_dir: Path, s3: str, tmp_path: Path
) -> None:
    earlier, paths = put_crawl(tmp_path, "earlier", 0), put_crawl(tmp_path, "later", 8)
    for source, target in (
        (find_model("lid.176.ftz"), "identify/own.ftz"),
        *((path, f"lm/{path.name}") for path in lm_dir.iterdir() if path.name != "cutoffs.json"),
        (lm_dir / "cutoffs.json", "cut/cutoffs.json"),
    ):
        (tmp_path / target).parent.mkdir(exist_ok=True)
        shutil.copy(source, tmp_path / target)
    # An index that holds another crawl already.
    given = [*given_with(str(tmp_path), str(tmp_path / "index")), "--set", "spark.shuffle_partitions=3"]
    assert (
        job("run_pipeline.py", *given, *[f"--input={path}" for path in earlier], "--output", tmp_path / "e") == 0
    )
    for folder in ("index", "identify", "lm", "cut", "crawl-data/later"):
        put_folder(tmp_path / folder, f"{s3}/{folder}")
    assert job("run_pipeline.py", *given, *[f"--input={path}" for path in paths], "--output", tmp_path / "l") == 0
    # As a user ships it: away from the checkout, with jobs and conf alone. The package comes from the archive.
    there = tmp_path / "there"
    there.mkdir()
    for name in ("jobs", "conf"):
        (there / name).symlink_to(REPOSITORY / name)
    submit = [str(SPARK_HOME / "bin" / "spark-submit"), "--master", cluster.url, "--py-files", str(package)]
    submit += ["--driver-java-options", FIRST_COMPILER]
    for option in (
        *(f"spark.executor.extraJavaOptions={FIRST_COMPILER}", "spark.executor.memory=600m", "spark.cores.max=2"),
        *("spark.driver.host=127.0.0.1", "spark.ui.enabled=false"),
        "spark.scheduler.minRegisteredResourcesRatio=1.0",  # both have work from the first step on
        "spark.shuffle.readHostLocalDisk=false",  # of one host, they would take each other's files from the disk
    ):
        submit += ["--conf", option]
    # Other partitions and another order of inputs than local mode's, and the shuffles on the workers.
    shuffled = [paths[n].relative_to(tmp_path).as_posix() for n in (2, 0, 3, 1)]
    command = [*submit, "jobs/run_pipeline.py", *given_with(s3, f"{s3}/index"), "--output", f"{s3}/run"]
    command += [f"--input={s3}/{name}" for name in shuffled]
    command += ["--set", "spark.shuffle_partitions=5", "--set", "spark.global_steps=cluster"]
    done = subprocess.run(
        command, cwd=there, env=environment(tmp_path / "driver"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert digests(f"{s3}/run") == digests(str(tmp_path / "l"))
    assert {"superseded", "perplexities"} <= digests(f"{s3}/run").keys()
    assert len(state(cluster)["completedapps"]) == 1  # type: ignore[arg-type]
    copies = {"own.ftz", "en.arpa.bin", "en.sp.model"}
    assert copies <= {path.name for path in (tmp_path / "driver" / "home").rglob("*")}
    # Workers have fetched copies of their own; which of the two a task went to is Spark's to say.
    assert copies <= {path.name for worker in cluster.workers for path in (worker.disk / "home").rglob("*")}


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
