"""The Spark session of a run: one place for its configuration."""

import os
import subprocess
import sys
from pathlib import Path

from pyspark import SparkContext
from pyspark.sql import SparkSession

from ccnet_lite.settings import SparkSettings
from ccnet_lite.store.schema import shared_folder


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


def start_session(settings: SparkSettings, app_name: str) -> SparkSession:
    """Start (or get) the session.

    Local mode binds to loopback and shows no web UI: a dry run opens no port to the network. Workers run
    the interpreter that runs the driver unless PYSPARK_PYTHON says otherwise.
    """
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName(app_name)
    if not launched_by_spark_submit():
        builder = (
            builder.master(settings.master)
            .config("spark.driver.memory", settings.driver_memory)
            .config("spark.executor.memory", settings.executor_memory)
        )
        options_of_jvm = settings.driver_java_options
        quiet = shared_folder("conf") / "log4j2.properties"
        if isinstance(quiet, Path) and quiet.exists():
            options_of_jvm = f"-Dlog4j2.configurationFile={quiet} {options_of_jvm}"
        options_of_jvm = f"{use_class_archive(options_of_jvm)} {options_of_jvm}"
        builder = builder.config("spark.driver.extraJavaOptions", options_of_jvm.strip())
        if settings.master.startswith("local"):
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
            builder = (
                builder.config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.ui.enabled", "false")
                .config("spark.ui.showConsoleProgress", "false")
            )
    options = {
        "spark.sql.shuffle.partitions": settings.shuffle_partitions,
        "spark.sql.execution.arrow.maxRecordsPerBatch": settings.batch_rows,
        "spark.sql.execution.arrow.maxBytesPerBatch": "64m",
        # Joins on a prefix of the partitioning keys need no second shuffle.
        "spark.sql.requireAllClusterKeysForCoPartition": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.parquet.compression.codec": "zstd",
        "spark.sql.adaptive.enabled": "true",
        # A worker that dies (memory, a signal) must not take cached state with it: results are files.
        "spark.python.worker.reuse": "true",
        "spark.task.maxFailures": "4",
    }
    for key, value in options.items():
        builder = builder.config(key, str(value))
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session
