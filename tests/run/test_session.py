"""What the user gave stands; what Spark says is for the user: each session in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pyspark
import pytest

from ccnet_lite.run.jvm import DAEMON, launch_options, local_options, spark_defaults
from ccnet_lite.settings import SparkSettings

REPOSITORY = Path(__file__).parent.parent.parent
SPARK_SUBMIT = Path(pyspark.__file__).parent / "bin" / "spark-submit"
KEYS = (
    *("spark.app.name", "spark.master", "spark.sql.shuffle.partitions", "spark.ui.enabled"),
    *("spark.driver.memory", "spark.sql.adaptive.enabled", "spark.executorEnv.OPENBLAS_NUM_THREADS"),
)
SCRIPT = f"""
import json, os, sys
sys.path.insert(0, os.environ.get("TRIED_PATH", ""))
from ccnet_lite.run.session import given_option, start_session
from ccnet_lite.settings import SparkSettings
master, memory = os.environ.get("TRIED_MASTER", "local[1]"), os.environ.get("TRIED_MEMORY", "4g")
settings = SparkSettings(master=master, shuffle_partitions=7, executor_memory=memory)
session = start_session(settings, "ccnet_lite try")
conf = session.sparkContext.getConf()
def look(_):
    import sys
    forked_from = sys.modules["__main__"].__spec__.name
    loaded = sys.modules.get("ccnet_lite.kernels.ingest") is not None
    path = os.environ["PYTHONPATH"]
    return os.environ.get("OPENBLAS_NUM_THREADS"), forked_from, loaded, sys.modules["pyspark"].__file__, path
threads, daemon, loaded, of_worker, path = session.sparkContext.parallelize([0], 1).map(look).first()
log = session.sparkContext._jvm.org.apache.logging.log4j.LogManager.getRootLogger()
print(json.dumps({{
    "threads": threads,
    "daemon": daemon,
    "path": path,
    "loaded": loaded,
    "zipped": ".zip" in of_worker,
    "given": given_option("spark.sql.shuffle.partitions"),
    "partitions": session.conf.get("spark.sql.shuffle.partitions"),
    "level": log.getLevel().toString(),
    "temporary": session.sparkContext._jvm.java.lang.System.getProperty("java.io.tmpdir"),
    **{{key: conf.get(key) for key in {KEYS}}},
}}))
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "try.py"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def tried(command: list[str], **environment: str) -> tuple[dict[str, str], str]:
    """What the session had, and what was said on the way."""
    given = os.environ | {"PYTHONPATH": str(REPOSITORY), "PYSPARK_PYTHON": sys.executable} | environment
    done = subprocess.run(command, env=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout), done.stderr


@pytest.mark.slow
def test_by_itself_the_settings_hold_and_spark_is_quiet(script: Path) -> None:
    found, said = tried([sys.executable, str(script)])
    assert found["spark.app.name"] == "ccnet_lite try" and found["spark.master"] == "local[1]"
    assert (found["partitions"], found["given"], found["spark.ui.enabled"]) == ("7", None, "false")
    assert (found["spark.driver.memory"], found["spark.sql.adaptive.enabled"]) == ("4g", "true")
    assert (found["threads"], found["level"]) == ("1", "ERROR")
    assert (found["daemon"], found["loaded"], found["zipped"]) == (DAEMON, True, False)
    assert [line for line in said.splitlines() if "incubator" not in line] == []
    assert Path(found["temporary"]).parent.parent.name == f"ccnet_lite-{os.getuid()}"


@pytest.mark.slow
def test_what_spark_submit_was_given_stands_and_the_log_is_quiet(script: Path) -> None:
    given = ["spark.sql.shuffle.partitions=77", "spark.executorEnv.OPENBLAS_NUM_THREADS=2"]
    given += ["spark.sql.adaptive.enabled=false", "spark.driver.memory=700m"]
    options = [word for option in given for word in ("--conf", option)]
    command = [str(SPARK_SUBMIT), "--master", "local[2]", "--name", "mine", *options, str(script)]
    found, said = tried(command, PYSPARK_DRIVER_PYTHON=sys.executable)
    assert (found["spark.app.name"], found["spark.master"]) == ("mine", "local[2]")
    assert (found["partitions"], found["given"]) == ("77", "77")
    assert (found["spark.sql.adaptive.enabled"], found["spark.driver.memory"]) == ("false", "700m")
    assert (found["threads"], found["level"]) == ("2", "ERROR")
    assert Path(found["temporary"]).parent.parent.name == f"ccnet_lite-{os.getuid()}"
    assert (found["daemon"], found["zipped"]) == ("pyspark.daemon", True)
    assert "INFO" not in said and len(said.splitlines()) <= 5  # before any of our code runs


