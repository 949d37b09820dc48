"""Places as the command line takes them, and mistakes in arguments: one line, status 2."""

import argparse

import pytest

from ccnet_lite.commands.arguments import place
from ccnet_lite.commands.console import COMMANDS, command


@pytest.mark.parametrize(
    "text",
    ["out", "/data/my run", "ünï/код", "s3://bucket/run", "gs://b/r", "abfss://c@a/r", "hdfs://n:8020/r"],
)
def test_a_place_is_handed_on_as_given(text: str) -> None:
    assert place(text) == text


@pytest.mark.parametrize("text", ["s3a://b/r", "ftp://h/r", "https://h/r", "s3:/b/r", "s3://", "S4://b"])
def test_other_places_are_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError) as refused:
        place(text)
    assert text in str(refused.value) and "\n" not in str(refused.value)


REQUIRED = {
    "fit-lid": ["--labelled", "sentences", "--output", "words.json"],
    "evaluate-lid": ["--labelled", "sentences"],
    "fit-rules": ["--reference", "prose", "--output", "thresholds.toml"],
    "report": ["RUN"],
    "settings": [],
    "dry-run": [],
    "verify": ["RUN"],
    "explain": ["RUN", "https://a.example/"],
    "sample": ["RUN"],
    "compare": ["RUN", "out"],
    "what-if": ["RUN"],
    "minify": ["RUN", "--output", "out"],
    "rebuild": ["--minified", "RUN", "--output", "out"],
    "cutoffs": ["RUN", "--output", "cutoffs.json"],
    "decontaminate": ["RUN", "--against", "t.txt", "--output", "out"],
    "publish": ["RUN", "--to", "out"],
    "make-sample": ["--output", "out"],
    "train-lm": ["--reference", "prose", "--output", "out"],
    "train-quality": ["--good", "prose", "--bad", "RUN", "--output", "models"],
    "plan-dedup": ["--documents", "9"],
    "train-vocab": ["RUN", "--to", "out"],
    "export-training": ["RUN", "--as", "jsonl", "--to", "out"],
    "robots": ["--input", "a.warc.gz", "--output", "robots.parquet"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_arguments_are_taken_and_a_mistake_is_one_line(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    given = REQUIRED.get(name, ["--output", "out"])
    arguments = vars(command(name).parser().parse_args(given))
    assert arguments.get("overrides", []) == []
    for position, value in enumerate(given):
        if value in ("RUN", "out") and name not in ("make-sample", "train-lm"):
            with pytest.raises(SystemExit) as ended:
                changed = [*given[:position], "nfs://b/run", *given[position + 1 :]]
                command(name).parser().parse_args(changed)
            said = capsys.readouterr().err
            assert (ended.value.code, said.count("\n")) == (2, 1)
            assert said.startswith("error: argument ") and "nfs:// is not supported" in said
    with pytest.raises(SystemExit) as ended:
        command(name).parser().parse_args([*given, "--no-such-option"])
    said = capsys.readouterr().err
    assert (ended.value.code, said.count("\n")) == (2, 1)
    assert "--no-such-option" in said


def test_inputs_may_be_several_in_one_option() -> None:
    given = ["--input", "a.gz", "b.gz", "--output", "out", "--input", "c.gz"]
    assert command("run").parser().parse_args(given).inputs == ["a.gz", "b.gz", "c.gz"]
    # The list of a first parse must not show up in a second.
    assert command("run").parser().parse_args(["--output", "out"]).inputs == []
    parser = command("run").parser()
    parser.parse_args(given)
    assert parser.parse_args(["--output", "out"]).inputs == []
    index = command("run").parser().parse_args([*given, "--index", "s3://b/i"])
    assert index.overrides == ["near_duplicates.index=s3://b/i"]
