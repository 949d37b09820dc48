"""Perplexity and context gain of texts under a language's SentencePiece and KenLM models, in batches.

A text is put into the model's normal form, cut into pieces, and scored as one sentence:

    perplexity = 10 ** (-log10 P(pieces, end of sentence) / (number of pieces + 1)),  to 1 decimal

A model's form is the one it was trained on, where its folder records it (`models.json`, written by our
trainer); models without a record, CCNet's own among them, take the form of the settings.

Not handled: buckets (quality/buckets.py), and several languages at a time (a model can be gigabytes; the
caller holds one).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.errors import UserError
from ccnet_lite.models.arrays import can_cut, read_arrays, score_forms
from ccnet_lite.models.context_gain import Strength, context_gains, strength_of
from ccnet_lite.models.files import verify
from ccnet_lite.models.languages import language_code
from ccnet_lite.models.loading import load_lm, load_pieces
from ccnet_lite.text.given import refuse_one
from ccnet_lite.text.lm_form import Form, in_chunks, lm_forms, lm_texts

SP_SUFFIX = ".sp.model"
LM_SUFFIX = ".arpa.bin"
RECORD = "models.json"
_MOST_LOG10 = 300.0
_BATCH_CHARS = 1 << 20  # pieces of a batch take some 20 times the memory of its text


@dataclass(frozen=True)
class ModelFiles:
    """A language's two models; the form they were trained on and how much they can say, where that is recorded."""

    language: str
    sp_model: Path
    lm: Path
    form: Form | None = None
    source: str = ""
    """The URI of the folder that they were copied from; empty where they lie on a disk."""
    sp_sha256: str = ""
    lm_sha256: str = ""
    strength: Strength | None = None


class Measured(NamedTuple):
    """[n_texts] each; NaN, for a text that the normal form leaves empty.

    context_gains: see `context_gain.context_gains`; NaN also for texts that SentencePiece itself has to cut.
    """

    perplexities: npt.NDArray[np.float64]
    pieces: npt.NDArray[np.int32]
    context_gains: npt.NDArray[np.float64]


def available_models(lm_dir: Path) -> dict[str, ModelFiles]:
    """The models of a folder by language code, sorted; those with a recorded SHA-256 are verified.

    Raises:
        UserError: when the folder holds no model, half a model, or a file that is not the recorded one.
    """
    if not lm_dir.is_dir():
        raise UserError(f"{lm_dir} is not a folder: language models lie in one as xx{SP_SUFFIX} and xx{LM_SUFFIX}")
    halves = {
        suffix: {path.name.removesuffix(suffix) for path in lm_dir.glob(f"*{suffix}")}
        for suffix in (SP_SUFFIX, LM_SUFFIX)
    }
    record = read_record(lm_dir)
    stems = sorted(halves[SP_SUFFIX] | halves[LM_SUFFIX] | record.keys())
    if not stems:
        raise UserError(f"{lm_dir} holds no language model: expected xx{SP_SUFFIX} and xx{LM_SUFFIX}")
    found: dict[str, ModelFiles] = {}
    for stem in stems:
        for suffix in (SP_SUFFIX, LM_SUFFIX):
            if stem not in halves[suffix]:
                raise UserError(
                    f"{lm_dir / stem}{suffix} is missing: a language needs {SP_SUFFIX} and {LM_SUFFIX}"
                )
        try:
            code = language_code(stem)
        except ValueError as error:
            raise UserError(f"{lm_dir / stem}{SP_SUFFIX}: {error}: rename it") from None
        if code in found:
            raise UserError(f"{lm_dir} holds {code} twice, as {found[code].sp_model.name} and {stem}{SP_SUFFIX}")
        entry = record.get(stem, {})
        files = ModelFiles(code, lm_dir / (stem + SP_SUFFIX), lm_dir / (stem + LM_SUFFIX), entry.get("form"))
        if entry.get("strength"):
            files = replace(files, strength=Strength(**entry["strength"]))
        verify(files.sp_model, entry.get("sp_sha256", ""))
        verify(files.lm, entry.get("lm_sha256", ""))
        found[code] = files
    return found


def read_record(lm_dir: Path) -> dict[str, Any]:
    """What `models.json` says of each language; empty where there is none.

    Raises:
        UserError: when it is not what our trainer writes.
    """
    path = lm_dir / RECORD
    if not path.exists():
        return {}
    try:
        languages = json.loads(path.read_text(encoding="utf-8"))["languages"]
        if any(entry["form"] not in ("script_safe", "ccnet") for entry in languages.values()):
            raise ValueError("its form is neither script_safe nor ccnet")
        for entry in languages.values():
            if entry.get("strength"):
                Strength(**{name: float(value) for name, value in entry["strength"].items()})
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise UserError(f"{path} is not a record of language models ({error}): train the folder again") from None
    return dict(languages)


