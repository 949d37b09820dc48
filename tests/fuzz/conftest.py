"""How long the fuzzing lasts: some seconds as a test, as long as one likes by `make fuzz`."""

from hypothesis import HealthCheck, settings

SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
settings.register_profile("bounded", max_examples=120, deadline=None, suppress_health_check=SLOW_IS_FINE)
settings.register_profile("long", max_examples=3000, deadline=None, suppress_health_check=SLOW_IS_FINE)
