"""Spark's JVM: begun as a process of its own, and taken over by PySpark once it stands.

PySpark starts it and waits. Begun first, it starts while this process loads the modules that a run needs, which
takes as long. The two speak as PySpark's own start has it (pyspark/java_gateway.py): the JVM writes its port and a
secret to a file that a variable names, and ends when its standard input does.
"""

import atexit
import os
import shlex
import shutil
import signal
import site
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib.resources.abc import Traversable
from pathlib import Path
from threading import Thread

import pyspark
from pyspark import SparkContext

from ccnet_lite.errors import RunFailed
from ccnet_lite.run.java import check_java, is_there
from ccnet_lite.run.jvm_errors import pass_on
from ccnet_lite.run.master import check_master, is_local
from ccnet_lite.settings import SparkSettings
from ccnet_lite.stages.daemon import AHEAD, WAITS_AT
from ccnet_lite.store.schema import shared_folder
from ccnet_lite.store.scratch import scratch_folder

DAEMON_OPTION, DAEMON = "spark.python.daemon.module", "ccnet_lite.stages.daemon"
"""The module that forks local workers."""
TEMPORARY = "java.io.tmpdir"
LOCAL_DIRS = "SPARK_LOCAL_DIRS"
LOCAL_OPTIONS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
}
SOCKETS = "spark.python.unix.domain.socket"
GATEWAY = "PYSPARK_GATEWAY_PORT", "PYSPARK_GATEWAY_SECRET"
"""Variables that name a JVM which stands: spark-submit's, or the one that PySpark is to take over here."""
PAUSE_SECONDS = 0.02
NATIVE_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
"""A worker has one core: threads for all cores of the machine would only get in each other's way."""
LONGEST_SOCKET, SOCKET_NAME = 100, len("/.") + 36 + len(".sock")
"""Bytes of a socket's path, at most (systems take some more), and of the name that Spark gives one."""


class Begun:
    """A JVM that is starting: its process, and where it writes how it is reached."""

    def __init__(self, settings: SparkSettings) -> None:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        scratch, defaults = scratch_folder(), spark_defaults()
        options = launch_options(settings, defaults, scratch)
        self.settings = settings
        self.daemon: subprocess.Popen[bytes] | None = None
        self.said = Path(tempfile.mkdtemp(dir=scratch), "gateway")
        command = [str(spark_home() / "bin" / "spark-submit")]
        command += [word for key, value in options.items() for word in ("--conf", f"{key}={value}")]
        command += shlex.split(os.environ.get("PYSPARK_SUBMIT_ARGS", "pyspark-shell"))
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(settings, defaults, self.said) | self._begin_daemon(options, defaults, scratch),
            preexec_fn=_ignore_interrupts,
        )
        atexit.register(self.process.kill)

    def _begin_daemon(
        self, options: Mapping[str, str], defaults: Mapping[str, str], scratch: Path
    ) -> dict[str, str]:
        """Begin the daemon of local workers, too; gives the variable by which Spark's own finds it.

        None where workers have variables of the user's, which modules may look at when they are loaded.
        """
        if options.get(DAEMON_OPTION) != DAEMON or any(key.startswith("spark.executorEnv.") for key in defaults):
            return {}
        path = Path(tempfile.mkdtemp(dir=scratch), "daemon")
        if len(os.fsencode(path)) > LONGEST_SOCKET:
            return {}
        variables = _environment(self.settings, defaults, self.said) | dict.fromkeys(NATIVE_THREADS, "1")
        variables.setdefault("PYTHONHASHSEED", "0")  # as PySpark has it
        self.daemon = subprocess.Popen(
            [sys.executable, "-m", DAEMON, AHEAD, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # what is wrong, the one that Spark starts says
            env=variables,
            preexec_fn=_ignore_interrupts,
        )
        return {WAITS_AT: str(path)}

    def stands(self) -> bool:
        """Wait until it can be reached; False if it has ended before."""
        while not self.said.exists() and self.process.poll() is None:
            time.sleep(PAUSE_SECONDS)
        return self.said.exists()

    def take(self) -> None:
        """Have PySpark take it over; from now on it ends as PySpark has it."""
        said = self.said.read_bytes()  # port, length of the secret, secret
        found = str(int.from_bytes(said[:4])), said[8:].decode()
        shutil.rmtree(self.said.parent)
        os.environ.update(zip(GATEWAY, found, strict=True))
        try:
            SparkContext._ensure_initialized()
        finally:
            for name in GATEWAY:
                os.environ.pop(name, None)
        assert SparkContext._gateway is not None
        SparkContext._gateway.proc = self.process
        atexit.unregister(self.process.kill)


_begun: Begun | None = None


def begin_jvm(settings: SparkSettings) -> None:
    """Start the JVM, if there is none yet, without waiting for it. What is wrong is said when it is needed."""
    global _begun
    if _begun is None and not (launched_by_spark_submit() or SparkContext._gateway is not None) and is_there():
        _begun = Begun(settings)


def take_jvm(settings: SparkSettings) -> None:
    """Have PySpark run on the JVM of these settings, which is begun here where it was not.

    Raises:
        UserError: as of `check_start`.
        RunFailed: it ended at its start.
    """
    global _begun
    if launched_by_spark_submit() or SparkContext._gateway is not None:
        SparkContext._ensure_initialized()
        return
    check_start(settings)
    begun, _begun = _begun, None
    if begun is None or begun.settings != settings:
        begun = Begun(settings)
    errors = Thread(target=pass_on, args=(begun.process.stderr,), daemon=True)
    errors.start()
    if not begun.stands():
        errors.join(2)  # what it said comes first
        raise RunFailed(
            "Spark's JVM ended at its start, for what it says above: see spark.driver_memory "
            f"({settings.driver_memory}), spark.driver_java_options and spark-defaults.conf"
        )
    begun.take()


def check_start(settings: SparkSettings) -> None:
    """Whether Spark can be started from here, as far as that is told without starting it.

    Raises:
        UserError: there is no Java that will do, or no such master.
    """
    if launched_by_spark_submit() or SparkContext._gateway is not None:
        return
    if _begun is None or _begun.process.poll() is not None:  # one that is starting has its Java
        check_java()
    check_master(settings.master)


def launched_by_spark_submit() -> bool:
    """Whether spark-submit started this process; then its master and resources stand."""
    return GATEWAY[0] in os.environ


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


def _ignore_interrupts() -> None:
    """Ctrl-C ends the run, which then ends its JVM."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


# ---- what it is started with ---------------------------------------------------------------------------


def launch_options(settings: SparkSettings, defaults: Mapping[str, str], scratch: Path) -> dict[str, str]:
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
        options |= local_options(scratch)
        if workers_are_as_this():
            options[DAEMON_OPTION] = DAEMON
        quiet = log_settings()
        if isinstance(quiet, Path) and not has_log_settings(defaults):
            options["spark.driver.extraJavaOptions"] = (
                f"-Dlog4j2.configurationFile={quiet} {options_of_jvm.strip()}"
            )
    chosen = {key: value for key, value in options.items() if key not in defaults}
    return {"spark.master": settings.master} | chosen


def local_options(scratch: Path) -> dict[str, str]:
    """Options of local mode.

    Workers speak with the JVM through sockets in the scratch folder, where its path leaves room for their names:
    through TCP a task takes 45 ms longer, as each side waits for the other to acknowledge.
    """
    if len(os.fsencode(scratch)) + SOCKET_NAME > LONGEST_SOCKET:
        return LOCAL_OPTIONS
    return LOCAL_OPTIONS | {f"{SOCKETS}.enabled": "true", f"{SOCKETS}.dir": str(scratch)}


def _environment(settings: SparkSettings, defaults: Mapping[str, str], said: Path) -> dict[str, str]:
    """The JVM's variables. defaults: as for `launch_options`; said: where it says how it is reached."""
    variables = os.environ | {"SPARK_CONNECT_MODE": "0", "_PYSPARK_DRIVER_CONN_INFO_PATH": str(said)}
    # The daemon is to find this package, wherever it was found here.
    root = str(Path(__file__).parents[2])
    if root not in site.getsitepackages():  # that in front of the standard library would hide modules of it
        variables["PYTHONPATH"] = os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), root])
    if is_local(settings.master):
        variables.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        if given := local_dirs(defaults):  # where none is given, Spark goes by Java's
            variables[LOCAL_DIRS] = given
    return variables


