"""A run's documents among those of an index (--index): matched, clustered with them, taken in."""

from functools import partial, reduce

from pyspark.sql import DataFrame

from ccnet_lite.dedup.clusters import compared_column
from ccnet_lite.errors import UserError
from ccnet_lite.kernels.policy import order_of
from ccnet_lite.run.engine import Run, Written
from ccnet_lite.run.folder import fingerprint
from ccnet_lite.run.index import (
    Generation,
    commit_generation,
    generations_before,
    index_table,
    load_generations,
    read_bands,
    write_bands,
    written_bands,
)
from ccnet_lite.run.steps.common import policy_of
from ccnet_lite.run.steps.ranked import ranked_on_cluster, write_frame_by_shard
from ccnet_lite.stages.by_shard import Work
from ccnet_lite.stages.candidates import count_parts
from ccnet_lite.stages.checkpoints import keeper
from ccnet_lite.stages.equals import with_fingerprints
from ccnet_lite.stages.frames import read_frame, write_frame
from ccnet_lite.stages.index import (
    as_stored,
    clusters_with_index,
    from_stored,
    split_keys,
    stored_order,
    superseded,
)
from ccnet_lite.store.lease import locked
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_table
from ccnet_lite.store.tables import DataFile, Table, load_table, put_table


def crawls_before(run: Run) -> tuple[list[Generation], bool]:
    """The crawls of the index that this run builds on, and whether others build on this run already."""
    near = run.settings.near_duplicates
    folder = Place.of(near.index, "--index ")
    return generations_before(load_generations(folder, near), folder, _archives(run))


def _archives(run: Run) -> list[str]:
    """The run's archives by name and content: other crawls may have files of the same names."""
    # A plan is made before anything is read.
    table = run.tables.get("archives") or load_table(run.folder, "archives")
    if table is None:
        return []
    archives = read_table(table, ["cc_segment", "sha256"])
    return sorted(f"{row['cc_segment']} {row['sha256']}" for row in archives.to_pylist())


def add_to_index(run: Run, work: Work) -> Written:
    """Files of `clusters`, `superseded`, `split_keys`; the index holds the run's documents when this returns."""
    folder = Place.of(run.settings.near_duplicates.index, "--index ")
    with locked(folder, "--index"):
        before, built_upon = crawls_before(run)
        if built_upon:
            raise UserError(
                f"--index {folder.shown}: this run's documents have changed, and crawls added later build on "
                f"them: take a new folder, or run without --index"
            )
        return _add(run, work, folder, before)


def _add(run: Run, work: Work, folder: Place, before: list[Generation]) -> Written:
    spark, near = run.spark, run.settings.near_duplicates
    commit, stored, order = keeper(spark, work.folder / "rounds"), stored_order(near), order_of(near)
    parts_made_from = {
        "policy": policy_of(run),
        "signals": run.tables["signals"].digest,
        "before": [each.name for each in before],
    }
    mark = fingerprint("index", parts_made_from)
    name = f"crawl-{len(before):04d}-{mark}"
    crawl = folder / name

    def put(table: str, files: list[DataFile]) -> Table:
        return put_table(crawl, table, mark, files)

    new = with_fingerprints(ranked_on_cluster(run), compared_column(near))
    own = put("index_documents", write_frame(as_stored(new, near), "index_documents", crawl, mark))
    mine = from_stored(read_frame(spark, own), near)
    earlier = [from_stored(read_frame(spark, index_table(folder, g, "index_documents")), near) for g in before]
    compared = [read_frame(spark, index_table(folder, g, "index_pairs")) for g in before]
    bands = [index_table(folder, generation, "index_bands") for generation in before]
    n_documents = own.rows + sum(each.documents for each in before)
    texts = sum(place is None for _, place in stored)
    parts = count_parts(n_documents, near.bands, run.partitions, texts)
    known = partial(read_bands, [table.place(file) for table in bands for file in table.files], stored)
    keep = partial(write_bands, crawl, mark, parts, stored)

    def keep_pairs(pairs: DataFrame) -> DataFrame:
        table = put("index_pairs", write_frame(pairs, "index_pairs", crawl, mark))
        return read_frame(spark, table)

    found = clusters_with_index(
        new, earlier, compared, order, n_documents, near, commit, known, keep, keep_pairs, parts
    )
    found = commit(found)
    put("index_bands", written_bands(crawl, mark))
    put("clusters", write_frame(found, "clusters", crawl, mark))
    of_run = found.join(mine.select("doc_id"), "doc_id", "left_semi")
    files = {"clusters": write_frame_by_shard(run, of_run, "clusters", work)}
    all_before = reduce(DataFrame.unionByName, earlier, mine.limit(0))
    keys = commit(split_keys(found, mine, all_before, _known_keys(run, folder, before)))
    put("split_keys", write_frame(keys.drop("representative"), "split_keys", crawl, mark))
    if before:
        files["split_keys"] = write_frame_by_shard(run, keys.where("representative"), "split_keys", work)
        gone = superseded(found, read_frame(spark, index_table(folder, before[-1], "clusters")), all_before)
        files["superseded"] = write_frame(gone, "superseded", run.folder, work.fingerprint)
    archives = tuple(_archives(run))
    generation = Generation(name=name, fingerprint=mark, documents=own.rows, archives=archives)
    commit_generation(folder, before, generation, near)
    return Written(files)


def _known_keys(run: Run, folder: Place, before: list[Generation]) -> DataFrame | None:
    """Rows of `split_keys` of all crawls before; None where there are none."""
    # A crawl that was added before there were splits has none: each of its documents goes by its own id.
    tables = [index_table(folder, g, "split_keys") for g in before if load_table(folder / g.name, "split_keys")]
    frames = [read_frame(run.spark, table) for table in tables]
    return reduce(DataFrame.unionByName, frames) if frames else None
