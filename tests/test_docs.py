"""What the documentation says is so: generated pages, commands, settings."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_the_schema_page_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, "scripts/make_schema_docs.py", "--check"], cwd=REPOSITORY)
    assert done.returncode == 0


@pytest.mark.parametrize("job", sorted((REPOSITORY / "jobs").glob("*.py")), ids=lambda path: path.name)
def test_every_job_explains_itself(job: Path) -> None:
    done = subprocess.run([sys.executable, str(job), "--help"], capture_output=True, text=True, cwd=REPOSITORY)
    assert done.returncode == 0
    assert "usage:" in done.stdout


def test_files_and_settings_that_the_readme_names_exist() -> None:
    from ccnet_lite.settings import load_settings

    for path in set(re.findall(r"\b(?:jobs|conf|docs|benchmarks|scripts|schemas)/[\w./-]+\.\w+", README)):
        assert (REPOSITORY / path).exists(), path
    overrides = re.findall(r"--set ([a-z_]+\.[a-z_]+=[^\s`]+)", README)
    assert overrides
    load_settings(REPOSITORY / "conf" / "local.toml", [override.strip("'\"") for override in overrides])


def test_make_targets_that_the_readme_names_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", README)) | set(
        re.findall(r"^make ([a-z-]+)", README, flags=re.MULTILINE)
    )
    assert named and named <= targets
