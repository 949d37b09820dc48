"""Texts of which one phrase is much: as a whole between signs, or beside ever new words."""

import numpy as np
import pytest

from ccnet_lite.quality.heuristics import measure
from ccnet_lite.quality.refrains import LOOKED_AT, REFRAIN_PART, REFRAINS, spare_refrains, without_refrains

NAMES = [
    "Mother of mercy",
    "Mirror of justice",
    "Seat of wisdom",
    "Tower of ivory",
    "House of gold",
    "Gate of heaven",
    "Morning star",
    "Queen of angels",
    "Comfort of migrants",
    "Refuge of sinners",
]


def share(text: str) -> float:
    return float(measure([text])["top_ngram_share"][0].as_py())


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"{name}, pray for us." for name in NAMES),
        "\n".join(f"{at}. {name}: PRAY FOR US" for at, name in enumerate(NAMES)),
        "\n".join(f"{name}?\n☐ often said ☐ not said" for name in NAMES),
        "\n".join(f"{at} green bottles,\n{name}" for at, name in enumerate(NAMES)),
        "".join(
            f"{name}，为我等祈。"
            for name in ["至洁之母", "无玷之女", "可爱之花", "善导之手", "造物之工", "救世之舟", "智慧之座"]
        ),
    ],
)
def test_a_refrain_counts_for_a_third(text: str) -> None:
    plain = text
    for sign in ",.:☐，。\n":
        plain = plain.replace(sign, " ")
    assert share(plain) > 0.2  # without signs nothing tells it from a list of one phrase
    assert share(text) < 0.2


@pytest.mark.parametrize(
    "text",
    [
        ", ".join(f"cheap rooms in {name}" for name in NAMES),
        "\n".join(f"{name} cheap rooms" for name in NAMES),
        "Cheap rooms! " * 20,  # a refrain of nothing
        "\n".join(f"Oh, cheap rooms: {name[0]}" for name in NAMES),
        # A phrase put between words has signs within; what stands before these is always its own.
        " ".join(f"{name.lower()} so we said, cheap rooms, and then" for name in NAMES * 2),
    ],
)
def test_what_is_no_refrain(text: str) -> None:
    found = share(text)
    assert found > 0.2
    shares = np.array([found])
    spare_refrains([text], shares)
    assert shares[0] == found


def test_by_hand() -> None:
    text = "\n".join(f"{name}, so it is." for name in NAMES)
    shares = np.array([0.3, 0.3, LOOKED_AT, 0.3])
    spare_refrains([text, "no refrain", text, ""], shares)
    assert shares.tolist() == [pytest.approx(0.3 * REFRAIN_PART), 0.3, LOOKED_AT, 0.3]


def test_the_largest_refrains_are_left_out() -> None:
    said = ["one long refrain", "another refrain", "refrain", "or so"]
    text = "".join(f"{name}. {said[at % 4]}. " for at, name in enumerate(NAMES * 2))
    left = without_refrains(text)
    assert left is not None
    assert [each in left for each in said] == [False] * REFRAINS + [True]
    assert without_refrains("a b. c. a b. d") is None  # twice is none
