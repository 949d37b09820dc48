"""A test tries the same examples each time, and `make fuzz` others each time."""

from hypothesis import given, settings
from hypothesis import strategies as st


def drawn(profile: str) -> list[int]:
    numbers: list[int] = []

    @settings(settings.get_profile(profile), max_examples=20, database=None)
    @given(st.integers())
    def draw(number: int) -> None:
        numbers.append(number)

    draw()
    return numbers


def test_only_make_fuzz_tries_others_each_time() -> None:
    assert drawn("tests") == drawn("tests")
    assert not settings.get_profile("long").derandomize  # the seed that pytest was given may be the same
