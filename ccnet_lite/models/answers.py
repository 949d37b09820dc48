"""Language and perplexity of texts, for who has texts and no run: a model is found, loaded and asked."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, overload

from ccnet_lite.errors import UserError
from ccnet_lite.models.described import find_description
from ccnet_lite.models.files import find_model
from ccnet_lite.models.identify import load_identifier
from ccnet_lite.models.perplexity import PerplexityModels, available_models
from ccnet_lite.quality.buckets import Cutoffs
from ccnet_lite.settings import LanguageSettings, QualitySettings
from ccnet_lite.text.given import texts_of

RUNNERS_UP = 4
CUTOFFS = "cutoffs.json"


class Identified(NamedTuple):
    """A text's language, its probability (0 to 1), and the next likeliest with theirs."""

    language: str
    score: float
    runners_up: tuple[tuple[str, float], ...]


class Scored(NamedTuple):
    """A text's perplexity, its number of pieces, and the bucket that its perplexity falls into.

    perplexity: NaN for a text of which the model's normal form leaves nothing. bucket: `all` without cutoffs.
    """

    perplexity: float
    pieces: int
    bucket: str


@overload
def identify(texts: str, model: str | Path = ..., sha256: str = ...) -> Identified: ...  # type: ignore[overload-overlap]
@overload
def identify(texts: Iterable[str], model: str | Path = ..., sha256: str = ...) -> list[Identified]: ...
def identify(
    texts: str | Iterable[str], model: str | Path = "", sha256: str = ""
) -> Identified | list[Identified]:
    """The language of a text, or of each of several, as a run with the default settings identifies it.

    >>> import ccnet_lite
    >>> ccnet_lite.identify("Les enfants jouent dans le jardin.").language
    'fr'
    >>> [each.language for each in ccnet_lite.identify(["Good morning to you all.", "Guten Morgen zusammen."])]
    ['en', 'de']

    Args:
        texts: One text, or several.
        model: A fastText model: a known name, a path or an http(s) URL; by default that of a run.
        sha256: The model's SHA-256, which a URL needs.

    Returns:
        `und` with a score of 0 for a text of white space only.

    Raises:
        UserError: there is no such model, or what was given is no text.
    """
    given = texts_of(texts)
    settings = LanguageSettings()
    found = find_model(str(model) or settings.model, sha256)
    described = find_description(found, name=str(model))
    identifier = load_identifier(
        found, settings.newline, settings.max_chars, described, capitals=settings.capitals
    )
    codes, scores = identifier.best(given.texts, 1 + RUNNERS_UP)
    answers = []
    for names, values in zip(codes, scores.tolist(), strict=True):
        (language, score), *others = zip(names, values, strict=True)
        answers.append(Identified(language, score, tuple(other for other in others if other[1] > 0)))
    return answers[0] if given.alone else answers


@overload
def score(  # type: ignore[overload-overlap]
    texts: str, language: str, models: str | Path, cutoffs: str | Path | None = ...
) -> Scored: ...
@overload
def score(
    texts: Iterable[str], language: str, models: str | Path, cutoffs: str | Path | None = ...
) -> list[Scored]: ...
def score(
    texts: str | Iterable[str], language: str, models: str | Path, cutoffs: str | Path | None = None
) -> Scored | list[Scored]:
    """Perplexity and bucket of a text, or of each of several, under the model of a language.

    Args:
        texts: One text, or several, all of the language.
        language: Its code, as `identify` gives it.
        models: A folder of xx.sp.model and xx.arpa.bin, as `ccnet-lite train-lm` or CCNet makes them.
        cutoffs: cutoffs.json or CCNet's cutoff.csv; by default the folder's cutoffs.json, if it has one.

    Raises:
        UserError: the folder has no model of the language, or what was given is no text.
    """
    given = texts_of(texts)
    folder = Path(models)
    settings = QualitySettings()
    perplexities, pieces = _models_of(folder.resolve()).score(given.texts, language)
    if perplexities is None or pieces is None:
        there = ", ".join(available_models(folder))
        raise UserError(f"{folder} has no model of {language} (it has {there}): ccnet-lite train-lm makes one")
    beside = folder / CUTOFFS
    path = Path(cutoffs) if cutoffs is not None else beside if beside.exists() else None
    known = Cutoffs({}) if path is None else Cutoffs.load(path)
    buckets = known.bucket(language, perplexities, settings.head_percentile, settings.tail_percentile)
    rows = zip(perplexities.tolist(), pieces.tolist(), buckets, strict=True)
    answers = [Scored(*row) for row in rows]
    return answers[0] if given.alone else answers


@lru_cache(maxsize=4)
def _models_of(folder: Path) -> PerplexityModels:
    return PerplexityModels(available_models(folder), QualitySettings().normalization, held=4)
