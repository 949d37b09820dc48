"""Settings of language identification."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from ccnet_lite.settings.kinds import NonNegative, Sha256, Share
from ccnet_lite.settings.section import Section

THRESHOLDS = "ccnet_lite language thresholds"
"""`format` of a file of them."""


def _thresholds(given: Any) -> Any:
    """The thresholds in a file, where its path was given.

    Taken in here, so that a run's own record says what it went by, and machines need no file.
    """
    if not isinstance(given, str):
        return given
    if not given:
        return {}
    advice = "give what fit-lid --thresholds wrote"
    try:
        read = tomllib.loads(Path(given).read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{given} cannot be read ({error.strerror}): {advice}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{given} is not valid TOML ({error}): {advice}") from None
    found = read.get("thresholds")
    if read.get("format") != THRESHOLDS or not isinstance(found, dict) or not found:
        raise ValueError(f'{given} holds no format = "{THRESHOLDS}" with a table [thresholds]: {advice}')
    return found


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
    thresholds: Annotated[dict[str, Share], BeforeValidator(_thresholds)] = Field({})
    """By language, in place of threshold: a file of fit-lid --thresholds. The first label above its own counts."""
    common_words: str = "built-in"
    """A file of languages' commonest words (fit-lid; built-in: our own): too few discount a score; empty: off."""
    min_script_share: Share = 0.05
    """A label does not count if less than this of the letters can be in a script of its language; 0: not asked."""
    mixed: Literal["off", "keep", "drop"] = "drop"
    """Documents with a quarter in a second language become mul: kept apart, or dropped; off: not looked for."""
    keep: tuple[str, ...] = ()
    """If not empty, only these languages are kept."""
    drop: tuple[str, ...] = ()
    """These languages are dropped."""
    max_chars: NonNegative = 2000
    """Identify on this many first characters; 0 takes the whole text."""
    capitals: Literal["lower", "as_is"] = "lower"
    """A text with many capitals that the model is not sure of is shown to it in small letters; as_is: never."""
    newline: Literal["space", "delete"] = "space"
    """What stands for a line break in the text that the model sees (CCNet deletes it)."""

    @model_validator(mode="after")
    def _lists_agree(self) -> "LanguageSettings":
        both = sorted(set(self.keep) & set(self.drop))
        if both:
            raise ValueError(f"language.keep and language.drop both name {', '.join(both)}: leave it in one")
        return self
