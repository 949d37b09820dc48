"""The Spark session of a run: one place for its configuration, on Spark 3.5 as on 4.

What the user gave to spark-submit, or in spark-defaults.conf, is never overridden; only a master that was not
given to spark-submit comes from the settings.

What the driver, and in local mode all of Spark, keeps on disk while it runs lies in this process's scratch folder
(store/scratch.py), below SPARK_LOCAL_DIRS or spark.local.dir, else below TMPDIR. On a cluster's machines its
manager decides; what spark-submit made before our code ran stays where it put it.
"""

import os
import re
import site
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.resources import as_file
from importlib.resources.abc import Traversable
from pathlib import Path

import pyspark
from pyspark import SparkConf, SparkContext
from pyspark.sql import SparkSession

from ccnet_lite.errors import RunFailed
from ccnet_lite.run.java import check_java
from ccnet_lite.run.jvm_errors import passed_on
from ccnet_lite.run.master import check_master
from ccnet_lite.settings import SparkSettings
from ccnet_lite.store.schema import shared_folder
from ccnet_lite.store.scratch import scratch_folder

NATIVE_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
"""A worker has one core: threads for all cores of the machine would only get in each other's way."""

DAEMON = "ccnet_lite.stages.daemon"
"""The module that forks local workers."""
TEMPORARY = "java.io.tmpdir"
LOCAL_DIRS = "SPARK_LOCAL_DIRS"


def launched_by_spark_submit() -> bool:
    """Whether spark-submit started this process; then its master and resources stand."""
    return "PYSPARK_GATEWAY_PORT" in os.environ


def class_archive() -> Path:
    """Where scripts/make_class_archive.py puts the archive of Java classes; it need not be there."""
    return Path(sys.prefix) / "share" / "ccnet_lite" / "spark.jsa"


def use_class_archive(options_of_jvm: str) -> str:
    """The JVM options by which a Spark driver starts from the archive of classes, if there is one."""
    if not class_archive().exists() or "-XX:ArchiveClassesAtExit" in options_of_jvm:
        return ""
    # Java passes over an archive that does not fit it or its jars; -Xlog keeps it from saying so.
    return f"-XX:SharedArchiveFile={class_archive()} -Xlog:disable -Xlog:all=error:stderr"


