"""What is compared, in files: the same as in memory."""

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from ccnet_lite.dedup import clusters, spooled
from ccnet_lite.dedup.clusters import Held, cluster_documents, compared_column
from ccnet_lite.dedup.each import Each, on_threads
from ccnet_lite.dedup.spooled import Spool, Spooled
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.stages.asking import Ask
from tests.stages.test_both_ways import FEW_BANDS, ORDER, drifting_signatures, made_documents


def spool(folder: Path, documents: pa.Table, column: str, each: Each = on_threads) -> Spooled:
    """In three folders, one of which stays empty, and a piece without documents."""
    folders = []
    for pieces in (((0, 30), (30, 30), (30, 31)), (), ((31, documents.num_rows),)):
        made = Spool(folder, column)
        for begin, end in pieces:
            made.add(documents.slice(begin, end - begin))
        made.close()
        folders.append(made.folder)
    return Spooled(folders, column, each)


@pytest.mark.parametrize("column", ["signature", "shingles"])
def test_as_in_memory(tmp_path: Path, column: str, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = made_documents(drifting_signatures(3), 3)
    held, files = Held(documents, column), spool(tmp_path, documents, column)
    assert files.n_bands == held.n_bands == 8
    assert (files.same == held.same).all()
    assert (files.sketches == held.sketches).all()
    for band in range(8):
        assert (files.band(band) == held.band(band)).all()
    random = np.random.default_rng(0)
    src, dst = random.integers(0, documents.num_rows, (2, 500))
    monkeypatch.setattr(spooled, "PAIRS_AT_ONCE", 70)
    monkeypatch.setattr(spooled, "PAIRS_A_TASK", 160)
    expected = held.similarity(src, dst)
    assert (files.similarity(src, dst) == expected).all()
    assert len(set(expected.tolist())) > 4
    assert len(files.similarity(src[:0], dst[:0])) == 0


@pytest.mark.parametrize("verify", ["estimate", "exact", "none"])
def test_clusters_are_the_same(tmp_path: Path, verify: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = NearDuplicateSettings.model_validate({**FEW_BANDS, "verify": verify})
    documents = made_documents(drifting_signatures(4), 4)
    expected = cluster_documents(documents, ORDER, settings)
    monkeypatch.setattr(clusters, "PAIRS_HELD", 5)
    monkeypatch.setattr(spooled, "PAIRS_A_TASK", 3)
    each = Ask(None).each(tmp_path)
    files = spool(tmp_path, documents, compared_column(settings), each)
    assert files.documents is not None
    assert set(files.documents.column_names) == set(documents.column_names) - {
        *("signature", "bands", compared_column(settings))
    }
    assert cluster_documents(files.documents, ORDER, settings, files, each).equals(expected)


def test_a_file_cut_short_is_no_rows(tmp_path: Path) -> None:
    files = spool(tmp_path, made_documents(drifting_signatures(5), 5), "signature")
    for path in tmp_path.glob("*/values"):
        os.truncate(path, 100)
    with pytest.raises(OSError, match="shorter"):
        files.similarity(np.array([0]), np.array([90]))


def test_no_documents(tmp_path: Path) -> None:
    spooled = Spool(tmp_path, "signature")
    spooled.close()
    files = Spooled([spooled.folder], "signature")
    assert files.documents is None
    assert files.n_bands == 0
    assert files.same.shape == (0, 2)
