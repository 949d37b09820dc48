"""What a run's settings and models name, languages and user agents, held against each other before it reads."""

import logging
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ccnet_lite.errors import UserError
from ccnet_lite.models.description import UNDESCRIBED, Description, codes_of
from ccnet_lite.models.fasttext_file import read_labels
from ccnet_lite.models.language_names import meant_language
from ccnet_lite.models.languages import MIXED, NO_LANGUAGE, UNDETERMINED
from ccnet_lite.quality.robots_table import agents_asked_for
from ccnet_lite.run.models import Models
from ccnet_lite.settings import Settings

SHOWN = 12
_NAMES_SCRIPT = re.compile(r"_[A-Z][a-z]{3}$")


class Note(NamedTuple):
    """What a person should know before a run, in a line."""

    level: int
    """Of `logging`."""
    text: str


def language_notes(settings: Settings, models: Models) -> list[Note]:
    """What becomes of languages without a language model, or without cutoffs; agents that a table lacks.

    Raises:
        UserError: a language that the model does not know, settings by which nothing could be kept.
    """
    known = known_languages(models.language, models.description, settings.language.macrolanguages)
    if settings.language.mixed == "keep":
        known.add(MIXED)
    for option in ("keep", "drop"):
        for code in getattr(settings.language, option):
            if code not in known:
                meant = meant_language(code, known)
                hint = f"did you mean {meant}?" if meant else f"it knows {_shown(sorted(known))}"
                raise UserError(
                    f"language.{option}: {code} is not among the {len(known)} languages of "
                    f"{settings.language.model}: {hint}"
                )
    if settings.language.keep:
        wanted = [code for code in settings.language.keep if code not in settings.language.drop]
    else:
        wanted = sorted(known - {*settings.language.drop, UNDETERMINED, NO_LANGUAGE, MIXED})
    if not wanted:
        raise UserError("language.drop names every language that language.model knows: nothing would be kept")
    return [
        *_description_notes(settings, models),
        *robots_notes(settings, models.lists),
        *_model_notes(settings, models, wanted),
    ]


def known_languages(
    model: Path, description: Description = UNDESCRIBED, macrolanguages: Collection[str] = ()
) -> set[str]:
    """The codes that a language identifier can give.

    Raises:
        UserError: it is no fastText model, or its labels are no languages.
    """
    try:
        return set(codes_of(read_labels(model), description, macrolanguages))
    except ValueError as error:
        raise UserError(f"model {model} does not identify languages: {error}") from None


def _description_notes(settings: Settings, models: Models) -> list[Note]:
    """A warning of a model that wants another form of text, perhaps: its labels are as OpenLID's."""
    if models.description != UNDESCRIBED or not any(
        _NAMES_SCRIPT.search(each) for each in read_labels(models.language)
    ):
        return []
    return [
        Note(
            logging.WARNING,
            f"language.model {settings.language.model} has no description and gets text as it stands; one of the "
            "OpenLID kind knows a quarter less so: give language.description (docs/languages.md)",
        )
    ]


def robots_notes(settings: Settings, lists: Mapping[str, str]) -> list[Note]:
    """A warning of user agents whose rules do not count, as the table of robots.txt was made without them."""
    if "opt_out.robots" not in lists:
        return []
    asked = agents_asked_for(Path(lists["opt_out.robots"]))
    missing = [agent for agent in settings.opt_out.agents if asked is not None and agent not in asked]
    if not missing:
        return []
    named = ", ".join(missing[:SHOWN]) + (" ..." if len(missing) > SHOWN else "")
    return [
        Note(
            logging.WARNING,
            f"opt_out.robots {settings.opt_out.robots} was made without {named}, whose rules do not count: make "
            "it with the same opt_out.agents (ccnet-lite robots --set opt_out.agents=...)",
        )
    ]


def _model_notes(settings: Settings, models: Models, wanted: Sequence[str]) -> list[Note]:
    quality = settings.quality
    unscored = [code for code in wanted if code not in models.perplexity]
    no_cutoffs = [code for code in wanted if code in models.perplexity and code not in models.cutoffs.percentiles]
    only_all = len(unscored) + len(no_cutoffs) == len(wanted)
    if only_all and "all" not in quality.keep_buckets and not settings.export.write_rejected:
        raise UserError(
            "quality.keep_buckets leaves out the bucket all, where every document would be, as no language has a "
            "model and cutoffs (quality.lm_dir, quality.cutoffs): nothing would be kept"
        )
    if not models.perplexity:
        return [Note(logging.INFO, "no language models (quality.lm_dir): every document goes to the bucket all")]
    notes = []
    if unscored:
        scored = [code for code in wanted if code in models.perplexity]
        notes.append(
            Note(
                logging.INFO if scored else logging.WARNING,
                f"language models for {_shown(scored) or 'none of the languages'}; for {len(unscored):,} there is "
                f"none, and their documents go to the bucket all: {_shown(unscored)}",
            )
        )
    if no_cutoffs:
        if quality.cutoffs and not set(models.perplexity) & set(models.cutoffs.percentiles):
            raise UserError(
                f"quality.cutoffs: {quality.cutoffs} has no language that has a model in quality.lm_dir "
                f"({_shown(sorted(models.perplexity))}); it has {_shown(sorted(models.cutoffs.percentiles))}"
            )
        notes.append(
            Note(
                logging.WARNING,
                f"no cutoffs for {_shown(no_cutoffs)}: their documents are scored and go to the bucket all; give "
                "quality.cutoffs, which `ccnet-lite cutoffs` makes from a finished run",
            )
        )
    return notes


def _shown(codes: Collection[str]) -> str:
    codes = list(codes)
    more = f" and {len(codes) - SHOWN:,} more" if len(codes) > SHOWN else ""
    return ", ".join(codes[:SHOWN]) + more