def jvm_has_ended(patience_seconds: float = 5) -> bool:
    """Whether the JVM that this process started is gone, or going; False where it started none."""
    process = getattr(SparkContext._gateway, "proc", None)
    if process is None:
        return False
    try:
        process.wait(patience_seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def check_start(settings: SparkSettings) -> None:
    """Whether Spark can be started from here, as far as that is told without starting it.

    Raises:
        UserError: there is no Java that will do, or no such master.
    """
    if not (launched_by_spark_submit() or SparkContext._gateway is not None):
        check_java()
        check_master(settings.master)


def start_session(settings: SparkSettings, app_name: str) -> SparkSession:
    """Start (or get) the session.

    Local mode binds to loopback and shows no web UI: a dry run opens no port to the network. Workers run
    the interpreter that runs the driver unless PYSPARK_PYTHON says otherwise.

    Raises:
        UserError: as `check_start`, or there is no scratch folder that is the user's alone.
        RunFailed: the JVM ended before Spark stood.
    """
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    _launch(settings)
    given = SparkConf()  # what the JVM was started with, and nothing that a session of this process set
    local = is_local(given.get("spark.master") or settings.master)
    options = _session_options(settings) | (_LOCAL_OPTIONS if local else {})
    builder = SparkSession.builder
    for key, value in options.items():
        if not given.contains(key):
            builder = builder.config(key, value)
    # spark-submit calls an application that nobody named after its script.
    if given.get("spark.app.name") in (None, "pyspark-shell", Path(sys.argv[0]).name):
        builder = builder.appName(app_name)
    if local and TEMPORARY not in (given.get("spark.driver.extraJavaOptions") or ""):
        _own_temporary_files()
    ours = not _has_log_settings(dict(given.getAll()))
    if ours and launched_by_spark_submit():
        _quieten(given, local)
    session = builder.getOrCreate()
    if ours:
        session.sparkContext.setLogLevel("ERROR" if local else "WARN")
    return session


def is_local(master: str) -> bool:
    """Whether a master stands for this process alone, as local[4]; local-cluster is Spark's own for tests."""
    return re.match(r"local(\[|$)", master) is not None


def given_option(key: str) -> str | None:
    """What the user gave for an option by spark-submit or spark-defaults.conf; ask once a session stands."""
    return SparkConf().get(key)


# ---- starting the JVM ----------------------------------------------------------------------------------


def _launch(settings: SparkSettings) -> None:
    """Start the JVM, unless spark-submit or an earlier session has."""
    if launched_by_spark_submit() or SparkContext._gateway is not None:
        SparkContext._ensure_initialized()
        return
    check_start(settings)
    launch = SparkConf(loadDefaults=False)
    defaults = spark_defaults()
    for key, value in _launch_options(settings, defaults, scratch_folder()).items():
        launch.set(key, value)
    try:
        with _in_scratch(is_local(settings.master), defaults), _package_on_path(), passed_on() as errors:
            SparkContext._ensure_initialized(conf=launch)
    except Exception as error:
        if "JAVA_GATEWAY_EXITED" not in str(error) and "Java gateway process exited" not in str(error):
            raise
        errors.join(2)  # what it said comes first
        raise RunFailed(
            "Spark's JVM ended at its start, for what it says above: see spark.driver_memory "
            f"({settings.driver_memory}), spark.driver_java_options and spark-defaults.conf"
        ) from None


def _launch_options(settings: SparkSettings, defaults: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """Options that must be known before the JVM starts. defaults: those of spark-defaults.conf."""
    # Of options given twice, Java takes the last. Its figures for jstat would lie in /tmp, whatever TMPDIR is.
    own = f'"-D{TEMPORARY}={scratch}" -XX:-UsePerfData {use_class_archive(settings.driver_java_options)}'
    options_of_jvm = f"{own} {settings.driver_java_options}"
    options = {
        "spark.driver.memory": settings.driver_memory,
        "spark.executor.memory": settings.executor_memory,
        "spark.driver.extraJavaOptions": options_of_jvm.strip(),
        "spark.ui.showConsoleProgress": "false",  # a run tells its own
    }
    if is_local(settings.master):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        options |= _LOCAL_OPTIONS
        if _workers_are_as_this():
            options["spark.python.daemon.module"] = DAEMON
        quiet = _log_settings()
        if isinstance(quiet, Path) and not _has_log_settings(defaults):
            options["spark.driver.extraJavaOptions"] = (
                f"-Dlog4j2.configurationFile={quiet} {options_of_jvm.strip()}"
            )
    chosen = {key: value for key, value in options.items() if key not in defaults}
    return {"spark.master": settings.master} | chosen


def _workers_are_as_this() -> bool:
    """Whether local workers run this interpreter and this PySpark."""
    spark = Path(os.environ.get("SPARK_HOME") or Path(pyspark.__file__).parent)
    return os.environ.get("PYSPARK_PYTHON") == sys.executable and spark.samefile(Path(pyspark.__file__).parent)


@contextmanager
def _package_on_path() -> Iterator[None]:
    """Have the daemon of a JVM that is started meanwhile find this package, wherever it was found here."""
    before = os.environ.get("PYTHONPATH")
    root = str(Path(__file__).parents[2])
    if root not in site.getsitepackages():  # that in front of the standard library would hide modules of it
        os.environ["PYTHONPATH"] = os.pathsep.join([*filter(None, [before]), root])
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("PYTHONPATH", None)
        else:
            os.environ["PYTHONPATH"] = before


@contextmanager
def _in_scratch(local: bool, defaults: Mapping[str, str]) -> Iterator[None]:
    """Have what is started meanwhile write its temporary files into scratch folders."""
    before, variable = tempfile.tempdir, os.environ.get(LOCAL_DIRS)
    given = variable or defaults.get("spark.local.dir")
    tempfile.tempdir = str(scratch_folder())  # PySpark makes a folder to be told the JVM's port in
    if local and given:  # where none is given, Spark goes by Java's
        os.environ[LOCAL_DIRS] = ",".join(str(scratch_folder(Path(each))) for each in given.split(","))
    try:
        yield
    finally:
        tempfile.tempdir = before
        if variable is None:
            os.environ.pop(LOCAL_DIRS, None)
        else:
            os.environ[LOCAL_DIRS] = variable


def _own_temporary_files() -> None:
    """Have a JVM that others gave its options write its temporary files from now on into the scratch folder."""
    jvm = SparkContext._jvm
    assert jvm is not None
    jvm.java.lang.System.setProperty(TEMPORARY, str(scratch_folder()))


def spark_defaults() -> dict[str, str]:
    """The options of spark-defaults.conf, where Spark will look for it; none where there is no such file."""
    options = {}
    with suppress(OSError):
        for line in (_conf_folder() / "spark-defaults.conf").read_text(encoding="utf-8").splitlines():
            words = line.replace("=", " ", 1).split(None, 1)
            if len(words) == 2 and not words[0].startswith("#"):
                options[words[0]] = words[1].strip()
    return options


def _conf_folder() -> Path:
    home = os.environ.get("SPARK_HOME") or Path(pyspark.__file__).parent
    return Path(os.environ.get("SPARK_CONF_DIR") or Path(home, "conf"))


# ---- the session's options -----------------------------------------------------------------------------

_LOCAL_OPTIONS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
}


def _session_options(settings: SparkSettings) -> dict[str, str]:
    return {
        "spark.sql.shuffle.partitions": str(settings.shuffle_partitions),
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(settings.batch_rows),
        "spark.sql.execution.arrow.maxBytesPerBatch": "64m",
        # Joins on a prefix of the partitioning keys need no second shuffle.
        "spark.sql.requireAllClusterKeysForCoPartition": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.parquet.compression.codec": "zstd",
        "spark.sql.adaptive.enabled": "true",
        # A worker that dies (memory, a signal) must not take cached state with it: results are files.
        "spark.python.worker.reuse": "true",
        "spark.task.maxFailures": "4",
        **{f"spark.executorEnv.{name}": "1" for name in NATIVE_THREADS},
    }


# ---- what Spark says -----------------------------------------------------------------------------------


def _has_log_settings(given: Mapping[str, str]) -> bool:
    """Whether the user has said what Spark's log is to be."""
    options_of_jvm = given.get("spark.driver.extraJavaOptions", "")
    return (
        "log4j" in options_of_jvm or "spark.log.level" in given or (_conf_folder() / "log4j2.properties").exists()
    )


def _quieten(conf: SparkConf, local: bool) -> None:
    """Have Spark's start say no more than its work: under spark-submit it would fill a screen."""
    jvm, jconf = SparkContext._jvm, conf._jconf
    assert jvm is not None and jconf is not None
    with suppress(Exception):  # a Spark that logs in another way logs as it does
        jconf.initializeLogIfNecessary(False, True)  # or it would be done later, over what is set here
        log4j = jvm.org.apache.logging.log4j
        if local:
            with as_file(_log_settings()) as path:
                log4j.core.config.Configurator.reconfigure(jvm.java.io.File(str(path)).toURI())
        else:
            log4j.core.config.Configurator.setRootLevel(log4j.Level.WARN)


def _log_settings() -> Traversable:
    return shared_folder("conf") / "log4j2.properties"
