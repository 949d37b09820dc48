"""What the driver and the executors have is compared in one line."""

import pickle
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pyspark import cloudpickle

from ccnet_lite.errors import UserError
from ccnet_lite.run.versions import (
    LIBRARIES,
    check_seen,
    check_versions,
    first_difference,
    looker,
    python_difference,
)

DRIVER = (("Python", "3.11"), ("numpy", "2.4.6"), ("kenlm", "0.3.0"))


class Cluster:
    """A Spark whose executors have what they are given, or fail."""

    def __init__(self, answers: list[Any], master: str = "spark://x:7077", failure: str = ""):
        self.master, self.defaultParallelism = master, 4
        self._answers, self._failure = answers, failure

    def parallelize(self, _values: Any, tasks: int) -> "Cluster":
        assert tasks == 4
        return self

    def map(self, look: Any) -> "Cluster":
        self.look = look
        return self

    distinct = lambda self: self  # noqa: E731

    def collect(self) -> list[Any]:
        if self._failure:
            raise RuntimeError(self._failure)
        return self._answers


def test_looking_finds_what_is_here() -> None:
    from importlib.metadata import version

    from ccnet_lite import __version__

    host, found = looker((*LIBRARIES, "no-such-library"))(0)
    assert host and dict(found) == {
        "Python": dict(found)["Python"],
        **{name: version(name) for name in LIBRARIES},
        "no-such-library": "",
        "ccnet_lite": __version__,
    }


def test_what_travels_needs_nothing_of_ours_there() -> None:
    """The function goes by its code: were it by its name, a worker without the package could not say so."""
    code = "import pickle, sys; sys.modules['ccnet_lite'] = None;"
    code += "print(dict(pickle.load(sys.stdin.buffer)(0)[1])['ccnet_lite'] == '')"
    command, sent = [sys.executable, "-c", code], cloudpickle.dumps(looker(LIBRARIES))
    assert subprocess.run(command, input=sent, capture_output=True).stdout == b"True\n"


def test_differences() -> None:
    assert first_difference(DRIVER, [("a", DRIVER), ("b", DRIVER)]) == ""
    other = (("Python", "3.11"), ("numpy", "1.26.4"), ("kenlm", ""))
    said = first_difference(DRIVER, [("b", other), ("a", DRIVER)])
    assert said.startswith("b has numpy 1.26.4, the driver 2.4.6; kenlm missing, the driver 0.3.0: ")


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "[PYTHON_VERSION_MISMATCH] Python in worker has different version: 3.9 than that in driver: "
            "3.11, PySpark cannot run with different minor versions.",
            "Python in worker has different version: 3.9 than that in driver: 3.11: ",
        ),
        (
            "x\n[PYTHON_VERSION_MISMATCH] Python in worker has different version (3, 9) than that in driver "
            "3.11, PySpark cannot run with different minor versions.\n y",
            "Python in worker has different version (3, 9) than that in driver 3.11: ",
        ),
        (
            'java.io.IOException: Cannot run program "./environment/bin/python": error=2, No such file',
            "the executors have no ./environment/bin/python (PYSPARK_PYTHON): ",
        ),
    ],
)
def test_another_python_or_none(message: str, said: str) -> None:
    assert python_difference(message).startswith(said)
    with pytest.raises(UserError, match="--archives"):
        check_versions(Cluster([], failure=message))  # type: ignore[arg-type]


def test_a_cluster_is_asked_and_local_mode_is_not() -> None:
    same = [("a", looker(LIBRARIES)(0)[1])]
    check_versions(Cluster(same))  # type: ignore[arg-type]
    other = [("b", tuple((name, "0") for name, _ in same[0][1]))]
    with pytest.raises(UserError, match="b has Python 0, the driver 3"):
        check_versions(Cluster(same + other))  # type: ignore[arg-type]
    check_versions(SimpleNamespace(master="local[2]"))  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="disk"):
        check_versions(Cluster([], failure="disk on fire"))  # type: ignore[arg-type]


def test_a_machine_that_does_not_see_the_output_folder_is_named(tmp_path: Path) -> None:
    file = tmp_path / "out" / "run.json"
    check_seen(Cluster([("a", True), ("b", True)]), file)  # type: ignore[arg-type]
    cluster = Cluster([("c", False), ("a", True), ("b", False)])
    with pytest.raises(UserError, match=f"b does not see {file.parent}: on a cluster --output has to lie where"):
        check_seen(cluster, file)  # type: ignore[arg-type]
    look = pickle.loads(cloudpickle.dumps(cluster.look))
    assert look(0)[1] is False
    file.parent.mkdir()
    file.touch()
    assert look(0)[1] is True
