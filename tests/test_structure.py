"""The layers hold: an import points down only, kernels know no Spark, files fit a head."""

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest

import ccnet_lite

PACKAGE = Path(ccnet_lite.__file__).parent
REPOSITORY = PACKAGE.parent

# From the top down: a module may import from its own room and from rooms below.
LAYERS = [
    ["commands"],
    ["finished"],
    ["run"],
    ["report"],
    ["stages"],
    ["kernels"],
    ["pretraining"],
    ["sampling"],
    ["store"],
    ["archives", "models", "dedup", "quality", "sample"],
    ["text"],
    ["settings"],
    ["errors"],
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
SPARK_LAYERS = {"commands", "finished", "run", "stages", "store"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            if node.module == "ccnet_lite":
                names |= {f"ccnet_lite.{alias.name}" for alias in node.names}
    return names


def upward_imports(path: Path) -> list[str]:
    own = layer_of(path)
    targets = [name.split(".")[1] for name in imported(path) if name.startswith("ccnet_lite.")]
    return [t for t in targets if t in RANK and t != own and RANK[t] < RANK[own]]


def test_every_module_has_a_layer() -> None:
    assert {layer_of(path) for path in modules()} - {"__init__"} <= RANK.keys()


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    if layer_of(path) != "__init__":
        assert upward_imports(path) == []


def test_kernels_know_no_spark() -> None:
    spark = [path for path in modules() if any(name.startswith("pyspark") for name in imported(path))]
    assert {layer_of(path) for path in spark} <= SPARK_LAYERS


def test_every_module_can_be_imported() -> None:
    names = [info.name for info in pkgutil.walk_packages([str(PACKAGE)], "ccnet_lite.")]
    assert len(names) > 20
    for name in names:
        importlib.import_module(name)


def test_jobs_are_thin_and_files_fit_a_head() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {str(path): count for path, count in lines.items() if count > 340} == {}
    jobs = {path.name: len(path.read_text().splitlines()) for path in (REPOSITORY / "jobs").glob("*.py")}
    assert len(jobs) >= 7
    assert {name: count for name, count in jobs.items() if count > 40} == {}
