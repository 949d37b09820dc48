"""The layers of the rooms hold: an import points down only, kernels know no Spark, files fit a head."""

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest

import ccnet_lite

PACKAGE = Path(ccnet_lite.__file__).parent
REPOSITORY = PACKAGE.parent

# From the top down: a module may import from its own room and from rooms further down, not from one beside it.
LAYERS = [
    ["commands"],
    ["finished"],
    ["report"],
    ["run"],
    ["stages"],
    ["kernels", "pretraining"],
    ["sampling"],
    ["store"],
    ["models", "dedup", "sample"],
    ["archives", "quality"],
    ["text"],
    ["settings"],
    ["errors"],
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
SPARK_LAYERS = {"commands", "finished", "report", "run", "stages"}
LONGEST = 320


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


def other_imports(path: Path) -> list[str]:
    """Imports of rooms that are not further down."""
    own = layer_of(path)
    targets = [name.split(".")[1] for name in sorted(imported(path)) if name.startswith("ccnet_lite.")]
    return [t for t in targets if t in RANK and t != own and RANK[t] <= RANK[own]]


def test_every_room_has_a_layer_and_every_layer_is_a_room() -> None:
    rooms = {layer_of(path) for path in modules()} - {"__init__"}
    assert rooms == RANK.keys()
    loose = {path.name for path in PACKAGE.glob("*.py")}
    assert loose == {"__init__.py", "errors.py"}, "nothing else lies loose at the root"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    if layer_of(path) != "__init__":
        assert other_imports(path) == []


def test_an_import_that_points_up_or_aside_is_seen(tmp_path: Path) -> None:
    room = PACKAGE / "kernels" / "none.py"
    for source, found in (
        ("from ccnet_lite.run.engine import Run", ["run"]),
        ("from ccnet_lite import pretraining", ["pretraining"]),
        ("def f():\n    import ccnet_lite.stages.masks", ["stages"]),
        ("from ccnet_lite.store.places import Place\nfrom ccnet_lite.kernels import lines", []),
    ):
        (tmp_path / "kernels").mkdir(exist_ok=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Path, "read_text", lambda self, encoding="", source=source: source)
            assert other_imports(room) == found


def test_only_the_upper_rooms_know_spark() -> None:
    spark = [path for path in modules() if any(name.startswith("pyspark") for name in imported(path))]
    assert {layer_of(path) for path in spark} <= SPARK_LAYERS


def test_every_module_can_be_imported() -> None:
    names = [info.name for info in pkgutil.walk_packages([str(PACKAGE)], "ccnet_lite.")]
    assert len(names) > 20
    for name in names:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            assert error.name == "torch" and "ccnet_lite[pretraining]" in str(error)  # the extra is not there


def test_jobs_are_thin_and_files_fit_a_head() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {str(path): count for path, count in lines.items() if count > LONGEST} == {}
    jobs = {path.name: len(path.read_text().splitlines()) for path in (REPOSITORY / "jobs").glob("*.py")}
    assert len(jobs) >= 7
    assert {name: count for name, count in jobs.items() if count > 40} == {}
