"""The Spark session of a run: one place for its configuration, on Spark 3.5 as on 4.

What the user gave to spark-submit, or in spark-defaults.conf, is never overridden; only a master that was not
given to spark-submit comes from the settings.

What the driver, and in local mode all of Spark, keeps on disk while it runs lies in this process's scratch folder
(store/scratch.py), below SPARK_LOCAL_DIRS or spark.local.dir, else below TMPDIR. On a cluster's machines its
manager decides; what spark-submit made before our code ran stays where it put it.
"""

import os
import sys
from contextlib import suppress
from importlib.resources import as_file
from pathlib import Path
from threading import Thread

from pyspark import SparkConf, SparkContext
from pyspark.sql import SparkSession

from ccnet_lite.run.jvm import (
    DAEMON,
    DAEMON_OPTION,
    NATIVE_THREADS,
    TEMPORARY,
    has_log_settings,
    launched_by_spark_submit,
    local_options,
    log_settings,
    take_jvm,
)
from ccnet_lite.run.master import is_local
from ccnet_lite.settings import SparkSettings
from ccnet_lite.store.scratch import scratch_folder


def start_session(settings: SparkSettings, app_name: str) -> SparkSession:
    """Start (or get) the session, for queries; raises what `start_context` does."""
    start_context(settings, app_name)
    return SparkSession.builder.config(map=dict(_chosen(SparkConf(), settings))).getOrCreate()


def start_context(settings: SparkSettings, app_name: str) -> SparkContext:
    """Start (or get) Spark's context: who asks no query waits for no session, which takes twice as long.

    Local mode binds to loopback and shows no web UI: a dry run opens no port to the network. Workers run
    the interpreter that runs the driver unless PYSPARK_PYTHON says otherwise.

    Raises:
        UserError: as `check_start`, or there is no scratch folder that is the user's alone.
        RunFailed: the JVM ended before Spark stood.
    """
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    take_jvm(settings)
    given = SparkConf()  # what the JVM was started with, and nothing that a session of this process set
    local = is_local(given.get("spark.master") or settings.master)
    chosen = _chosen(given, settings)
    # spark-submit calls an application that nobody named after its script.
    if given.get("spark.app.name") in (None, "pyspark-shell", Path(sys.argv[0]).name):
        given.setAppName(app_name)
    for key, value in chosen.items():
        given.set(key, value)
    if local and TEMPORARY not in (given.get("spark.driver.extraJavaOptions") or ""):
        _own_temporary_files()
    ours = not has_log_settings(dict(given.getAll()))
    if ours and launched_by_spark_submit():
        _quieten(given, local)
    found = SparkContext._active_spark_context
    context = SparkContext(conf=given) if found is None else found
    # RDDs' tasks run in the workers of queries, which have this; Spark keeps those with other variables apart.
    context.environment["SPARK_SIMPLIFIED_TRACEBACK"] = "1"
    if found is None and given.get(DAEMON_OPTION) == DAEMON:
        Thread(target=_warm, args=(context,), daemon=True).start()
    if ours:
        context.setLogLevel("ERROR" if local else "WARN")
    return context


def _chosen(given: SparkConf, settings: SparkSettings) -> dict[str, str]:
    """Our options, but for those that the user gave."""
    local = is_local(given.get("spark.master") or settings.master)
    options = _session_options(settings) | (local_options(scratch_folder()) if local else {})
    return {key: value for key, value in options.items() if not given.contains(key)}


def _warm(context: SparkContext) -> None:
    """Have local workers' daemon stand before the first task."""
    with suppress(Exception):  # what is wrong with workers the first query tells
        context.parallelize([0], 1).foreach(_nothing)


def _nothing(_: int) -> None:
    pass


def given_option(key: str) -> str | None:
    """What the user gave for an option by spark-submit or spark-defaults.conf; ask once a session stands."""
    return SparkConf().get(key)


def _own_temporary_files() -> None:
    """Have a JVM that others gave its options write its temporary files from now on into the scratch folder."""
    jvm = SparkContext._jvm
    assert jvm is not None
    jvm.java.lang.System.setProperty(TEMPORARY, str(scratch_folder()))


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


def _quieten(conf: SparkConf, local: bool) -> None:
    """Have Spark's start say no more than its work: under spark-submit it would fill a screen."""
    jvm, jconf = SparkContext._jvm, conf._jconf
    assert jvm is not None and jconf is not None
    with suppress(Exception):  # a Spark that logs in another way logs as it does
        jconf.initializeLogIfNecessary(False, True)  # or it would be done later, over what is set here
        log4j = jvm.org.apache.logging.log4j
        if local:
            with as_file(log_settings()) as path:
                log4j.core.config.Configurator.reconfigure(jvm.java.io.File(str(path)).toURI())
        else:
            log4j.core.config.Configurator.setRootLevel(log4j.Level.WARN)
