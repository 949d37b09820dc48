"""A run's documents among those of an index (--index): matched, clustered with them, taken in."""

from functools import partial, reduce
from pathlib import Path

from pyspark.sql import DataFrame

from ccnet_lite.errors import UserError
from ccnet_lite.run.engine import Files, Run
from ccnet_lite.run.folder import fingerprint, locked
from ccnet_lite.run.index import (
    Generation,
    commit_generation,
    generations_before,
    index_tables,
    load_generations,
    read_bands,
    write_bands,
)
from ccnet_lite.run.steps.common import policy
from ccnet_lite.stages.candidates import candidate_pairs, count_parts
from ccnet_lite.stages.checkpoints import keeper
from ccnet_lite.stages.index import as_stored, compare_new, from_stored, stored_order, superseded
from ccnet_lite.stages.near_duplicates import alike, cluster_pairs_anywhere, compared_documents, with_crawls
from ccnet_lite.store.tables import described, read, write_frame, write_manifest


def crawls_before(run: Run) -> tuple[list[Generation], bool]:
    """The crawls of the index that this run builds on, and whether others build on this run already."""
    near, folder = run.settings.near_duplicates, Path(run.settings.near_duplicates.index)
    return generations_before(load_generations(folder, near), folder, _archives(run))


def _archives(run: Run) -> list[str]:
    """The run's archives by name and content: other crawls may have files of the same names."""
    return [f"{segment} {digest}" for segment, digest in sorted(run.input_digests.items())]


def add_to_index(run: Run, work: Path, staying: DataFrame) -> Files:
    """Files of `clusters` and `superseded`; the index holds this run's documents when this returns.

    staying: signals of the documents that no rule drops.
    """
    folder = Path(run.settings.near_duplicates.index).resolve()
    with locked(folder, "--index"):
        before, built_upon = crawls_before(run)
        if built_upon:
            raise UserError(
                f"--index {folder}: this run's documents have changed, and crawls added later build on them: "
                f"take a new folder, or run without --index"
            )
        return _add(run, work, staying, folder, before)


def _add(run: Run, work: Path, staying: DataFrame, folder: Path, before: list[Generation]) -> Files:
    spark, near = run.spark, run.settings.near_duplicates
    commit, inside, stored = keeper(spark, work / "rounds"), work / "generation", stored_order(near)
    tables = {
        name: index_tables(folder, before, name)
        for name in ("index_documents", "index_bands", "index_pairs", "clusters")
    }
    new, order = compared_documents(staying.join(run.frame("signatures").drop("shard"), "doc_id"), near)
    files = {
        "index_documents": write_frame(as_stored(new, near), "index_documents", inside / "index_documents")
    }
    own = write_manifest(
        inside / "index_documents", "index_documents", "unfinished", files["index_documents"]
    )
    mine = from_stored(read(spark, own), near)
    earlier = [from_stored(read(spark, table), near) for table in tables["index_documents"]]
    documents = reduce(DataFrame.unionByName, earlier, mine)

    n_documents = own.rows + sum(each.documents for each in before)
    parts = count_parts(n_documents, near.bands, run.settings.spark.shuffle_partitions)
    paths = [f"{table.folder}/{file.name}" for table in tables["index_bands"] for file in table.files]
    known = partial(read_bands, paths, stored)
    keep = partial(write_bands, inside / "index_bands", parts, stored)
    candidates = commit(candidate_pairs(new, order, parts, known, keep))
    files["index_bands"] = [
        described(path, inside / "index_bands") for path in sorted((inside / "index_bands").glob("*.parquet"))
    ]
    compared_before = read(spark, tables["index_pairs"][-1]) if before else None
    pairs = commit(compare_new(candidates, compared_before, documents, near))
    files["index_pairs"] = write_frame(pairs, "index_pairs", inside / "index_pairs")
    found = cluster_pairs_anywhere(alike(pairs, near), documents, order, near, commit)
    found = commit(with_crawls(found, documents))
    files["clusters"] = write_frame(found, "clusters", inside / "clusters")

    of_run = found.join(mine.select("doc_id"), "doc_id", "left_semi")
    written: Files = {"clusters": write_frame(of_run, "clusters", work / "clusters")}
    if before:
        gone = superseded(found, read(spark, tables["clusters"][-1]), reduce(DataFrame.unionByName, earlier))
        written["superseded"] = write_frame(gone, "superseded", work / "superseded")
    read_tables = {name: run.tables[name].fingerprint for name in ("signals", "signatures")}
    made_from = fingerprint(
        "index", {"policy": policy()(run), "tables": read_tables, "before": [each.name for each in before]}
    )
    name = f"crawl-{len(before):04d}-{made_from}"
    generation = Generation(name, made_from, own.rows, tuple(_archives(run)))
    commit_generation(folder, before, generation, near, inside, files)
    return written
