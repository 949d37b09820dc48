"""Every setting of a run: its name, its default, what is allowed. A default stands here and nowhere else.

Frozen models; an unknown key or a value out of range is refused. How they are read: loading.py.
"""

from typing import Annotated, Literal, NamedTuple

from pydantic import Field, create_model, model_validator

from ccnet_lite.settings.kinds import NonNegative, Positive, Share
from ccnet_lite.settings.language import LanguageSettings
from ccnet_lite.settings.pages import OptOutSettings, PiiSettings, ToxicitySettings, UrlSettings
from ccnet_lite.settings.policies import Bounds, GivenPolicy, check_bounds
from ccnet_lite.settings.section import Section
from ccnet_lite.settings.spans import SpanSettings
from ccnet_lite.settings.spark import SparkSettings
from ccnet_lite.settings.tiers import TierSettings


class SourceSettings(Section):
    """Where archives come from and how politely they are asked for."""

    base_url: str = "https://data.commoncrawl.org/"
    """Where `--crawl` and the entries of a paths list are resolved: an http(s) or s3 URL, or a folder."""
    retries: NonNegative = 6
    """Tries after the first for a request that met 403, 429, 5xx or a dropped connection."""
    backoff_seconds: Annotated[float, Field(ge=0)] = 1.0
    """The first wait; each further one doubles, up to two minutes. A Retry-After header is obeyed."""
    timeout_seconds: Annotated[float, Field(gt=0)] = 60.0
    """For connecting and for each read."""
    max_download_bytes: Positive = 20 * 1024**3
    """An input over HTTP larger than this is refused; as much may come again from a host without ranges."""
    min_bytes_per_second: Positive = 1000
    """A connection over which less comes, taken over window_seconds, counts as dropped and is tried again."""
    window_seconds: Annotated[float, Field(gt=0)] = 60.0
    """Over which that is counted; within as many seconds an answer's head has to come."""
    max_fetch_seconds: Annotated[float, Field(gt=0)] = 6 * 3600.0
    """What waiting for one archive (or list, or model) may take, in all its tries, pauses included."""
    allow_private: bool = False
    """Whether redirects and entries of lists may lead to addresses that are not public, and to any store."""


class IngestSettings(Section):
    """Archives to documents."""

    min_chars: NonNegative = 300
    """Documents whose text has fewer characters (code points) are dropped before deduplication."""
    extractor: Literal["lines", "resiliparse", "trafilatura"] = "lines"
    """What takes the main text out of an HTML page (docs/extraction.md)."""
    keep: tuple[Literal["tables", "lists", "code"], ...] = ("tables", "lists", "code")
    """What the extractor `lines` keeps of a page's main text beside its paragraphs and headings."""
    title: Literal["auto", "ccnet"] = "auto"
    """Of WET: whether the first line is no text in any case (ccnet), or if it is short and text follows."""
    max_bad_fraction: Share = 0.25
    """The run fails when a larger share of the records, or of the bytes, could not be read."""
    max_unread_archives: NonNegative = 0
    """The run fails when more archives than this could not be read at all; a rerun tries only those."""
    max_record_bytes: Positive = 256 * 1024**2
    """A record whose content, decompressed, is larger is a bad record."""
    max_html_bytes: Positive = 16 * 1024**2
    """An HTML page larger than this, content decoded, is a bad record."""
    max_line_chars: Positive = 10_000_000
    """A document with a longer line is a bad record."""
    max_lines: Positive = 200_000
    """A document with more lines is a bad record."""
    verify_digests: bool = False
    """Check WARC-Block-Digest and WARC-Payload-Digest; a mismatch is a bad record."""
    admit_unproven: bool = False
    """Keep records out of faulty gzip members without a proof; one that its digest disproves is never kept."""
    quarantine: bool = False
    """Write damaged stretches and bad records of an archive to quarantine/SHARD.warc.gz."""


