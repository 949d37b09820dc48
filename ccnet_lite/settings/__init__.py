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
from ccnet_lite.settings.policies import (
    UNSPACED,
    LineRule,
    Policy,
    PolicyRule,
    built_in_policies,
    read_policy,
)
from ccnet_lite.settings.rule_signals import DUPLICATE_SIZES, LINE_MEASURES, RULE_SIGNALS, TOP_SIZES, RuleSignal
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
)
from ccnet_lite.settings.spans import SpanSettings
from ccnet_lite.settings.spark import SparkSettings
from ccnet_lite.settings.tiers import PERPLEXITY, QUALITY_SCORE

__all__ = [
    "AI_AGENTS",
    "DEFAULT",
    "DUPLICATE_SIZES",
    "HEURISTICS",
    "LINE_MEASURES",
    "PERPLEXITY",
    "QUALITY_SCORE",
    "REPRESENTATIVE_COLUMN",
    "RULE_SIGNALS",
    "THRESHOLDS",
    "TOP_SIZES",
    "UNSPACED",
    "Effective",
    "ExportSettings",
    "Heuristic",
    "IngestSettings",
    "LanguageSettings",
    "LineRule",
    "LineSettings",
    "NearDuplicateSettings",
    "NonNegative",
    "OptOutSettings",
    "ParagraphSettings",
    "PiiSettings",
    "Policy",
    "PolicyRule",
    "Positive",
    "QualitySettings",
    "RuleSignal",
    "SamplingSettings",
    "Section",
    "Settings",
    "Sha256",
    "Share",
    "SourceSettings",
    "SpanSettings",
    "SparkSettings",
    "ToxicitySettings",
    "UrlSettings",
    "built_in_policies",
    "canonical_json",
    "effective_settings",
    "fields",
    "load_settings",
    "override_settings",
    "read_policy",
]
