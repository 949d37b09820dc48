"""How long the fuzzing lasts: some seconds as a test, as long as one likes by `make fuzz`."""

from hypothesis import settings

settings.register_profile("long", max_examples=3000, deadline=None)