def local_dirs(defaults: Mapping[str, str]) -> str:
    """Scratch folders of this process's own in those that the user gave for Spark's files, if any."""
    given = os.environ.get(LOCAL_DIRS) or defaults.get("spark.local.dir") or ""
    return ",".join(str(scratch_folder(Path(each))) for each in given.split(",") if each)


def spark_home() -> Path:
    """The folder of the Spark that is started."""
    return Path(os.environ.get("SPARK_HOME") or Path(pyspark.__file__).parent)


def workers_are_as_this() -> bool:
    """Whether local workers run this interpreter and this PySpark."""
    own = Path(pyspark.__file__).parent
    return os.environ.get("PYSPARK_PYTHON") == sys.executable and spark_home().samefile(own)


def class_archive() -> Path:
    """Where scripts/make_class_archive.py puts the archive of Java classes; it need not be there."""
    return Path(sys.prefix) / "share" / "ccnet_lite" / "spark.jsa"


def use_class_archive(options_of_jvm: str) -> str:
    """The JVM options by which a Spark driver starts from the archive of classes, if there is one."""
    if not class_archive().exists() or "-XX:ArchiveClassesAtExit" in options_of_jvm:
        return ""
    # Java passes over an archive that does not fit it or its jars; -Xlog keeps it from saying so.
    return f"-XX:SharedArchiveFile={class_archive()} -Xlog:disable -Xlog:all=error:stderr"


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
    return Path(os.environ.get("SPARK_CONF_DIR") or spark_home() / "conf")


def has_log_settings(given: Mapping[str, str]) -> bool:
    """Whether the user has said what Spark's log is to be."""
    options_of_jvm = given.get("spark.driver.extraJavaOptions", "")
    return (
        "log4j" in options_of_jvm or "spark.log.level" in given or (_conf_folder() / "log4j2.properties").exists()
    )


def log_settings() -> Traversable:
    """Our own: where the user has none."""
    return shared_folder("conf") / "log4j2.properties"
