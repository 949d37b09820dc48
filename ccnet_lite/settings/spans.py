"""Settings of spans: runs of tokens that stand in several documents."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from ccnet_lite.settings.section import Section

LEAST, MOST = 8, 1000


class SpanSettings(Section):
    """Runs of tokens that an earlier document has, too, wherever in its lines they stand."""

    min_tokens: Annotated[int, Field(ge=0, le=MOST)] = 0
    """Runs of so many tokens (words; characters of scripts without spaces) or more are looked for (50, say; 8 at
    the least); 0: off."""
    action: Literal["cut", "mark"] = "cut"
    """Cut them from all documents but the first, or only tell where they are (column repeated_spans)."""

    @field_validator("min_tokens")
    @classmethod
    def _long_enough(cls, value: int) -> int:
        if 0 < value < LEAST:
            raise ValueError(f"is {value}: give 0 for none, or {LEAST} and more: shorter runs are idioms")
        return value

    @property
    def enabled(self) -> bool:
        """Whether any are looked for."""
        return self.min_tokens > 0

    @property
    def cut(self) -> bool:
        """Whether what is found is cut from the text."""
        return self.enabled and self.action == "cut"
