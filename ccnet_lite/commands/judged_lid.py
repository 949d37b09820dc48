"""What fit-lid and evaluate-lid share: labelled documents and the model read, and what they print."""

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import Any

from ccnet_lite.errors import UserError
from ccnet_lite.models.choice import least_confidences
from ccnet_lite.models.description import folded_codes
from ccnet_lite.models.fit_identifier import Confusion, Identified, Taken, reliability
from ccnet_lite.models.identify import LanguageIdentifier
from ccnet_lite.models.labelled import Labelled, as_known, read_labelled
from ccnet_lite.run.models import find_models
from ccnet_lite.settings import LanguageSettings, Settings, load_settings


def load(arguments: argparse.Namespace) -> tuple[list[Labelled], LanguageIdentifier, Settings]:
    """The labelled documents, the model, and the settings."""
    if arguments.chars < 1:
        raise UserError(f"--chars {arguments.chars}: give 1 or more")
    settings = load_settings(arguments.config, arguments.overrides)
    language = settings.language
    models = find_models(settings)
    identifier = LanguageIdentifier(
        models.language,
        language.newline,
        language.max_chars,
        models.description,
        language.macrolanguages,
        language.capitals,
    )
    documents = read_labelled(arguments.labelled, arguments.chars)
    folded = folded_codes(models.description, language.macrolanguages)
    documents = [each._replace(language=folded.get(each.language, each.language)) for each in documents]
    return as_known(documents, identifier.codes), identifier, settings


def table(rows: Sequence[tuple[str, Taken]]) -> str:
    """Rows of what thresholds take."""
    known, unknown = rows[0][1].n_known, rows[0][1].n_unknown
    lines = [f"{'':30} of {known:,} in the model's languages   of {unknown:,} in others"]
    for name, taken in rows:
        lines.append(f"{name:30} right {taken.right:6.1%}, wrong {taken.wrong:6.1%}   taken {taken.unknown:6.1%}")
    return "\n".join(lines)


def curve(documents: Sequence[Labelled], found: Identified, known: Sequence[str]) -> str:
    """The reliability curve."""
    lines = ["\nconfidence  documents  right"]
    for low, count, right in reliability(documents, found, known):
        lines.append(f"{low:.1f} to {low + 0.1:.1f}  {count:>9,}  {f'{right:.1%}' if count else '-'}")
    return "\n".join(lines)


def confused(pairs: Sequence[Confusion]) -> str:
    """Languages that are taken for others."""
    lines = ["\nlanguage  taken for  of its documents  the other way"]
    lines += [f"{each.language:9} {each.taken_for:10} {each.share:<17.1%} {each.back:.1%}" for each in pairs]
    return "\n".join(lines) if pairs else "\nno language is taken for another in more than one document in twenty"


def by_language(
    documents: Sequence[Labelled], found: Identified, settings: LanguageSettings
) -> list[dict[str, Any]]:
    """By language: documents, shares taken for it and taken at all, and what most are taken for."""
    taken_at_all = found.confidences >= least_confidences(found.codes, settings)
    held: dict[str, list[int]] = {}
    for number, document in enumerate(documents):
        held.setdefault(document.language, []).append(number)
    rows = []
    for code, numbers in sorted(held.items()):
        taken = Counter(found.codes[number] for number in numbers if taken_at_all[number])
        most = min(taken, key=lambda other: (-taken[other], other)) if taken else ""
        rows.append(
            {
                "language": code,
                "documents": len(numbers),
                "right": taken[code] / len(numbers),
                "taken": sum(taken.values()) / len(numbers),
                "most_taken_as": most,
            }
        )
    return rows
