"""What every section of the settings is: a frozen table that refuses unknown keys."""

import json

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A frozen table of settings that refuses unknown keys. The words below a setting are its description."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, use_attribute_docstrings=True)


def canonical_json(section: BaseModel) -> str:
    """The settings as one line of JSON with sorted keys: equal settings, equal text."""
    return json.dumps(section.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
