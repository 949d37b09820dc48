"""The models of a run, found and verified before anything starts."""

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path

from ccnet_lite.errors import UserError
from ccnet_lite.kernels.policy_signals import check_policies, check_scores
from ccnet_lite.kernels.score_files import ScoreFile
from ccnet_lite.models.described import find_description
from ccnet_lite.models.description import UNDESCRIBED, Description
from ccnet_lite.models.files import file_sha256, find_model, verify
from ccnet_lite.models.perplexity import ModelFiles, available_models
from ccnet_lite.models.quality_scores import QualityFile, available_quality_models
from ccnet_lite.models.trial import Candidate
from ccnet_lite.quality.buckets import Cutoffs
from ccnet_lite.quality.common_words import BUILT_IN, read_lists
from ccnet_lite.run.lists import find_lists, list_digests
from ccnet_lite.run.own_scores import DIGEST, checked_score_files, score_digest
from ccnet_lite.settings import Settings
from ccnet_lite.store.copies import candidates_of, is_remote, local_copy, local_folder, try_here
from ccnet_lite.store.places import Place
from ccnet_lite.store.schema import shared_folder


@dataclass(frozen=True)
class Models:
    """Where the models lie, and the digests of their content by the name of their setting."""

    language: Path
    perplexity: dict[str, ModelFiles]
    cutoffs: Cutoffs
    digests: dict[str, str]
    common_words: str = ""
    """The lists of languages' commonest words as JSON, small enough to travel with each task; empty: none."""
    lists: dict[str, str] = field(default_factory=dict)
    """Where other lists lie, by the name of their setting (run/lists.py)."""
    description: Description = UNDESCRIBED
    """Of the language model."""
    quality: dict[str, QualityFile] = field(default_factory=dict)
    """Quality classifiers by language."""
    own_scores: tuple[ScoreFile, ...] = ()
    """Files of the user's own scores."""


def find_models(settings: Settings) -> Models:
    """Find the models that the settings name.

    Raises:
        UserError: for a missing file, a wrong checksum, a language model without its other half, a rule of a
            policy or a score over nothing that is measured.
    """
    check_policies(settings)
    check_scores(settings)
    # Absolute: an executor of a cluster stands in another folder than the driver.
    language = _language_model(settings).resolve()
    digests = {"language.model": file_sha256(language)}
    described = find_description(language, settings.language.description, settings.language.model)
    if replace(described, name="") != UNDESCRIBED:
        digests["language.description"] = hashlib.sha256(repr(replace(described, name="")).encode()).hexdigest()
    common_words = read_common_words(settings)
    if common_words:
        digests["language.common_words"] = hashlib.sha256(common_words.encode()).hexdigest()
    perplexity: dict[str, ModelFiles] = {}
    cutoffs_path = _local_file(settings.quality.cutoffs) if settings.quality.cutoffs else None
    if settings.quality.lm_dir:
        given = settings.quality.lm_dir
        remote = is_remote(given)
        folder = local_folder(Place.of(given)) if remote else Path(given).resolve()
        for code, files in sorted(available_models(folder).items()):
            sp_sha256, lm_sha256 = file_sha256(files.sp_model), file_sha256(files.lm)
            known = f":{files.strength.random}:{files.strength.order}" if files.strength else ""
            digests[f"quality.lm_dir/{code}"] = f"{sp_sha256}:{lm_sha256}{known}"
            source = given.rstrip("/") if remote else ""
            perplexity[code] = replace(files, source=source, sp_sha256=sp_sha256, lm_sha256=lm_sha256)
        if cutoffs_path is None and (folder / "cutoffs.json").exists():
            cutoffs_path = folder / "cutoffs.json"
    if cutoffs_path is not None:
        if not cutoffs_path.is_file():
            raise UserError(f"quality.cutoffs: {cutoffs_path} does not exist: give a cutoff.csv or a cutoffs.json")
        digests["quality.cutoffs"] = file_sha256(cutoffs_path)
    cutoffs = Cutoffs.load(cutoffs_path) if cutoffs_path is not None else Cutoffs({})
    quality = _quality_models(settings.quality.score_dir)
    digests |= {f"quality.score_dir/{code}": file.sha256 for code, file in quality.items()}
    lists = find_lists(settings)
    digests |= list_digests(lists)
    own_scores = checked_score_files(settings.quality)
    if own_scores:
        digests[DIGEST] = score_digest(own_scores)
    return Models(language, perplexity, cutoffs, digests, common_words, lists, described, quality, own_scores)


def try_found(models: Models) -> None:
    """Try all of them on the driver's machine, before anything is read: in a process that they may end.

    Raises:
        UserError: one of them cannot be used.
    """
    pairs = [candidate for files in models.perplexity.values() for candidate in candidates_of(files)]
    own = [Candidate("fastText", file.path, file.sha256) for file in models.quality.values()]
    try_here([Candidate("fastText", models.language, models.digests["language.model"]), *pairs, *own])


def _quality_models(given: str) -> dict[str, QualityFile]:
    if not given:
        return {}
    if is_remote(given):
        return available_quality_models(local_folder(Place.of(given)), given.rstrip("/"))
    return available_quality_models(Path(given).resolve())


def read_common_words(settings: Settings) -> str:
    """The file of language.common_words as text; empty where there is to be none.

    Raises:
        UserError: there is no such file, or it holds no lists.
    """
    given = settings.language.common_words
    if not given:
        return ""
    if given == BUILT_IN:
        text = (shared_folder("conf") / "common_words.json").read_text(encoding="utf-8")
    else:
        path = _local_file(given)
        if not path.is_file():
            raise UserError(
                f"language.common_words: {path} does not exist: give what fit-lid wrote, {BUILT_IN}, or nothing"
            )
        text = path.read_text(encoding="utf-8", errors="replace")
    read_lists(text, f"language.common_words: {given}")
    return text


def _local_file(given: str) -> Path:
    return local_copy(Place.of(given)) if is_remote(given) else Path(given)


def _language_model(settings: Settings) -> Path:
    """What lies in a store that run data can lie in, too, is the user's own, and needs no checksum."""
    given, sha256 = settings.language.model, settings.language.sha256
    if not is_remote(given):
        return find_model(given, sha256, allow_unverified=settings.language.allow_unverified)
    path = local_copy(Place.of(given, "language.model: "))
    verify(path, sha256)
    return path
