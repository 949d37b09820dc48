"""Settings of documents' quality scores and of the tiers made of them."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ccnet_lite.settings.kinds import NonNegative
from ccnet_lite.settings.section import Section

PERPLEXITY, QUALITY_SCORE = "perplexity", "quality_score"


class TierSettings(Section):
    """Scores and tiers, a part of [quality]."""

    score_dir: str = ""
    """A folder that train-quality made: measures `quality_score`, how probably a document is good; empty: none."""
    tiers: Annotated[int, Field(ge=0, le=1000)] = 0
    """Cut each language's documents into so many tiers of equal size by their scores; 0: none."""
    scores: tuple[Annotated[str, Field(pattern=r"^-?[a-z][a-z0-9_]*$")], ...] = (PERPLEXITY,)
    """What tiers go by: perplexity, any number of `signals`, scores_columns; with a minus, where low is good."""
    scores_file: str = ""
    """Scores of your own: a .parquet, .jsonl or .csv file (gzip or not), or a folder of such; empty: none."""
    scores_columns: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], ...] = ()
    """Its columns of numbers, for quality.scores, rules of policies and the corpus."""
    scores_key: Literal["doc_id", "url", "record_id", "digest"] = "doc_id"
    """Its column that says whose they are (record_id: WARC-Record-ID, digest: WARC-Block-Digest)."""
    combine: Literal["max", "mean_rank"] = "max"
    """Of several scores' percentiles, the greatest one counts, or their mean."""
    min_tier: NonNegative = 0
    """Documents of lower tiers are dropped; the best tier is tiers - 1."""

    @model_validator(mode="after")
    def _together(self) -> "TierSettings":
        if self.min_tier and self.min_tier >= self.tiers:
            raise ValueError(
                f"quality.min_tier ({self.min_tier}) is no tier of quality.tiers ({self.tiers}), which are 0 to "
                f"{max(self.tiers - 1, 0)}"
            )
        if bool(self.scores_file) != bool(self.scores_columns):
            raise ValueError(
                "quality.scores_file and quality.scores_columns go together: give the file, and the columns of it "
                "that are scores"
            )
        if len(set(self.scores_columns)) < len(self.scores_columns):
            raise ValueError(f"quality.scores_columns names one twice: {', '.join(self.scores_columns)}")
        if self.tiers and not self.scores:
            raise ValueError("quality.tiers needs a score: name one in quality.scores, as perplexity")
        names = [name.removeprefix("-") for name in self.scores]
        if len(set(names)) < len(names):
            raise ValueError(f"quality.scores names one twice: {', '.join(self.scores)}")
        if f"-{PERPLEXITY}" in self.scores:
            raise ValueError("quality.scores: perplexity is good where it is low already: leave out the minus")
        if self.tiers and QUALITY_SCORE in names and not self.score_dir:
            raise ValueError("quality.scores needs quality_score: set quality.score_dir")
        return self

    @property
    def ranks_perplexity(self) -> bool:
        """Whether tiers go by perplexity, which then has to be known before."""
        return bool(self.tiers) and PERPLEXITY in self.scores
