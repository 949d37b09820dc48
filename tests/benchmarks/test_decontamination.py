"""The made corpus of the decontamination measurement: true copies are found, common phrases do not convict."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from quality_decontamination import PHRASE_DOCUMENTS, table

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.mark.skipif(not (DATA / "text" / "prose").is_dir(), reason=f"needs the prose of {DATA}")
def test_weights_spare_phrases_and_lose_few_copies() -> None:
    rows = [row for row in table(DATA, 1000) if row["weights"] == "rarity"]

    def summed(threshold: float, column: str, kind: str) -> tuple[int, int]:
        some = [row[column][kind] for row in rows if row["min_weighted"] == threshold]
        return sum(hit for hit, _ in some), sum(of for _, of in some)

    for held in PHRASE_DOCUMENTS[1:]:
        hit, of = summed(0.0, "phrases", str(held))
        assert hit == of > 30
        assert summed(0.3, "phrases", str(held))[0] == 0
    for kind in ("as it is", "1 word in 25", "1 in 25, three times"):
        plain, of = summed(0.0, "copies", kind)
        assert plain >= 0.97 * of > 30
        assert summed(0.3, "copies", kind)[0] == plain
