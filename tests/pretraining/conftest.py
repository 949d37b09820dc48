"""A small corpus on disk, laid out as the export lays it out."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ccnet_lite.models.subsets import iso639_3
from ccnet_lite.sampling.plan import plan_text, sampling_plan
from ccnet_lite.sampling.statistics import BucketStatistics
from ccnet_lite.settings import SamplingSettings

Texts = Mapping[tuple[str, str], list[str]]
"""Texts by language and bucket. The doc_id of text i is LANGUAGE-BUCKET-i."""


def write_corpus(run: Path, texts: Texts, settings: SamplingSettings, row_group_size: int = 4) -> None:
    """Two files a bucket, and the sampling.json that counts them (words by white space, no tokens)."""
    rows = []
    for (language, bucket), documents in texts.items():
        folder = run / "corpus" / f"subset={iso639_3(language)}_Latn" / f"quality={bucket}"
        folder.mkdir(parents=True)
        ids = [f"{language}-{bucket}-{i}" for i in range(len(documents))]
        table = pa.table({"doc_id": ids, "text": documents})
        half = len(documents) // 2
        for part, piece in enumerate((table.slice(0, half), table.slice(half))):
            pq.write_table(
                piece, folder / f"part-{language}_{part:05d}-000.parquet", row_group_size=row_group_size
            )
        rows.append(
            BucketStatistics(
                language=language,
                bucket=bucket,
                documents=len(documents),
                lines=sum(text.count("\n") + 1 for text in documents),
                characters=sum(map(len, documents)),
                bytes=sum(len(text.encode()) for text in documents),
                words=sum(len(text.split()) for text in documents),
                tokens=None,
            )
        )
    plan = sampling_plan(rows, settings)
    (run / "sampling.json").write_text(plan_text(plan), encoding="utf-8")


@pytest.fixture
def corpus(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a corpus into an empty folder and gives the folder."""

    def write(texts: Texts, row_group_size: int = 4, **settings: object) -> Path:
        write_corpus(
            tmp_path, texts, SamplingSettings.model_validate({"unit": "documents"} | settings), row_group_size
        )
        return tmp_path

    return write
