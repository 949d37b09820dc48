"""Pieces of a step by tasks of this machine, and by threads: the same."""

import os
from pathlib import Path

import numpy as np
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.stages.asking import Ask


@pytest.fixture(params=["tasks", "threads"])
def ask(request: pytest.FixtureRequest, spark: SparkSession) -> Ask:
    return Ask(spark.sparkContext if request.param == "tasks" else None)


def test_what_is_said_comes_in_the_order_of_the_items(ask: Ask) -> None:
    assert ask([3, 1, 2], str) == ["3", "1", "2"]
    assert ask([], str) == []


def test_tasks_are_other_processes_and_threads_are_not(spark: SparkSession) -> None:
    assert set(Ask(None)([1, 2], lambda _: str(os.getpid()))) == {str(os.getpid())}
    assert str(os.getpid()) not in Ask(spark.sparkContext)([1, 2], lambda _: str(os.getpid()))


def test_numbers_are_put_together_in_their_order(ask: Ask) -> None:
    numbers = list(range(1000))
    pieces = ask.in_pieces(numbers)
    assert [number for piece in pieces for number in piece] == numbers
    assert ask.at_once <= len(pieces) <= 128
    assert ask.in_pieces([]) == []


def test_arrays_are_those_of_the_numbers_and_leave_no_file(ask: Ask, tmp_path: Path) -> None:
    def work(number: int, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return one[number:] * other[0]

    shared = np.arange(20), np.array([7, 8])
    found = list(ask.each(tmp_path)(work, shared, 20))
    assert [array.tolist() for array in found] == [[7 * n for n in range(first, 20)] for first in range(20)]
    assert list(ask.each(tmp_path)(work, shared, 0)) == []
    assert list(tmp_path.iterdir()) == []
