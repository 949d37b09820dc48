"""How long the fuzzing lasts: some seconds as a test; as long as one likes by `make fuzz`, by other examples."""

from hypothesis import settings

settings.register_profile("long", settings.get_profile("default"), max_examples=3000, deadline=None)
