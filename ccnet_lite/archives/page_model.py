"""The numbers that the line classifier of pages has learnt, as scripts/train_page_model.py writes them.

page_model.json has per tree the feature and threshold of each inner node, breadth first, and the score of each
leaf; and weights of words that stand in classes and ids.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from ccnet_lite.archives.page_features import NAMES
from ccnet_lite.archives.page_tags import Int32, UInt32, fnv

MODEL = resources.files("ccnet_lite.archives") / "page_model.json"  # the package may lie in a zip
DEPTH = 6
"""Of each tree."""
Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class PageModel:
    """words: sorted FNV hashes; weights: theirs. features, thresholds: (trees, 2 ** DEPTH - 1); leaves: (trees,
    2 ** DEPTH). base: the log odds before the first tree.
    """

    words: UInt32
    weights: Float32
    features: Int32
    thresholds: Float32
    leaves: Float32
    base: float


@cache
def page_model() -> PageModel:
    """The model that comes with the package."""
    return read_model(json.loads(MODEL.read_text(encoding="utf-8")))


@cache
def model_digest() -> str:
    """What tells one model's pages from another's."""
    return blake2b(MODEL.read_bytes(), digest_size=8).hexdigest()


def read_model(said: Mapping[str, Any]) -> PageModel:
    """A model as its file says it.

    Raises:
        ValueError: it was made for other features.
    """
    if said["features"] != list(NAMES):
        raise ValueError(f"{MODEL.name} was trained on other features: scripts/train_page_model.py makes it anew")
    words = {fnv(word.encode()): weight for word, weight in said["words"].items()}
    order = sorted(words)
    return PageModel(
        np.array(order, np.uint32),
        np.array([words[key] for key in order], np.float32),
        np.array([tree["feature"] for tree in said["trees"]], np.int32),
        np.array([tree["threshold"] for tree in said["trees"]], np.float32),
        np.array([tree["leaf"] for tree in said["trees"]], np.float32),
        said["base"],
    )
