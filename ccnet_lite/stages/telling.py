"""What the tasks of a step tell while it is under way: items done, documents, bytes, bad records.

Told by Spark's accumulators, so at the end of each task; a task that is tried again tells again. It is for
people who wait, and nothing else: what counts is what a task returns.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

from pyspark import Accumulator, AccumulatorParam, SparkContext

Sums = dict[str, int]
ITEMS = "items"


class _Adding(AccumulatorParam[Sums]):
    def zero(self, value: Sums) -> Sums:
        return {}

    def addInPlace(self, value1: Sums, value2: Sums) -> Sums:
        for name, count in value2.items():
            value1[name] = value1.get(name, 0) + count
        return value1


@dataclass
class Phase:
    """Tasks that work on so many items. unit: what an item is, in plural."""

    unit: str
    total: int
    sums: "Accumulator[Sums]"

    @property
    def done(self) -> int:
        """Items that tasks have finished, so far as they told."""
        return min(self.total, self.sums.value.get(ITEMS, 0))


@dataclass
class Told:
    """All that was told since someone began to listen."""

    phases: list[Phase] = field(default_factory=list)

    def sums(self) -> Sums:
        """Of all phases, but for their items."""
        found: Sums = {}
        for phase in self.phases:
            for name, count in phase.sums.value.items():
                found[name] = found.get(name, 0) + count
        found.pop(ITEMS, None)
        return found


LISTENING: ContextVar[Told | None] = ContextVar("told", default=None)
"""Where tasks that are about to be started tell, on the driver."""


def teller(unit: str, total: int) -> Callable[[Mapping[str, int]], None]:
    """What tasks call with what they did, `ITEMS` among it; does nothing where nobody listens."""
    told, context = LISTENING.get(), SparkContext._active_spark_context
    if told is None or context is None:
        return _nobody
    sums = context.accumulator({}, _Adding())
    told.phases.append(Phase(unit, total, sums))
    return lambda found: sums.add(dict(found))


def _nobody(found: Mapping[str, int]) -> None:
    pass
