"""A finished run's corpus without its text (CCNet's minified form).

It is small enough to publish where the text is not: whoever has the archives makes the same files again
(rebuild.py).
"""

from typing import Any, Literal

from ccnet_lite import __version__
from ccnet_lite.finished.folders import MINIFIED_FILE, Folder, finished_corpus, new_folder
from ccnet_lite.kernels.rebuild import without_text
from ccnet_lite.run.session import start_context
from ccnet_lite.settings import SparkSettings
from ccnet_lite.stages.items import ask_items
from ccnet_lite.store.corpus import form_of
from ccnet_lite.store.json_files import Stored, write_json
from ccnet_lite.store.reading import read_file
from ccnet_lite.store.tables import DataFile, Table, put_table
from ccnet_lite.store.writing import PartWriter

MADE = ("minified", "minified.manifest.json", MINIFIED_FILE)


class Minified(Stored):
    """What minified.json holds. settings, models, archives: as in the run's manifest."""

    format: Literal["ccnet_lite.minified"]
    version: str
    settings: dict[str, dict[str, Any]]
    models: dict[str, str]
    archives: dict[str, str]
    documents: int
    corpus_digest: str


def minify(run: Folder, output: Folder, spark: SparkSettings) -> Table:
    """Write `minified/` and minified.json into `output`, of a finished run: a file for each corpus file.

    Raises:
        UserError: the run is not finished, or the output folder is not empty.
    """
    manifest, corpus = finished_corpus(run)
    made_of, form = manifest.tables["corpus"].digest, form_of(corpus.schema)
    with new_folder(output, "minify", MADE) as folder:

        def work_on(file: DataFile) -> str:
            writer = PartWriter(folder, "minified", "", file.name, level=9, schema_name=form.minified)
            try:
                for rows in read_file(corpus.place(file), file=file):
                    writer.write(without_text(rows, form))
            except BaseException:
                writer.abandon()
                raise
            return writer.close().model_dump_json()

        said = ask_items(start_context(spark, "ccnet_lite minify"), corpus.files, work_on)
        files = [DataFile.model_validate_json(each) for each in said]
        table = put_table(folder, "minified", made_of[:16], files, schema_name=form.minified)
        write_json(
            folder / MINIFIED_FILE,
            Minified(
                format="ccnet_lite.minified",
                version=__version__,
                settings=manifest.settings,
                models=manifest.models,
                archives=manifest.archives,
                documents=table.rows,
                corpus_digest=made_of,
            ),
        )
    return table
