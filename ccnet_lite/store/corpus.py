"""A corpus as it lies: its folders and files, and the two forms of its columns.

    RUN/corpus/subset=swh_Latn/quality=head/part-sw_00000-000.parquet

subset is a language and a script (models/subsets.py); of it, quality is a bucket. Both stand as columns in the
files, too, under other names (language, language_script, bucket), as readers of folders differ in what they do
with a name that is in both. A file holds documents of one language code, which is in its name: zh and zh-Hant
share the subset cmn_Hani, and the ledger, the statistics and the sampling go by the code.
"""

import re
from typing import NamedTuple

from ccnet_lite.errors import RunFailed
from ccnet_lite.models.subsets import iso639_3
from ccnet_lite.store.places import Place

FILES = "corpus/subset=*/quality=*/part-*.parquet"
"""A glob of all files, from the run's folder."""
_FILE = re.compile(r"subset=([^/]+)/quality=([^/]+)/part-([^_/]+)_(\d{5,})-(\d{3,})\.parquet")


class Form(NamedTuple):
    """The columns of a corpus: the schema of its files and of its minified form, and what stands under which name.

    text: the text that stays. segment: the archive. date: WARC-Date.
    """

    schema: str
    minified: str
    text: str
    segment: str
    date: str


TRAIN, VALIDATION = "train", "validation"
"""What the column `split` says of a document: dedup/split.py draws it. Only `train` is to be trained on."""
FORMS = {
    "fineweb2": Form("corpus", "minified", "text", "file_path", "date"),
    "ccnet": Form("corpus_ccnet", "minified_ccnet", "raw_content", "cc_segment", "date_download"),
    "fineweb2 with spans": Form("corpus_spans", "minified_spans", "text", "file_path", "date"),
    "ccnet with spans": Form(
        "corpus_ccnet_spans", "minified_ccnet_spans", "raw_content", "cc_segment", "date_download"
    ),
}
"""By the setting export.columns, and whether spans.min_tokens asks for spans."""


def form_for(columns: str, spans: bool) -> Form:
    """The form of a corpus. columns: export.columns; spans: whether they are looked for.

    >>> form_for("ccnet", True).schema
    'corpus_ccnet_spans'
    """
    return FORMS[f"{columns} with spans" if spans else columns]


def form_of(schema: str) -> Form:
    """The form whose corpus or minified corpus has a schema.

    >>> form_of("minified_ccnet").text
    'raw_content'
    """
    return next(form for form in FORMS.values() if schema in (form.schema, form.minified))


class CorpusFile(NamedTuple):
    """What the name of a corpus file says. language: the code, as in the ledger."""

    subset: str
    bucket: str
    language: str
    part: int
    number: int

    @property
    def name(self) -> str:
        """Under corpus/.

        >>> CorpusFile("swh_Latn", "head", "sw", 0, 1).name
        'subset=swh_Latn/quality=head/part-sw_00000-001.parquet'
        """
        return f"subset={self.subset}/quality={self.bucket}/{self.base}"

    @property
    def base(self) -> str:
        """Of the name, what is behind its folders."""
        return f"part-{self.language}_{self.part:05d}-{self.number:03d}.parquet"


def corpus_file(name: str) -> CorpusFile:
    """What a corpus file's name, under corpus/, says.

    >>> corpus_file("subset=cmn_Hani/quality=all/part-zh-Hant_00002-000.parquet")
    CorpusFile(subset='cmn_Hani', bucket='all', language='zh-Hant', part=2, number=0)

    Raises:
        RunFailed: it is no such name.
    """
    found = _FILE.fullmatch(name)
    if found is None:
        raise RunFailed(f"corpus/{name} lies in no subset's folder: ccnet-lite verify says what is amiss")
    return CorpusFile(found[1], found[2], found[3], int(found[4]), int(found[5]))


def subset_folders(run: Place, language: str) -> list[str]:
    """Names of the folders of a run's corpus that may hold files of a language, sorted."""
    return [name for name in (run / "corpus").children() if name.startswith(f"subset={iso639_3(language)}_")]


def bucket_glob(language: str, bucket: str) -> str:
    """The glob of the files of a language's bucket, in whatever script, from the run's folder.

    >>> bucket_glob("sw", "head")
    'corpus/subset=swh_*/quality=head/part-sw_*.parquet'
    """
    return f"corpus/subset={iso639_3(language)}_*/quality={bucket}/part-{language}_*.parquet"
