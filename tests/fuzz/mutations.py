"""What happens to archives on their way: cut off, bits flipped, stretches lost, doubled or exchanged."""

from typing import NamedTuple

from hypothesis import strategies as st

_PIECES = [
    b"WARC/1.0\r\n",
    b"WARC/1.0\r\nWARC-Type: x\r\n",
    b"\x1f\x8b\x08",
    b"\r\n\r\n",
    bytes(3000),
    b"\n" * 70_000,
]


class Change(NamedTuple):
    """Bytes `start` to `end` of `before` replaced: that gives `after`."""

    before: bytes
    after: bytes
    start: int
    end: int


@st.composite
def changed_once(draw: st.DrawFn, archives: list[bytes]) -> Change:
    before = draw(st.sampled_from(archives))
    start, end, piece = draw(_change(len(before), before))
    return Change(before, before[:start] + piece + before[end:], start, end)


@st.composite
def changed_often(draw: st.DrawFn, archives: list[bytes]) -> bytes:
    data = draw(st.sampled_from(archives))
    for _ in range(draw(st.integers(1, 6))):
        start, end, piece = draw(_change(len(data), draw(st.sampled_from(archives))))
        data = data[:start] + piece + data[end:]
    return data


@st.composite
def _change(draw: st.DrawFn, size: int, source: bytes) -> tuple[int, int, bytes]:
    start = draw(st.integers(0, size))
    end = min(size, start + draw(st.one_of(st.just(0), st.just(1), st.integers(0, 5000), st.just(size))))
    first = draw(st.integers(0, len(source)))
    piece = draw(
        st.one_of(
            st.just(b""),
            st.binary(min_size=1, max_size=8),
            st.sampled_from(_PIECES),
            st.integers(0, 5000).map(lambda count: source[first : first + count]),
        )
    )
    return start, end, piece