class Heuristic(NamedTuple):
    """A share that a document may have at most: its column in `signals`, its setting, and what it means."""

    column: str
    default: float
    comment: str

    @property
    def setting(self) -> str:
        """Its key in [quality]."""
        return f"max_{self.column}"


HEURISTICS = (
    Heuristic("homoglyph_share", 0.03, "Share of words that mix in look-alike letters of another script."),
    Heuristic(
        "disguised_share",
        0.025,
        "Share of words with invisible characters, letters in costume, digits for letters.",
    ),
    Heuristic("mark_share", 0.05, "Share of characters that are combining marks on no letter or in long runs."),
    Heuristic(
        "garbled_share", 0.1, "Share of words with signs of a wrong encoding, or of accented letters alone."
    ),
    Heuristic("case_disorder", 0.6, "Small letters after full stops; 1: as many as with words in random order."),
    Heuristic(
        "word_disorder", 0.5, "Probability that its words, or letters without spaces, stand in random order."
    ),
    Heuristic("keyword_share", 0.25, "Share of letters in lists of phrases of the same few words (search terms)."),
    Heuristic(
        "duplicate_line_share", 0.3, "Share of characters in lines that repeat an earlier one (after Gopher)."
    ),
    Heuristic(
        "top_ngram_share",
        0.2,
        "Share of characters covered by the commonest word 2-gram that comes six times (after Gopher).",
    ),
    Heuristic("symbol_share", 0.4, "Share of characters, white space aside, that are neither letters nor marks."),
    Heuristic("bullet_share", 0.9, "Share of short lines with a bullet that end no sentence (after Gopher)."),
)
"""The one list of them: settings, rules, the schema of `signals`, the report and the docs are made from it."""


class _QualitySettings(TierSettings):
    """Perplexity buckets, quality scores and text heuristics."""

    lm_dir: str = ""
    """A folder of xx.sp.model and xx.arpa.bin; empty: every document goes to the bucket `all`."""
    cutoffs: str = ""
    """Perplexity percentiles: CCNet's cutoff.csv or our cutoffs.json; empty: lm_dir/cutoffs.json if there."""
    head_percentile: Annotated[int, Field(ge=0, le=99)] = 30
    """Documents below this percentile of perplexity are `head`."""
    tail_percentile: Annotated[int, Field(ge=0, le=99)] = 60
    """Documents at or above this percentile are `tail`; between the two, `middle`."""
    normalization: Literal["script_safe", "ccnet"] = "script_safe"
    """The language model's normal form of text when a model does not record its own."""
    keep_buckets: tuple[Literal["head", "middle", "tail", "all"], ...] = ("head", "middle", "tail", "all")
    """Documents of other buckets are dropped after scoring."""
    heuristics: bool = True
    """Measure and apply the heuristics below."""
    min_context_gain: Share = 0.2
    """Least that a word's context says of it, as a share of what it says in prose; 0: no text is dropped."""
    policies: tuple[GivenPolicy, ...] = ()
    """More rules to apply: gopher_quality, gopher_repetition, c4, c4_lines, fineweb, or paths of such files."""
    thresholds: Bounds = Field({})
    """A file of bounds by language for rules of policies and heuristics (fit-rules); empty: their own bounds."""
    measure: Literal["needed", "all"] = "needed"
    """Of the signals that only policies ask for, measure those that the chosen ones need, or all."""

    @model_validator(mode="after")
    def _ordered(self) -> "_QualitySettings":
        check_bounds(self.policies, self.thresholds, [f"{each.column}_above" for each in HEURISTICS])
        if self.ranks_perplexity and not self.lm_dir:
            raise ValueError(
                "quality.tiers needs perplexity: set quality.lm_dir, or other scores in quality.scores"
            )
        if self.head_percentile > self.tail_percentile:
            raise ValueError(
                f"quality.head_percentile ({self.head_percentile}) is above "
                f"quality.tail_percentile ({self.tail_percentile})"
            )
        return self


