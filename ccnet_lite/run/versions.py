"""Whether the executors have what the driver has: other versions give other bytes, or fail in the middle."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from socket import gethostname

from pyspark import SparkContext

from ccnet_lite.errors import UserError
from ccnet_lite.run.master import is_local

LIBRARIES = ("numpy", "pyarrow", "fasttext", "kenlm", "sentencepiece")
SHIP = "give all machines one environment, as by --archives (README, A cluster)"

Versions = tuple[tuple[str, str], ...]
"""(name, version) of Python and the libraries; the version is empty where there is none."""


def check_versions(context: SparkContext) -> None:
    """Compare Python and the libraries on the driver and, a task a core, on the cluster. Local mode has one.

    Raises:
        UserError: for the first difference.
    """
    if is_local(str(context.master)):
        return
    tasks = max(1, context.defaultParallelism)
    look = looker(LIBRARIES)
    try:
        found = context.parallelize(range(tasks), tasks).map(look).distinct().collect()
    except Exception as error:
        difference = python_difference(str(error))
        if not difference:
            raise
        raise UserError(difference) from None
    difference = first_difference(look(0)[1], found)
    if difference:
        raise UserError(difference)


def check_seen(context: SparkContext, file: Path) -> None:
    """Have the cluster look, a task a core, whether it sees a file of the driver's output folder.

    Raises:
        UserError: a machine does not, so what it writes there would be lost.
    """
    tasks, path = max(1, context.defaultParallelism), str(file)

    def look(_task: int) -> tuple[str, bool]:
        return gethostname(), Path(path).exists()

    blind = sorted(host for host, seen in context.parallelize(range(tasks), tasks).map(look).collect() if not seen)
    if blind:
        raise UserError(
            f"{blind[0]} does not see {file.parent}: on a cluster --output has to lie where all machines see it, "
            "on a path that they mount or in an object store"
        )


def looker(libraries: tuple[str, ...]) -> Callable[[int], tuple[str, Versions]]:
    """A function that gives the name of the machine that it runs on and what is there."""

    # Inside a function: so its code travels, and not the name of a module that may be missing there.
    def look(_task: int) -> tuple[str, Versions]:
        import platform
        from importlib import import_module, metadata

        found = {"Python": ".".join(platform.python_version_tuple()[:2])}
        for name in libraries:
            try:
                found[name] = metadata.version(name)
            except metadata.PackageNotFoundError:
                found[name] = ""
        try:
            found["ccnet_lite"] = import_module("ccnet_lite").__version__
        except ImportError:
            found["ccnet_lite"] = ""
        return platform.node(), tuple(found.items())

    return look


def first_difference(driver: Versions, workers: Iterable[tuple[str, Versions]]) -> str:
    """In a line, what a worker has otherwise than the driver; empty where none has.

    >>> first_difference((("numpy", "2.4.6"),), [("node-7", (("numpy", "1.26.4"),))])[:46]
    'node-7 has numpy 1.26.4, the driver 2.4.6: giv'
    """
    for host, found in sorted(workers):
        differing = [
            f"{name} {theirs or 'missing'}, the driver {ours or 'none'}"
            for (name, theirs), (_, ours) in zip(found, driver, strict=True)
            if theirs != ours
        ]
        if differing:
            return f"{host} has {'; '.join(differing)}: {SHIP}"
    return ""


def python_difference(message: str) -> str:
    """What PySpark says where no task could begin, as the workers' Python is another or none; else empty."""
    mismatch = re.search(
        r"PYTHON_VERSION_MISMATCH\] (Python in worker has different version[^\n]*?)(?:, PySpark|\n|$)",
        message,
    )
    if mismatch:
        return f"{mismatch[1]}: {SHIP}"
    missing = re.search(r'Cannot run program "([^"]*)"', message)
    return f"the executors have no {missing[1]} (PYSPARK_PYTHON): {SHIP}" if missing else ""