class PerplexityModel:
    """A language's loaded models. They can't be pickled: each process loads its own."""

    def __init__(self, sp_path: Path, lm_path: Path, form: Form, strength: Strength | None = None) -> None:
        """Load the models; KenLM's is mapped, so that processes share its memory.

        strength: how much they can say, where that is known (context_gain.py).

        Raises:
            UserError: naming the file that is missing or is no such model.
        """
        self.form, self._strength = form, strength
        pieces = load_pieces(sp_path)
        self._lm = load_lm(lm_path)
        self._arrays = read_arrays(pieces, lm_path)
        self._sp_path = sp_path
        # Rarely needed beside the arrays, which take less memory.
        self._pieces: Any = pieces if self._arrays is None else None

    @classmethod
    def load(cls, files: ModelFiles, form: Form) -> "PerplexityModel":
        """Load a language's models with the form they record, or else with the one given."""
        return cls(files.sp_model, files.lm, files.form or form, files.strength)

    def score(self, texts: Sequence[str]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
        """Perplexity and number of pieces of each text.

        Returns:
            [n_texts] perplexities, NaN for a text that the normal form leaves empty; [n_texts] pieces.
        """
        measured = self.measure(texts, gains=False)
        return measured.perplexities, measured.pieces

    def measure(self, texts: Sequence[str], gains: bool = True) -> Measured:
        """What the models say of each text; gains: what the context says of its words, too."""
        refuse_one(texts)
        found = Measured(np.full(len(texts), np.nan), np.zeros(len(texts), np.int32), np.full(len(texts), np.nan))
        number = 0
        for batch in in_chunks(texts, _BATCH_CHARS):
            scores, of_context = self._scores(batch, gains)
            if of_context is not None:
                found.context_gains[number : number + len(batch)] = of_context
            for log10, n_pieces in scores:
                if n_pieces:
                    # A model without a sound <unk> can give a text less than any number of ours is.
                    found.perplexities[number] = round(10.0 ** min(-log10 / (n_pieces + 1), _MOST_LOG10), 1)
                    found.pieces[number] = n_pieces
                number += 1
        return found

    def strength(self, texts: Sequence[str]) -> Strength | None:
        """How much the models say of texts that they have not read; None where they cannot tell."""
        fitting = [text for text in texts if can_cut(text)]
        if self._arrays is None or not fitting:
            return None
        _, _, cut = score_forms(self._arrays, *lm_forms(fitting, self.form))
        return strength_of(self._arrays.ngrams, self._arrays.traits, *cut)

    def _scores(
        self, texts: list[str], gains: bool
    ) -> tuple[list[tuple[float, int]], npt.NDArray[np.float64] | None]:
        """log10 of each text's probability, and its pieces, from the arrays or else the models themselves; and
        context gains, from the arrays, if they are wanted.
        """
        if self._arrays is None:
            return self._scores_of_models(texts), None
        apart = [number for number, text in enumerate(texts) if not can_cut(text)]
        together = [text if can_cut(text) else "" for text in texts] if apart else texts
        log10, counts, cut = score_forms(self._arrays, *lm_forms(together, self.form))
        found = list(zip(log10.tolist(), counts.tolist(), strict=True))
        for number, scored in zip(apart, self._scores_of_models([texts[n] for n in apart]), strict=True):
            found[number] = scored
        if not gains:
            return found, None
        return found, context_gains(self._arrays.ngrams, self._arrays.traits, *cut, self._strength)

    def _scores_of_models(self, texts: list[str]) -> list[tuple[float, int]]:
        if not texts:
            return []
        self._pieces = self._pieces or load_pieces(self._sp_path)
        cut = self._pieces.encode(lm_texts(texts, self.form), out_type=str, num_threads=1)
        return [(self._lm.score(" ".join(pieces)), len(pieces)) for pieces in cut]


class PerplexityModels:
    """The models of several languages, loaded when first asked for; as many are held as `held` says."""

    def __init__(
        self,
        files: Mapping[str, ModelFiles],
        form: Form,
        held: int = 1,
        locate: Callable[[ModelFiles], ModelFiles] = lambda files: files,
    ) -> None:
        """locate: has a language's files on this machine's disk before they are loaded."""
        self._files, self._form, self._held, self._locate = dict(files), form, held, locate
        self._loaded: dict[str, PerplexityModel] = {}

    def score(
        self, texts: Sequence[str], language: str
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]] | tuple[None, None]:
        """As `PerplexityModel.score`; None for both where the language has no model."""
        model = self._model(language)
        return (None, None) if model is None else model.score(texts)

    def measure(self, texts: Sequence[str], language: str) -> Measured | None:
        """As `PerplexityModel.measure`; None where the language has no model."""
        model = self._model(language)
        return None if model is None else model.measure(texts)

    def _model(self, language: str) -> PerplexityModel | None:
        if language not in self._files:
            return None
        if language not in self._loaded:
            while len(self._loaded) >= self._held:
                del self._loaded[next(iter(self._loaded))]
            self._loaded[language] = _loaded(self._locate(self._files[language]), self._form)
        return self._loaded[language]


def _loaded(files: ModelFiles, form: Form) -> PerplexityModel:
    """A language's models, kept for the tasks of this process that come after: loading takes .15 s."""
    stamps = [path.stat() if path.is_file() else None for path in (files.sp_model, files.lm)]
    seen = tuple((stamp.st_ino, stamp.st_size, stamp.st_mtime_ns) if stamp else None for stamp in stamps)
    return _load_once(files, form, seen)


@lru_cache(maxsize=16)
def _load_once(files: ModelFiles, form: Form, seen: tuple[Any, ...]) -> PerplexityModel:
    return PerplexityModel.load(files, form)


def cut_texts(pieces: Any, texts: Iterable[str], form: Form) -> Iterator[list[str]]:
    """Each text's pieces, as the language model is trained on them and scores them."""
    for batch in in_chunks(texts, _BATCH_CHARS):
        yield from pieces.encode(lm_texts(batch, form), out_type=str, num_threads=1)