# A field for each heuristic, as if it were written out above.
QualitySettings = create_model(
    "QualitySettings",
    __base__=_QualitySettings,
    __doc__="Perplexity buckets, quality scores and text heuristics.",
    **{each.setting: (Share, Field(each.default, description=each.comment)) for each in HEURISTICS},  # type: ignore[call-overload]
)


class LineSettings(Section):
    """Boilerplate: lines that are masked before a document is measured."""

    enabled: bool = True
    """Whether boilerplate is looked for at all."""
    host_documents: NonNegative = 3
    """A line in this many documents of one host is that host's boilerplate; 0 switches the rule off."""
    common_hosts: NonNegative = 10
    """A short line on this many hosts is common to the web (cookie notes); 0 switches the rule off."""
    common_max_chars: Positive = 200
    """How long a line common to many hosts may be; longer ones are text that was copied."""
    lists: bool = True
    """Whether menus, related articles, tags and footers at a text's two ends are cut (docs/quality.md)."""
    copies: bool = True
    """Whether paragraphs are cut that a text says a second time, where they are a quarter of it and more."""

    @property
    def wants_lists(self) -> bool:
        """Whether lists are looked for: a kind of boilerplate like the others."""
        return self.enabled and self.lists

    @property
    def wants_copies(self) -> bool:
        """Whether copies are looked for, likewise."""
        return self.enabled and self.copies


_MEASURED = (
    *("perplexity", "n_chars", "n_chars_read", "n_lines", "n_lines_read", "n_words", "language_score"),
    "quality_score",
    *("script_share", "record_offset", *(each.column for each in HEURISTICS)),
)
REPRESENTATIVE_COLUMN = f"^(cc_segment|-?({'|'.join(_MEASURED)}))$"


class NearDuplicateSettings(Section):
    """MinHash LSH over the text that the masks leave."""

    enabled: bool = True
    """Whether near-duplicates are looked for at all."""
    similarity: Annotated[float, Field(gt=0.0, le=1.0)] = 0.8
    """Jaccard similarity of shingle sets from which two documents are near-duplicates."""
    bands: Positive = 32
    """Of a signature: two documents that agree in all of one band are compared (see docs/dedup.md)."""
    rows: Positive = 8
    """Numbers in a band; `bands` times `rows` are a document's signature."""
    seed: NonNegative = 1
    """Seed of the permutations, as datasketch's."""
    ngram: Positive = 5
    """Words in a shingle (characters in scripts written without spaces)."""
    containment: Share = 0.0
    """A document is dropped, too, if a longer one has this share of its shingles (0.95, say); 0: off."""
    templates: Share = 0.0
    """A document is dropped, too, if another has this share of its words in the same order (0.75, say); 0: off."""
    verify: Literal["estimate", "exact", "none"] = "estimate"
    """How a candidate pair is checked: on the signatures, on the shingles, or not at all."""
    representative: Literal["longest", "earliest", "best_language_score", "lowest_perplexity", "custom"] = (
        "longest"
    )
    """Which document of a cluster stays; ties break on the id."""
    representative_order: tuple[Annotated[str, Field(pattern=REPRESENTATIVE_COLUMN)], ...] = ()
    """With `custom`: columns of `signals` (or perplexity), the first one first; a minus: most of it stays."""
    index: str = ""
    """A folder that keeps what later crawls are compared with, and gives what earlier ones left (--index)."""
    crawl: str = "unnamed"
    """The crawl's name, for archives whose path does not say."""

    @model_validator(mode="after")
    def _ordered(self) -> "NearDuplicateSettings":
        if (self.representative == "custom") != bool(self.representative_order):
            raise ValueError(
                f"near_duplicates.representative = {self.representative} and near_duplicates."
                f"representative_order = {list(self.representative_order)} don't go together: "
                "the order is for custom, which needs one, as -n_words,record_offset"
            )
        return self

    @property
    def by_perplexity(self) -> bool:
        """Whether the representative depends on perplexity, which then has to be known before."""
        return any("perplexity" in name for name in (self.representative, *self.representative_order))


