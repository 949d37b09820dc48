"""Every setting of a run: its name, its default, what is allowed. A default stands in one place."""

from ccnet_lite.settings.kinds import NonNegative, Positive, Sha256, Share
from ccnet_lite.settings.language import THRESHOLDS, LanguageSettings
from ccnet_lite.settings.loading import (
    DEFAULT,
    Effective,
    effective_settings,
    fields,
    load_settings,
    override_settings,
)
from ccnet_lite.settings.pages import (
    AI_AGENTS,
    OptOutSettings,
    PiiSettings,
    ToxicitySettings,
    UrlSettings,
)
from ccnet_lite.settings.section import Section, canonical_json
from ccnet_lite.settings.sections import (
    HEURISTICS,
    REPRESENTATIVE_COLUMN,
    ExportSettings,
    Heuristic,
    IngestSettings,
    LineSettings,
    NearDuplicateSettings,
    ParagraphSettings,
    QualitySettings,
    SamplingSettings,
    Settings,
    SourceSettings,
    SparkSettings,
)

__all__ = [
    "AI_AGENTS",
    "DEFAULT",
    "HEURISTICS",
    "REPRESENTATIVE_COLUMN",
    "THRESHOLDS",
    "Effective",
    "ExportSettings",
    "Heuristic",
    "IngestSettings",
    "LanguageSettings",
    "LineSettings",
    "NearDuplicateSettings",
    "NonNegative",
    "OptOutSettings",
    "ParagraphSettings",
    "PiiSettings",
    "Positive",
    "QualitySettings",
    "SamplingSettings",
    "Section",
    "Settings",
    "Sha256",
    "Share",
    "SourceSettings",
    "SparkSettings",
    "ToxicitySettings",
    "UrlSettings",
    "canonical_json",
    "effective_settings",
    "fields",
    "load_settings",
    "override_settings",
]
