"""Settings of the Spark session."""

from typing import Literal

from ccnet_lite.settings.kinds import DriverMemory, Master, Memory, Positive
from ccnet_lite.settings.section import Section


class SparkSettings(Section):
    """The session. Under spark-submit, what it was given wins over `master`."""

    master: Master = "local[*]"
    """Where Spark runs: local[*], this machine; on a cluster spark://HOST:PORT, yarn or k8s://HOST:PORT."""
    shuffle_partitions: Positive = 8
    """Into how many parts data are shuffled, at most: some times the cores of a cluster."""
    driver_memory: DriverMemory = "4g"
    """Java heap of the driver, in local mode of all of Spark; Python's memory comes on top."""
    driver_java_options: str = (
        "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:InitialRAMPercentage=6 -XX:NewSize=64m -XX:NewRatio=1"
        " -XX:MetaspaceSize=192m"
    )
    """Of the JVM in local mode: most of a run's time is Python's, and compiling Java fully costs more."""
    executor_memory: Memory = "4g"
    """Java heap of each executor of a cluster; Python's memory comes on top (spark.executor.memoryOverhead)."""
    global_steps: Literal["auto", "driver", "cluster"] = "auto"
    """Where lines and documents of all shards are compared: on the driver, on the cluster, or by their number."""
    batch_rows: Positive = 1000
    """Rows of an Arrow batch that Python sees."""