class ParagraphSettings(Section):
    """Lines that repeat between documents."""

    policy: Literal["keep_first", "drop_all_copies", "none"] = "keep_first"
    """What becomes of a line in two or more documents: its first copy stays, none stays (CCNet), all stay."""
    scope: Annotated[str, Field(pattern=r"^(all|[1-9][0-9]*)$")] = "all"
    """Across the whole input, or within groups of this many shards (CCNet: 50)."""
    within_document: Literal["keep_first", "keep_all"] = "keep_all"
    """Whether a line that repeats an earlier one of its own document goes (CCNet: keep_first)."""
    min_chars: NonNegative = 20
    """Lines with fewer characters in their normal form are never masked by `policy` (CCNet: 0)."""
    min_document_chars: NonNegative = 200
    """A document left with fewer characters after deduplication is dropped (CCNet: 0)."""
    max_repeated_share: Share = 0.5
    """With keep_first, a document of which more stands in documents before it is dropped (CCNet: 1)."""


class ExportSettings(Section):
    """The corpus files."""

    columns: Literal["fineweb2", "ccnet"] = "fineweb2"
    """Names of the corpus' columns: those of FineWeb-2 or of CCNet, where it has one, and ours beside."""
    file_bytes: Positive = 512 * 1024**2
    """Text bytes (UTF-8, before compression) after which a new file is begun."""
    row_group_bytes: Positive = 64 * 1024**2
    """Text bytes of one Parquet row group."""
    compression_level: Annotated[int, Field(ge=1, le=22)] = 3
    """Of zstd."""
    write_rejected: bool = False
    """Write the text of documents dropped after scoring to rejected/."""
    validation_share: Share = 0.005
    """Share of documents held out of training (column split), drawn by near-duplicate cluster; 0: none."""


class SamplingSettings(Section):
    """Language sampling for pretraining."""

    alphas: tuple[Annotated[float, Field(ge=0.0, le=1.0)], ...] = (0.3, 0.5, 0.7, 1.0)
    """Exponents of q = p^alpha / sum(p^alpha), each with its own rows: the lower, the more of small languages."""
    unit: Literal["documents", "lines", "characters", "bytes", "words", "tokens"] = "characters"
    """What n counts in p = n / sum(n)."""
    budget: Positive = 1_000_000_000_000
    """How much text pretraining will read, in `unit`: for epochs and UniMax."""
    unimax_max_epochs: Annotated[float, Field(gt=0)] = 4.0
    """How often UniMax may have a language's text be read, at most."""


class Settings(Section):
    """All settings of a run."""

    source: SourceSettings = SourceSettings()
    ingest: IngestSettings = IngestSettings()
    language: LanguageSettings = LanguageSettings()
    quality: QualitySettings = QualitySettings()
    lines: LineSettings = LineSettings()
    near_duplicates: NearDuplicateSettings = NearDuplicateSettings()
    paragraphs: ParagraphSettings = ParagraphSettings()
    spans: SpanSettings = SpanSettings()
    urls: UrlSettings = UrlSettings()
    opt_out: OptOutSettings = OptOutSettings()
    toxicity: ToxicitySettings = ToxicitySettings()
    pii: PiiSettings = PiiSettings()
    export: ExportSettings = ExportSettings()
    sampling: SamplingSettings = SamplingSettings()
    spark: SparkSettings = SparkSettings()

    @model_validator(mode="after")
    def _models_for_the_policy(self) -> "Settings":
        if self.near_duplicates.enabled and self.near_duplicates.by_perplexity and not self.quality.lm_dir:
            raise ValueError("near_duplicates.representative needs perplexity: set quality.lm_dir")
        return self
