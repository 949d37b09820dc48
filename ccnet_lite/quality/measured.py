"""The measurements of heuristics.py, for who has texts and no run."""

from collections.abc import Iterable
from typing import Any, overload

import pyarrow as pa

from ccnet_lite.quality.heuristics import measure as measure_all
from ccnet_lite.text.given import texts_of


@overload
def measure(texts: str) -> dict[str, Any]: ...
@overload
def measure(texts: Iterable[str]) -> pa.Table: ...
def measure(texts: str | Iterable[str]) -> dict[str, Any] | pa.Table:
    r"""What the heuristics measure of a text (a dict), or of several (an Arrow table, a row a text).

    What each name means stands in docs/schema.md under `signals`; which shares drop a document, in
    docs/settings.md under [quality].

    >>> import ccnet_lite
    >>> measured = ccnet_lite.measure("Habari ya asubuhi.\nHabari ya asubuhi.")
    >>> measured["script"], measured["n_words"], measured["duplicate_line_share"]
    ('Latn', 6, 0.5)
    >>> ccnet_lite.measure(["Привет, мир", "你好"])["n_words"].to_pylist()
    [2, 2]

    Raises:
        UserError: what was given is no text.
    """
    given = texts_of(texts)
    table = pa.table(measure_all(given.texts))
    return table.to_pylist()[0] if given.alone else table
