"""The console command and the scripts of jobs/: help at once and without Spark, names, versions, mistakes."""

import json
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import pytest

from ccnet_lite import __version__
from ccnet_lite.commands.console import COMMANDS, EXAMPLE, SHELLS, command, unknown

REPOSITORY = Path(__file__).parent.parent.parent
HEAVY = ("pyspark", "pyarrow", "numpy", "numba", "scipy", "pydantic", "requests")
CONSOLE = "from ccnet_lite.commands.console import main; main()"
WHAT_WAS_LOADED = f"""
import atexit, json, sys
sys.argv = ["ccnet-lite", *sys.argv[1:]]
atexit.register(lambda: print(json.dumps([name for name in {HEAVY} if name in sys.modules]), file=sys.stderr))
{CONSOLE}
"""


def console(*arguments: str, code: str = CONSOLE) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)


def script_of(name: str) -> str:
    return f"jobs/{'run_pipeline' if name == 'run' else name.replace('-', '_')}.py"


@pytest.mark.parametrize("arguments", [[], *([name] for name in COMMANDS)], ids=lambda given: "".join(given))
def test_help_loads_neither_spark_nor_arrays(arguments: Sequence[str]) -> None:
    done = console(*arguments, "--help", code=WHAT_WAS_LOADED)
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: {' '.join(['ccnet-lite', *arguments])} ")
    assert json.loads(done.stderr) == []


def test_help_takes_less_than_half_a_second() -> None:
    for words in (
        ["-c", CONSOLE, "--help"],
        ["-c", CONSOLE, "run", "--help"],
        [script_of("run"), "--help"],
    ):
        times = []
        for _ in range(3):  # of several, so that another program's turn does not count
            began = time.monotonic()
            subprocess.run([sys.executable, *words], cwd=REPOSITORY, capture_output=True, check=True)
            times.append(time.monotonic() - began)
        assert min(times) < 0.5, words


def test_every_command_is_a_script_and_the_overview_names_it() -> None:
    scripts = {f"jobs/{path.name}" for path in (REPOSITORY / "jobs").glob("*.py")}
    assert scripts == {script_of(name) for name in COMMANDS}
    shown = console().stdout
    for name in COMMANDS:
        text = (REPOSITORY / script_of(name)).read_text(encoding="utf-8")
        assert f'script("{name}")' in text
        assert f"  {name} " in shown and command(name).__doc__.splitlines()[0] in shown


def test_a_script_and_its_command_have_one_help() -> None:
    by_script = subprocess.run(
        [sys.executable, script_of("train-lm"), "--help"], cwd=REPOSITORY, capture_output=True, text=True
    ).stdout
    by_console = console("train-lm", "--help").stdout
    assert by_script.split("options:")[1] == by_console.split("options:")[1]


def test_commands_that_go_on_are_known() -> None:
    going_on = {name for name in COMMANDS if command(name).RESUMES}
    steps = {"ingest", "annotate", "deduplicate", "export", "sampling"}
    assert going_on == {"run", *steps, "train-lm", "train-quality", "publish", "export-training"}


def test_version_and_no_arguments() -> None:
    assert console("--version").stdout == f"ccnet-lite {__version__}\n"
    assert console().returncode == 0
    assert EXAMPLE in console().stdout


def test_each_help_has_an_example_that_the_command_takes() -> None:
    for name in COMMANDS:
        done = console("help", name)
        shown = " ".join(done.stdout.partition("Example: ")[2].split())
        words = shlex.split(shown)
        assert (done.returncode, words[:2]) == (0, ["ccnet-lite", name])
        command(name).parser().parse_args(words[2:])
        assert "--quiet" in done.stdout and "--log-format" in done.stdout


def test_the_help_is_short() -> None:
    assert all(len(line) <= 120 for line in console().stdout.splitlines())
    assert len(console().stdout.splitlines()) < 60


COMPLETE = """
source "$1"
function=$(complete -p ccnet-lite | sed 's/.*-F \\([^ ]*\\).*/\\1/')
COMP_WORDS=(ccnet-lite "${@:2}"); COMP_CWORD=$#; COMP_CWORD=$((COMP_CWORD - 1)); COMPREPLY=(); $function
echo "${COMPREPLY[*]}"
"""


def test_bash_completes_commands_options_and_settings(tmp_path: Path) -> None:
    script = tmp_path / "complete.bash"
    script.write_text(console("--print-completion", "bash").stdout)
    for given, found in (
        (["ver"], "verify"),
        (["run", "--conf"], "--config"),
        (["run", "--kind", "we"], "wet"),
        (["run", "--set", "language.new"], "language.newline"),
        (["verify", str(tmp_path / "comp")], str(script)),
    ):
        done = subprocess.run(["bash", "-c", COMPLETE, "bash", script, *given], capture_output=True, text=True)
        assert done.stdout.split() == [found], done.stderr


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_has_a_script(shell: str) -> None:
    shown = console("--print-completion", shell).stdout
    assert all(name in shown for name in COMMANDS)


def test_settings_are_shown_as_toml_that_gives_them_again(tmp_path: Path) -> None:
    given = ("--config", "conf/ccnet.toml", "--set", "language.keep=de,fr", "--set", "quality.lm_dir=a b")
    shown = console("settings", *given).stdout
    assert "\nmin_chars = 0 " in shown and "# conf/ccnet.toml\n" in shown
    (tmp_path / "again.toml").write_text(shown)
    again = json.loads(console("settings", "--config", str(tmp_path / "again.toml"), "--json").stdout)
    first = json.loads(console("settings", *given, "--json").stdout)
    assert {name: each["value"] for name, each in again.items()} == {
        name: each["value"] for name, each in first.items()
    }
    assert first["language.keep"] == {"default": [], "origin": "--set", "value": ["de", "fr"]}
    assert first["lines.enabled"] == {"default": True, "origin": "conf/ccnet.toml", "value": False}
    assert set(json.loads(console("settings", *given[2:], "--changed", "--json").stdout)) == {
        *("language.keep", "quality.lm_dir")
    }


def test_a_command_that_there_is_not() -> None:
    done = console("dedupe")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: ccnet-lite has no command dedupe: did you mean deduplicate?\n"
    assert "make-sample" in unknown("xyz")


def test_the_help_tells_the_defaults_that_hold() -> None:
    """Help must not load what knows the defaults, so it repeats them."""
    from ccnet_lite.kernels.decontaminate import Overlap
    from ccnet_lite.models.train import TrainOptions

    for name, kind in {"decontaminate": Overlap, "train-lm": TrainOptions}.items():
        parser = command(name).parser()
        told = {action.dest: action.help or "" for action in parser._actions}
        for field in fields(kind):
            default = "text" if field.name == "fields" else field.default
            assert f"({default})" in told[field.name], (name, field.name)


def test_settings_and_light_parts_need_no_spark() -> None:
    code = "import sys, ccnet_lite, ccnet_lite.settings, ccnet_lite.errors, ccnet_lite.archives.records;"
    code += "import ccnet_lite.sample, ccnet_lite.commands.failures, ccnet_lite.store.places;"
    code += "print('pyspark' in sys.modules, 'py4j' in sys.modules)"
    assert console(code=code).stdout == "False False\n"
