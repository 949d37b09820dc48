import numpy as np
import pyarrow as pa
import pytest
from pyspark.sql import DataFrame, SparkSession
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components as scipy_components

from ccnet_lite.stages import components
from ccnet_lite.stages.components import checkpoint, connected_components


def frame(spark: SparkSession, src: np.ndarray, dst: np.ndarray) -> DataFrame:
    return spark.createDataFrame(pa.table({"src": src, "dst": dst}))


def labels(found: DataFrame) -> dict[int, int]:
    table = found.toArrow()
    rows = list(zip(table["doc_id"].to_pylist(), table["component"].to_pylist(), strict=True))
    assert len(rows) == len(dict(rows)), "a document is in one component only"
    return dict(rows)


def by_scipy(src: np.ndarray, dst: np.ndarray) -> dict[int, int]:
    """Least id of the component, of every id that has an edge."""
    nodes, numbered = np.unique(np.concatenate((src, dst)), return_inverse=True)
    one, other = numbered[: len(src)], numbered[len(src) :]
    graph = coo_array((np.ones(len(src)), (one, other)), shape=(len(nodes), len(nodes)))
    _, label = scipy_components(graph, directed=False)
    least = np.full(label.max() + 1, np.iinfo(np.int64).max)
    np.minimum.at(least, label, nodes)
    return dict(zip(nodes.tolist(), least[label].tolist(), strict=True))


@pytest.mark.parametrize(("n_nodes", "n_edges"), [(200, 110), (150, 400)])
def test_random_graphs(spark: SparkSession, n_nodes: int, n_edges: int) -> None:
    random = np.random.default_rng(n_edges)
    src, dst = random.integers(0, n_nodes, (2, n_edges)) * 1_000_003
    src, dst = src[src != dst], dst[src != dst]
    assert labels(connected_components(frame(spark, src, dst))) == by_scipy(src, dst)


@pytest.mark.parametrize(("length", "most_rounds"), [(100, 8), pytest.param(20_000, 14, marks=pytest.mark.slow)])
def test_a_chain_takes_a_logarithmic_number_of_rounds(spark: SparkSession, length: int, most_rounds: int) -> None:
    order = np.random.default_rng(1).permutation(length)
    rounds = 0

    def counting(made: DataFrame) -> DataFrame:
        nonlocal rounds
        rounds += 1
        return checkpoint(made)

    found = labels(connected_components(frame(spark, order[:-1], order[1:]), counting))
    assert len(found) == length
    assert set(found.values()) == {0}
    assert rounds - 1 <= most_rounds  # the first commit is of the edges


def test_a_giant_star(spark: SparkSession) -> None:
    leaves = np.arange(1, 20_000)
    hub = np.full_like(leaves, 12_000)
    keep = leaves != 12_000
    found = labels(connected_components(frame(spark, hub[keep], leaves[keep])))
    assert len(found) == 19_999
    assert set(found.values()) == {1}


def test_text_ids_loops_and_repeats(spark: SparkSession) -> None:
    rows = [("b", "a"), ("a", "b"), ("b", "b"), ("d", "c"), ("c", "e"), ("z", "z")]
    found = labels(connected_components(spark.createDataFrame(rows, "src string, dst string")))
    assert found == {"a": "a", "b": "a", "c": "c", "d": "c", "e": "c"}


def test_no_edges(spark: SparkSession) -> None:
    assert labels(connected_components(spark.createDataFrame([], "src string, dst string"))) == {}


def test_no_end_is_an_error(spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "MAX_ROUNDS", 1)
    with pytest.raises(RuntimeError, match="did not settle in 1 rounds"):
        connected_components(frame(spark, np.arange(50), np.arange(1, 51)))
