"""Train a tokenizer's vocabulary on text of finished runs, drawn as pretraining draws it."""

import argparse
from typing import Any

from ccnet_lite.commands.arguments import Parser, add_settings, located, place
from ccnet_lite.errors import visible

RESUMES = False
EXAMPLE = "ccnet-lite train-vocab out --to vocabulary --for xlm-r --size 8000"
MODELS = ("xlm-r", "albert", "mbert", "bert", "distilbert", "xlm")
OF_ALGORITHM = {"unigram": "xlm-r", "wordpiece": "mbert", "bpe": "xlm"}
OPTIONS = ("size", "byte_fallback", "coverage", "alpha", "seed", "against")


def parser() -> Parser:
    """Its arguments; what is not given is left to `VocabularyOptions`, which knows the defaults."""
    made = Parser(__doc__, EXAMPLE, argument_default=argparse.SUPPRESS)
    add = made.add_argument
    about = "finished runs' folders; none where --plan names them"
    add("runs", metavar="RUN", type=place, nargs="*", default=[], help=about)
    add("--to", metavar="DIR", type=place, required=True, help="a new folder; transformers loads it as it is")
    what = made.add_mutually_exclusive_group()
    what.add_argument("--for", dest="kind", choices=MODELS, help="the model that it is for (xlm-r)")
    what.add_argument(
        "--model",
        choices=OF_ALGORITHM,
        help="the same by its algorithm: " + ", ".join(f"{key} is {name}'s" for key, name in OF_ALGORITHM.items()),
    )
    add("--size", metavar="N", type=int, help="pieces (the published model's, 250,000 for xlm-r)")
    add("--byte-fallback", action="store_true", help="unigram: bytes in place of unknown characters")
    add("--coverage", metavar="SHARE", type=float, help="of the characters, those to get a piece (0.9995)")
    how = made.add_mutually_exclusive_group()
    how.add_argument("--alpha", metavar="A", type=float, help="the exponent of q (0.3)")
    how.add_argument(
        "--plan", metavar="FILE", type=place, help="a plan of ccnet-lite sampling, in place of --alpha"
    )
    much = made.add_mutually_exclusive_group()
    about = "how much text to train on (100000000), at most what the corpus holds"
    much.add_argument("--characters", metavar="N", type=int, help=about)
    much.add_argument("--sentences", metavar="N", type=int, help="the same in lines")
    add("--seed", metavar="N", type=int, help="of the draws (0)")
    about = "train another with this exponent too, to measure beside this one: 1 is without any exponent"
    add("--against", metavar="A", type=float, help=about)
    add_settings(made, "only [spark] is")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Train it and print how well it fits each language."""
    from ccnet_lite.finished.train_vocab import VocabularyOptions, train_vocabulary
    from ccnet_lite.pretraining.vocabulary_measure import fit_text
    from ccnet_lite.run.progress import shown
    from ccnet_lite.settings import load_settings

    given = vars(arguments)
    chosen: dict[str, Any] = {name: given[name] for name in OPTIONS if name in given}
    if "kind" in given or "model" in given:
        chosen["kind"] = given["kind"] if "kind" in given else OF_ALGORITHM[arguments.model]
    if "plan" in given:
        chosen["plan"] = located(arguments.plan)
    for name, unit in (("characters", "characters"), ("sentences", "lines")):
        if name in given:
            chosen |= {"unit": unit, "sample": given[name]}
    options = VocabularyOptions(**chosen)
    spark = load_settings(arguments.config, arguments.overrides).spark
    with shown("train-vocab"):
        done = train_vocabulary([located(run) for run in arguments.runs], located(arguments.to), spark, options)
    print(fit_text(done.fits, done.shares))
    print(f"{done.tokens:,} tokens, trained on {done.sample:,} {options.unit}: {visible(arguments.to)}")
