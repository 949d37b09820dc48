"""What the sections of the settings are made of: their base, and kinds of values."""

import json
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[int, Field(gt=0)]
NonNegative = Annotated[int, Field(ge=0)]
Sha256 = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]


class Section(BaseModel):
    """A frozen table of settings that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


def canonical_json(section: BaseModel) -> str:
    """The settings as one line of JSON with sorted keys: equal settings, equal text."""
    return json.dumps(section.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
