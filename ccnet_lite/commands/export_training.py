"""Write finished runs' documents in a trainer's own layout: fairseq, XLM, Megatron, MDS or JSON lines."""

import argparse
from typing import Any

from ccnet_lite.commands.arguments import Parser, add_settings, located, place
from ccnet_lite.errors import visible

RESUMES = True
EXAMPLE = "ccnet-lite export-training out --as jsonl --to exported"
FORMATS = ("fairseq", "xlm", "megatron", "mds", "jsonl")


def parser() -> Parser:
    """Its arguments; what is not given is left to `ExportOptions`, which knows the defaults."""
    made = Parser(__doc__, EXAMPLE, argument_default=argparse.SUPPRESS)
    add = made.add_argument
    add("runs", metavar="RUN", type=place, nargs="+", help="finished runs' folders")
    add("--as", dest="format", choices=FORMATS, required=True, help="whose layout")
    add(
        "--to",
        metavar="DIR",
        type=place,
        required=True,
        help="a folder; the same command goes on with what is there",
    )
    about = "a vocabulary of train-vocab, to write pieces or ids; megatron and xlm need one"
    add("--vocab", dest="vocabulary", metavar="DIR", type=place, help=about)
    about = "what a line or sequence is (sentence for fairseq and xlm, else document)"
    add("--by", dest="unit", choices=("sentence", "document"), help=about)
    add("--languages", metavar="xx,yy", help="only these")
    add("--buckets", metavar="head,middle", help="only these")
    add_settings(made, "only [spark] is")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write it and say how much there is."""
    from ccnet_lite.finished.export_training import ExportOptions, export_training
    from ccnet_lite.run.progress import shown
    from ccnet_lite.settings import load_settings

    given = vars(arguments)
    chosen: dict[str, Any] = {"format": arguments.format}
    chosen |= {"unit": given["unit"]} if "unit" in given else {}
    chosen |= {"vocabulary": located(given["vocabulary"])} if "vocabulary" in given else {}
    for name in ("languages", "buckets"):
        if name in given:
            chosen[name] = tuple(each for each in given[name].split(",") if each)
    spark = load_settings(arguments.config, arguments.overrides).spark
    with shown("export-training"):
        done = export_training(
            [located(run) for run in arguments.runs], located(arguments.to), spark, ExportOptions(**chosen)
        )
    tokens = f", {done.tokens:,} tokens" if done.tokens else ""
    stood = f" ({done.kept:,} of {done.parts:,} parts stood)" if done.kept else ""
    said = f"{done.documents:,} documents{tokens}, {done.files:,} files of {done.bytes:,} bytes{stood}"
    print(f"{said}: {visible(arguments.to)}")
