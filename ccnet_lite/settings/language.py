"""Settings of language identification."""

from typing import Literal

from pydantic import model_validator

from ccnet_lite.settings.kinds import NonNegative, Sha256, Share
from ccnet_lite.settings.section import Section


class LanguageSettings(Section):
    """fastText language identification."""

    model: str = "lid.176.ftz"
    """Of fastText: a known name (lid.176.ftz, lid.176.bin), a path, an object store's or an http(s) URL."""
    sha256: Sha256 = ""
    """The model file's SHA-256; known names bring their own, an http(s) URL needs one."""
    allow_unverified: bool = False
    """Take what an http(s) URL gives as the model without a SHA-256."""
    description: str = ""
    """Of the model (docs/languages.md): a TOML file, glotlid-v3, openlid-v2, openlid-v3; empty: as it is known."""
    macrolanguages: tuple[str, ...] = ()
    """These take the place of the languages they are made of: ar for arz, ary and so on, zh for yue."""
    threshold: Share = 0.5
    """A document of lower confidence is dropped: of a lower score, times what common_words makes of it."""
    common_words: str = "built-in"
    """A file of languages' commonest words (fit-lid; built-in: our own): too few discount a score; empty: off."""
    keep: tuple[str, ...] = ()
    """If not empty, only these languages are kept."""
    drop: tuple[str, ...] = ()
    """These languages are dropped."""
    max_chars: NonNegative = 2000
    """Identify on this many first characters; 0 takes the whole text."""
    newline: Literal["space", "delete"] = "space"
    """What stands for a line break in the text that the model sees (CCNet deletes it)."""

    @model_validator(mode="after")
    def _lists_agree(self) -> "LanguageSettings":
        both = sorted(set(self.keep) & set(self.drop))
        if both:
            raise ValueError(f"language.keep and language.drop both name {', '.join(both)}: leave it in one")
        return self
