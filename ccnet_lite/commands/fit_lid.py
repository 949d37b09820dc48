"""Language identification fitted to labelled texts: the commonest words of languages, and thresholds."""

import argparse

from ccnet_lite.commands.arguments import Parser, add_labelled, add_settings, local_path

RESUMES = False
EXAMPLE = "ccnet-lite fit-lid --labelled sentences --output common_words.json --thresholds thresholds.toml"


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    add_labelled(made)
    made.add_argument("--output", metavar="FILE", type=local_path, required=True, help="language.common_words")
    made.add_argument(
        "--thresholds", metavar="FILE", type=local_path, help="language.thresholds, written on demand"
    )
    made.add_argument(
        "--precision", type=float, default=0.95, help="wanted of what is taken (default: %(default)s)"
    )
    made.add_argument("--floor", type=float, default=0.3, help="the lowest threshold (default: %(default)s)")
    add_settings(made, "[language] is")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Fit on half of the documents of each language, judge on the other half, write the fit of all."""
    from ccnet_lite.commands.judged_lid import confused, curve, load, table
    from ccnet_lite.errors import UserError
    from ccnet_lite.models.fit_identifier import (
        confusions,
        fit_common_words,
        halves,
        identify,
        judged,
        label_confidences,
        thresholds_for,
        write_thresholds,
    )
    from ccnet_lite.quality.common_words import WordLists, write_lists

    for name in ("precision", "floor"):
        if not 0 < getattr(arguments, name) <= 1:
            raise UserError(f"--{name} {getattr(arguments, name)}: give a share above 0 and up to 1")
    documents, identifier, settings = load(arguments)
    known, asked = identifier.codes, settings.language.model_copy(update={"thresholds": {}})
    half, other = halves(documents, known)
    lists = WordLists(fit_common_words(half, identifier))
    before = identify(other, identifier, WordLists({}))
    after = identify(other, identifier, lists, asked)
    wanted = arguments.precision, arguments.floor
    of_half = thresholds_for(half, *label_confidences(half, identifier, lists), *wanted)
    at = {code: least for code, (least, _) in of_half.items()}
    by_own = identify(other, identifier, lists, asked.model_copy(update={"thresholds": at}))
    whole = fit_common_words(documents, identifier)
    of_all = thresholds_for(documents, *label_confidences(documents, identifier, WordLists(whole)), *wanted)
    pairs = confusions(documents, identify(documents, identifier, WordLists(whole), asked), known)
    threshold = asked.threshold
    print(f"{len(half):,} documents to fit on, {len(other):,} to judge by; a list for {len(whole)} languages")
    rows = [
        (f"score {threshold:g}", judged(other, before, known, threshold)),
        (f"with common words {threshold:g}", judged(other, after, known, threshold)),
        (f"fitted for precision {arguments.precision:g}", judged(other, by_own, known, at, threshold)),
    ]
    print(table(rows))
    print(curve(other, after, known))
    print("\nlanguage  least confidence for that precision  its documents taken")
    for code, (least, share) in of_all.items():
        print(f"{code:9} {least:<36g} {share:.1%}")
    print(confused(pairs))
    written = [(arguments.output, "common_words", write_lists(whole))]
    if arguments.thresholds is not None:
        written.append((arguments.thresholds, "thresholds", write_thresholds(of_all, arguments.precision, pairs)))
    print()
    for file, setting, content in written:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
        print(f"use it by --set language.{setting}={file}")
