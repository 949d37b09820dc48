"""How hard the fuzzing tries: as many examples as the profile says, each as slow as it is."""

from hypothesis import HealthCheck, settings

fuzzed = settings(
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
        HealthCheck.filter_too_much,
    ],
)
"""The decorator of every test here."""


def long() -> bool:
    """Whether it is `make fuzz` that runs."""
    return settings.default is not None and settings.default.max_examples > 1000
