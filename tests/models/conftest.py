"""Small models that the tests make themselves: fastText classifiers, and a folder of language models."""

import random
import struct
from pathlib import Path

import numpy as np
import pytest

from ccnet_lite.models.train import TrainOptions, train_languages

WORDS = {
    "en": "the sea was calm and a small boat came in with fish for market while children ran along its quay",
    "fr": "la mer était calme et un petit bateau rentrait avec du poisson pour le marché où des enfants",
    "ko": "바다는 잔잔하고 작은 배가 시장에 내다 팔 물고기를 싣고 들어오자 아이들이 부두를 따라 달렸다",
}


def prose(language: str, sentences: int, seed: int = 1) -> str:
    """Lines of sentences drawn from the language's few words."""
    drawn = random.Random(seed)
    words = WORDS[language].split()
    return "\n".join(" ".join(drawn.choices(words, k=12)).capitalize() + "." for _ in range(sentences))


def classifier(labels: dict[str, str], kind: int = 3) -> bytes:
    """A fastText model file, label -> its words; kind: 3 a classifier, 2 word vectors.

    Written by hand, as fastText lays its files out: its own training is neither deterministic nor sure to end
    without `Encountered NaN`. A word's vector points along its label's axis.
    """
    words = {word: axis for axis, text in enumerate(labels.values()) for word in sorted(set(text.split()))}
    n_labels = len(labels)
    arguments = (n_labels, 5, 1, 1, 5, 1, 3, kind, 0, 0, 0, 100)
    parts = [struct.pack("<ii12id", 793712314, 12, *arguments, 1e-4)]
    parts.append(struct.pack("<iiiqq", len(words) + n_labels, len(words), n_labels, 1000, -1))
    parts += [word.encode() + b"\0" + struct.pack("<qb", 10, 0) for word in words]
    parts += [f"__label__{label}".encode() + b"\0" + struct.pack("<qb", 10, 1) for label in labels]
    axes = np.eye(n_labels, dtype="<f4")
    for matrix in (axes[list(words.values())], axes):
        parts.append(struct.pack("<?qq", False, *matrix.shape) + (5 * matrix).tobytes())
    return b"".join(parts)


@pytest.fixture(scope="session")
def lm_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of language models for en and ko, of a hundred sentences each; not to be changed."""
    folder = tmp_path_factory.mktemp("lm")
    (folder / "reference").mkdir()
    for language in ("en", "ko"):
        (folder / "reference" / f"{language}.txt").write_text(prose(language, 100), encoding="utf-8")
    train_languages([folder / "reference"], folder / "models", options=TrainOptions(held_out=0.2))
    return folder / "models"
