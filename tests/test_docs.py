"""What the documentation says is so: generated pages, commands, settings."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ccnet_lite.commands.console import command
from tests.crawl import Page, body, write_crawl

CONSOLE = "from ccnet_lite.commands.console import main; main()"

REPOSITORY = Path(__file__).parent.parent
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_the_schema_page_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, "scripts/make_schema_docs.py", "--check"], cwd=REPOSITORY)
    assert done.returncode == 0


def test_the_settings_page_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, "scripts/make_settings_docs.py", "--check"], cwd=REPOSITORY)
    assert done.returncode == 0


def test_the_settings_page_names_every_variable_that_the_code_reads() -> None:
    read = set()
    for path in (REPOSITORY / "ccnet_lite").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        read |= set(re.findall(r"environ(?:\.get\(|\[|\.setdefault\()\"([A-Z_0-9]+)\"", text))
    assert {"CCNET_LITE_HOME", "JAVA_HOME"} <= read
    page = (REPOSITORY / "docs" / "settings.md").read_text(encoding="utf-8")
    assert {name for name in read if f"`{name}`" not in page} == set()


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


def commands_of(heading: str) -> list[list[str]]:
    """The words of the commands in a section's first block, where lines end in a backslash joined."""
    block = README.partition(f"\n## {heading}\n")[2].partition("```\n")[2].partition("```")[0]
    return [shlex.split(line, comments=True) for line in block.replace("\\\n", " ").splitlines() if line.strip()]


@pytest.mark.slow
def test_the_commands_for_own_archives_work_as_they_are_written(tmp_path: Path) -> None:
    """In a folder with archives and nothing else: no models, no conf/."""
    write_crawl(tmp_path / "archives", [[Page(f"https://a.example/{n}", body("en", n)) for n in range(30)]])
    commands = commands_of("Your own archives")
    assert [words[1] for words in commands] == ["plan", "dry-run", "run"]
    for words in commands:
        assert words[0] == ".venv/bin/ccnet-lite"
        # By a shell, which expands the glob; with the Java of this machine.
        script = f"{shlex.quote(sys.executable)} -c {shlex.quote(CONSOLE)} " + " ".join(words[1:])
        environment = os.environ | {"PYTHONPATH": f"{REPOSITORY}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
        done = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, env=environment
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "report" / "index.html").exists()


def test_the_readme_s_commands_take_their_arguments() -> None:
    """Each ccnet-lite and jobs/ command in a block, by its own parser."""
    tried = 0
    for block in re.findall(r"```\n(.*?)```", README, re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            found = re.search(r"(?:ccnet-lite|jobs/)\s*(?!dist)(\S+)(.*)", line)
            if not found or "spark-submit" in line:
                continue
            name = found[1].removesuffix(".py").replace("_", "-").replace("run-pipeline", "run")
            command(name).parser().parse_args(shlex.split(found[2], comments=True))
            tried += 1
    assert tried >= 10


def test_make_targets_that_the_readme_names_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", README)) | set(
        re.findall(r"^make ([a-z-]+)", README, flags=re.MULTILINE)
    )
    assert named and named <= targets
