"""What language identification takes of labelled texts: right, wrong, and of other languages."""

import argparse

from ccnet_lite.commands.arguments import Parser, add_labelled, add_settings

RESUMES = False
EXAMPLE = "ccnet-lite evaluate-lid --labelled commonlid.csv --set language.threshold=0.6"


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    add_labelled(made)
    made.add_argument("--json", action="store_true", help="print JSON")
    add_settings(made, "[language] is")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Print it: without and with common words, the reliability curve, and by language."""
    import json

    from ccnet_lite.commands.judged_lid import by_language, confused, curve, load, table
    from ccnet_lite.models.fit_identifier import confusions, identify, judged, reliability
    from ccnet_lite.quality.common_words import WordLists, word_lists
    from ccnet_lite.run.models import find_models

    documents, identifier, settings = load(arguments)
    lists = word_lists(find_models(settings).common_words)
    asked = settings.language
    threshold, known = asked.threshold, identifier.codes
    plain = identify(documents, identifier, WordLists({}))
    found = identify(documents, identifier, lists, asked.model_copy(update={"thresholds": {}}))
    rows = [
        (f"score {threshold:g}", judged(documents, plain, known, threshold)),
        (f"confidence {threshold:g}", judged(documents, found, known, threshold)),
    ]
    if asked.thresholds:
        found = identify(documents, identifier, lists, asked)
        taken = judged(documents, found, known, asked.thresholds, threshold)
        rows.append((f"thresholds of {len(asked.thresholds)} languages", taken))
    languages = [each | {"known": each["language"] in known} for each in by_language(documents, found, asked)]
    pairs = confusions(documents, found, known)
    if arguments.json:
        said = {
            "taken": {name: taken._asdict() for name, taken in rows},
            "reliability": reliability(documents, found, known),
            "confused": [pair._asdict() for pair in pairs],
            "languages": languages,
        }
        print(json.dumps(said, sort_keys=True))
        return
    print(table(rows))
    print(curve(documents, found, known))
    print(confused(pairs))
    print(f"\n{'language':10} {'documents':>9} {'right':>7} {'taken':>7}  most taken as")
    for each in languages:
        outside = "" if each["known"] else "  (not among the model's)"
        print(
            f"{each['language']:10} {each['documents']:>9,} {each['right']:>7.1%} {each['taken']:>7.1%}"
            f"  {each['most_taken_as']}{outside}"
        )
