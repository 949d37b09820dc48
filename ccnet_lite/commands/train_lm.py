"""Language models and perplexity cutoffs from reference prose: xx.sp.model, xx.arpa.bin, cutoffs.json."""

import argparse
import os

from ccnet_lite.commands.arguments import Parser, local_path

RESUMES = True
EXAMPLE = "ccnet-lite train-lm --reference prose --output models/lm"
OPTIONS = ("vocab_size", "held_out", "form", "lm_type", "text_field")


def parser() -> Parser:
    """Its arguments; what is not given is left to `TrainOptions`, which knows the defaults."""
    made = Parser(__doc__, EXAMPLE, argument_default=argparse.SUPPRESS)
    add = made.add_argument
    what = "a folder of xx.txt, xx.jsonl, xx.parquet, xx/*, or such files"
    add("--reference", metavar="PATH", type=local_path, nargs="+", action="extend", required=True, help=what)
    add(
        "--output", metavar="DIR", type=local_path, required=True, help="the folder of models; what it holds stays"
    )
    add("--languages", metavar="xx,yy", default="", help="only these")
    add("--vocab-size", metavar="N", type=int, help="pieces, at most (65536)")
    add("--held-out", metavar="SHARE", type=float, help="of the prose, for the cutoffs (0.1)")
    add("--form", choices=["script_safe", "ccnet"], help="normal form of the text (script_safe)")
    add("--lm-type", choices=["probing", "trie"], help="fast, or small, as CCNet's (probing)")
    add("--field", dest="text_field", metavar="NAME", help="of jsonl and Parquet (text)")
    add("--workers", metavar="N", type=int, default=os.cpu_count(), help="languages at a time")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Train what the arguments name."""
    from ccnet_lite.models.train import TrainOptions, train_languages

    languages = [code for code in arguments.languages.split(",") if code]
    given = vars(arguments)
    options = TrainOptions(**{name: given[name] for name in OPTIONS if name in given})
    train_languages(arguments.reference, arguments.output, languages, options, arguments.workers)