@pytest.mark.slow
def test_what_spark_defaults_has_stands_and_a_log_of_one_s_own(script: Path, tmp_path: Path) -> None:
    lines = ["# ours", "spark.driver.memory 900m", "spark.sql.shuffle.partitions=5", "spark.log.level WARN"]
    lines += [f"spark.driver.extraJavaOptions -Djava.io.tmpdir={tmp_path}"]
    (tmp_path / "spark-defaults.conf").write_text("\n".join(lines))
    found, _ = tried([sys.executable, str(script)], SPARK_CONF_DIR=str(tmp_path))
    assert (found["spark.driver.memory"], found["partitions"], found["level"]) == ("900m", "5", "WARN")
    assert found["temporary"] == str(tmp_path)


@pytest.mark.slow
def test_workers_find_the_package_where_this_process_did(script: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").symlink_to(REPOSITORY)
    found, _ = tried([sys.executable, str(script)], PYTHONPATH="", TRIED_PATH=str(tmp_path / "elsewhere"))
    assert found["daemon"] == DAEMON and str(tmp_path / "elsewhere") in found["path"].split(os.pathsep)


@pytest.mark.slow
def test_on_a_cluster_warnings_stay(script: Path) -> None:
    found, said = tried([sys.executable, str(script)], TRIED_MASTER="local-cluster[1,1,900]", TRIED_MEMORY="900m")
    # Spark's cluster in one machine for tests is not what a user means by local.
    assert (found["threads"], found["level"]) == ("1", "WARN")
    assert "INFO" not in said


def test_launch_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARK_CONF_DIR", str(tmp_path))
    assert spark_defaults() == {}
    (tmp_path / "spark-defaults.conf").write_text("#x 1\n\nspark.a  b c \nspark.d=e=f\nlone\n")
    assert spark_defaults() == {"spark.a": "b c", "spark.d": "e=f"}
    settings = SparkSettings(master="spark://h:7077")
    given = {"spark.executor.memory": "9g", "spark.master": "yarn"}
    on_cluster = launch_options(settings, given, Path("/a b"))
    assert "spark.executor.memory" not in on_cluster and on_cluster["spark.master"] == "spark://h:7077"
    assert "spark.ui.enabled" not in on_cluster and "log4j" not in on_cluster["spark.driver.extraJavaOptions"]
    assert '"-Djava.io.tmpdir=/a b" ' in on_cluster["spark.driver.extraJavaOptions"]
    monkeypatch.setenv("PYSPARK_PYTHON", "/another/python")
    assert "spark.python.daemon.module" not in launch_options(SparkSettings(), {}, tmp_path)
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("SPARK_HOME", str(tmp_path))
    assert "spark.python.daemon.module" not in launch_options(SparkSettings(), {}, tmp_path)
    monkeypatch.setenv("SPARK_HOME", str(Path(pyspark.__file__).parent))
    assert "spark.python.daemon.module" not in on_cluster
    local = launch_options(SparkSettings(), {}, tmp_path)
    assert local["spark.python.daemon.module"] == DAEMON
    assert local["spark.ui.enabled"] == "false" and "log4j2.prop" in local["spark.driver.extraJavaOptions"]


def test_workers_speak_through_sockets_in_the_scratch_folder() -> None:
    """Where their paths, with the names that Spark gives sockets, have 100 bytes or fewer."""
    name = f"/.{uuid4()}.sock"
    room = 100 - len(name) - len("/ü".encode())
    short, long = (Path("/ü" + "x" * n_more) for n_more in (room, room + 1))
    options = local_options(short)
    assert options["spark.python.unix.domain.socket.enabled"] == "true"
    assert options["spark.python.unix.domain.socket.dir"] == str(short)
    assert not any("socket" in key for key in local_options(long))
    assert options.items() >= local_options(long).items()


@pytest.mark.parametrize(("more", "expected"), [("", "True"), ("x" * 60, "None")])
def test_a_long_temporary_folder_has_no_sockets(more: str, expected: str) -> None:
    code = """if True:
        from ccnet_lite.run.session import start_context
        from ccnet_lite.settings import SparkSettings
        context = start_context(SparkSettings(master="local[1]"), "sockets")
        variables = context.parallelize([0], 1).map(lambda _: dict(__import__("os").environ)).first()
        print(variables.get("PYTHON_UNIX_DOMAIN_ENABLED"))
    """
    with TemporaryDirectory(dir="/tmp") as folder:
        own = Path(folder, more)
        own.mkdir(exist_ok=True)
        found = subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"TMPDIR": str(own)}, capture_output=True, text=True
        )
    assert found.stdout.startswith(expected), found.stderr
