"""Rows of the corpus in the form that is asked for: FineWeb-2's names or CCNet's, then what is ours."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.dedup.split import is_validation
from ccnet_lite.kernels.policy import crawl_of
from ccnet_lite.models.subsets import iso639_3, script_name, subset
from ccnet_lite.store.corpus import TRAIN, VALIDATION, Form
from ccnet_lite.store.schema import arrow_schema

FINEWEB2 = {
    "text": "raw_content",
    "date": "date_download",
    "file_path": "cc_segment",
    "minhash_cluster_size": "cluster_size",
}
"""Columns that have another name there than in the pipeline."""
FINEWEB2_TEXT = "text"


def subsets_of(language: str, scripts: pa.Array) -> pa.DictionaryArray:
    """The subset of each document of a language, by its script."""
    coded = scripts.dictionary_encode()
    names = pa.array([subset(language, script) for script in coded.dictionary.to_pylist()], pa.string())
    # Two scripts may share a subset, which then has one code.
    return names.take(coded.indices).dictionary_encode()


def splits_of(keys: pa.Array, share: float) -> pa.Array:
    """The column `split` of documents with these keys, where this share is held out."""
    drawn = [VALIDATION if is_validation(key, share) else TRAIN for key in keys.to_pylist()]
    return pa.array(drawn, pa.string())


def corpus_rows(
    scored: pa.RecordBatch, language: str, scripts: pa.Array, splits: pa.Array, crawl: str, form: Form
) -> pa.RecordBatch:
    """Rows of `scored` as rows of the corpus.

    scored: rows of one language of the assembly, with perplexity and bucket; scripts: of each, ISO 15924;
    splits: of each. crawl: the name of that of an archive whose path does not say.
    """
    schema = arrow_schema(form.schema)
    columns: dict[str, Any] = {name: scored[name] for name in scored.schema.names}
    code = pa.repeat(pa.scalar(language), scored.num_rows)
    columns |= {"language": code, "split": splits}
    if form.text == FINEWEB2_TEXT:
        segments, coded = scored["cc_segment"].dictionary_encode(), scripts.dictionary_encode()
        crawls = pa.array([crawl_of(each, crawl) for each in segments.dictionary.to_pylist()], pa.string())
        names = pa.array([script_name(language, each) for each in coded.dictionary.to_pylist()], pa.string())
        columns |= {new: scored[own] for new, own in FINEWEB2.items()}
        columns |= {
            "id": pc.if_else(pc.equal(scored["record_id"], ""), scored["doc_id"], scored["record_id"]),
            "dump": crawls.take(segments.indices),
            "language": pa.repeat(pa.scalar(iso639_3(language)), scored.num_rows),
            "language_script": names.take(coded.indices),
            "language_code": code,
        }
    return pa.RecordBatch.from_pydict({name: columns[name] for name in schema.names})
