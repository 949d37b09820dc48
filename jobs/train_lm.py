"""Language models and perplexity cutoffs from reference prose: xx.sp.model, xx.arpa.bin, cutoffs.json."""

import argparse
import os
from pathlib import Path

from ccnet_lite.commands.cli import main
from ccnet_lite.models.train import TrainOptions, train_languages


def train(arguments: argparse.Namespace) -> None:
    """Train what the arguments name."""
    languages = [code for code in arguments.languages.split(",") if code]
    names = ("vocab_size", "held_out", "form", "lm_type", "text_field")
    options = TrainOptions(**{name: getattr(arguments, name) for name in names})
    train_languages(arguments.reference, arguments.output, languages, options, arguments.workers)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    what = "a folder of xx.txt, xx.jsonl, xx.parquet, xx/*, or such files"
    add("--reference", metavar="PATH", type=Path, nargs="+", required=True, help=what)
    add("--output", metavar="DIR", type=Path, required=True, help="the folder of models; what it holds stays")
    add("--languages", metavar="xx,yy", default="", help="only these")
    add("--vocab-size", metavar="N", type=int, default=TrainOptions.vocab_size, help="pieces, at most")
    add("--held-out", metavar="SHARE", type=float, default=TrainOptions.held_out, help="for the cutoffs")
    add("--form", choices=["script_safe", "ccnet"], default=TrainOptions.form, help="normal form of the text")
    add(
        "--lm-type",
        choices=["probing", "trie"],
        default=TrainOptions.lm_type,
        help="fast, or small (CCNet's)",
    )
    add("--field", dest="text_field", default=TrainOptions.text_field, help="of jsonl and Parquet")
    add("--workers", metavar="N", type=int, default=os.cpu_count(), help="languages at a time")
    main(parser, train)
