"""Language identification fitted to labelled texts: the commonest words of languages, and thresholds."""

import argparse

from ccnet_lite.commands.arguments import Parser, add_labelled, add_settings, local_path

RESUMES = False
EXAMPLE = "ccnet-lite fit-lid --labelled sentences --output common_words.json --precision 0.95"


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    add_labelled(made)
    made.add_argument("--output", metavar="FILE", type=local_path, required=True, help="language.common_words")
    made.add_argument(
        "--precision", type=float, default=0.9, help="wanted of what is taken (default: %(default)s)"
    )
    add_settings(made, "[language] is")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Fit on half of the documents of each language, judge on the other half, write the fit of all."""
    from ccnet_lite.commands.judged_lid import curve, load, table
    from ccnet_lite.errors import UserError
    from ccnet_lite.models.fit_identifier import fit_common_words, identify, judged, thresholds_for
    from ccnet_lite.quality.common_words import WordLists, write_lists

    if not 0 < arguments.precision <= 1:
        raise UserError(f"--precision {arguments.precision}: give a share above 0 and up to 1")
    documents, identifier, settings = load(arguments)
    half, other = documents[::2], documents[1::2]
    lists = fit_common_words(half, identifier)
    before = identify(other, identifier, WordLists({}))
    after = identify(other, identifier, WordLists(lists))
    fitted = thresholds_for(half, identify(half, identifier, WordLists(lists)), arguments.precision)
    whole = fit_common_words(documents, identifier)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(write_lists(whole), encoding="utf-8")
    threshold = settings.language.threshold
    at = {code: least for code, (least, _) in fitted.items()}
    print(f"{len(half):,} documents to fit on, {len(other):,} to judge by; a list for {len(whole)} languages")
    rows = [
        (f"score {threshold:g}", judged(other, before, identifier.codes, threshold)),
        (f"with common words {threshold:g}", judged(other, after, identifier.codes, threshold)),
        (f"fitted for precision {arguments.precision:g}", judged(other, after, identifier.codes, at)),
    ]
    print(table(rows))
    print(curve(other, after, identifier.codes))
    print("\nlanguage  least confidence for that precision  its documents taken")
    for code, (least, share) in fitted.items():
        print(f"{code:9} {least:<36g} {share:.1%}")
    print(f"\nuse it by --set language.common_words={arguments.output}")
