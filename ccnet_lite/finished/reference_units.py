"""References cut into units that tasks read: a file of a run's corpus, or some items of another reference.

Of each unit, its n-grams and the names of its items are written to the output's _work/.
"""

import io
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyspark.sql import SparkSession

from ccnet_lite.dedup.item_form import FORM_ITEMS
from ccnet_lite.dedup.overlap import UInt64
from ccnet_lite.errors import UserError
from ccnet_lite.finished.folders import Folder
from ccnet_lite.finished.references import open_reference, reference_run
from ccnet_lite.kernels.decontaminate import SHOWN_UNUSABLE, Overlap, Reference, shared_form, texts_of
from ccnet_lite.kernels.overlap_parts import ITEM_ROWS, UNIT_BITS, item_rows
from ccnet_lite.stages.items import ask_items
from ccnet_lite.store.corpus import form_of
from ccnet_lite.store.json_files import Stored
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_file
from ccnet_lite.store.tables import DataFile

ITEMS_A_UNIT = 10_000
NAMES = pa.schema([("item", pa.int64()), ("name", pa.string())])


class Unit(NamedTuple):
    """Some items of a reference: rows of a Parquet file that have a name and texts. file: of a run's corpus."""

    reference: int
    place: Place
    columns: tuple[str, ...]
    file: DataFile | None


class Read(Stored):
    """What a unit holds."""

    items: int
    unusable: int
    unusable_items: tuple[str, ...]
    ngrams: int
    lengths: tuple[int, ...]


def cut_units(
    against: Sequence[Folder], overlap: Overlap, work: Place
) -> tuple[list[Reference], list[Unit], list[UInt64]]:
    """The references, their items by units, and each reference's form (dedup/item_form.py).

    A run's files are units as they lie, another's items are copied to _work/.
    """
    references: list[Reference] = []
    units: list[Unit] = []
    forms: list[UInt64] = []
    for number, given in enumerate(against):
        reference, items = open_reference(given, overlap.fields)
        references.append(reference)
        first = list(islice(items, FORM_ITEMS))
        forms.append(shared_form([text for _, text in first], overlap))
        reference.form_ngrams = len(forms[-1])
        items = chain(first, items)
        run = reference_run(given)
        if run is not None:
            columns = ("doc_id", "title", form_of(run.schema).text)
            units += [Unit(number, run.place(file), columns, file) for file in run.files]
            continue
        while some := list(islice(items, ITEMS_A_UNIT)):
            place = work / "items" / f"{len(units):06d}.arrow"
            table = pa.table({"name": [name for name, _ in some], "text": [text for _, text in some]})
            place.write_bytes(ipc(table))
            units.append(Unit(number, place, (), None))
    return references, units, forms


def ipc(table: pa.Table) -> bytes:
    """A table as an Arrow file."""
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, 100_000)
    return sink.getvalue()


def _items(unit: Unit) -> Iterator[tuple[list[str], list[str]]]:
    """Names and texts of a unit's items, some at a time."""
    if unit.file is None:
        table = pa.ipc.open_file(unit.place.read_bytes()).read_all()
        for batch in table.to_batches(1000):
            yield batch["name"].to_pylist(), batch["text"].to_pylist()
        return
    for batch in read_file(unit.place, unit.columns, file=unit.file):
        yield batch["doc_id"].to_pylist(), texts_of(batch, unit.columns[-1])


def read_units(
    session: SparkSession,
    units: Sequence[Unit],
    references: Sequence[Reference],
    forms: Sequence[UInt64],
    overlap: Overlap,
    work: Place,
) -> list[int]:
    """Write each unit's n-grams and names; counts in the references, and gives the n-grams' lengths."""

    def work_on(numbered: tuple[int, Unit]) -> str:
        number, unit = numbered
        rows: list[pa.RecordBatch] = []
        names: list[str] = []
        unusable: list[str] = []
        lengths: set[int] = set()
        first = number << UNIT_BITS
        for some, texts in _items(unit):
            batch, short, found = item_rows(texts, first + len(names), overlap, forms[unit.reference])
            rows.append(batch)
            names += some
            unusable += [some[at] for at in short]
            lengths |= found
        table = pa.Table.from_batches(rows, ITEM_ROWS)
        (work / "ngrams" / f"{number:06d}.arrow").write_bytes(ipc(table))
        numbers = pa.array(np.arange(first, first + len(names)))
        (work / "names" / f"{number:06d}.arrow").write_bytes(
            ipc(pa.table([numbers, pa.array(names, pa.string())], schema=NAMES))
        )
        return Read(
            items=len(names),
            unusable=len(unusable),
            unusable_items=tuple(unusable[:SHOWN_UNUSABLE]),
            ngrams=table.num_rows,
            lengths=tuple(sorted(lengths)),
        ).model_dump_json()

    every: set[int] = set()
    for unit, said in zip(units, ask_items(session.sparkContext, list(enumerate(units)), work_on), strict=True):
        read, reference = Read.model_validate_json(said), references[unit.reference]
        reference.items += read.items
        reference.unusable += read.unusable
        reference.unusable_items = (*reference.unusable_items, *read.unusable_items)[:SHOWN_UNUSABLE]
        reference.ngrams += read.ngrams
        every |= set(read.lengths)
    for reference in references:
        if not reference.items:
            raise UserError(f"--against {reference.path} holds no item")
    return sorted(every)
