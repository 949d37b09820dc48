"""What a file is that is no model, told from its first bytes, and what a library says of it: for one line."""

from pathlib import Path

_LOOKED_AT = 512
_MOST_CHARS = 300
_BEGINNINGS = (
    (b"version https://git-lfs", "a pointer of Git LFS, and not yet the file: git lfs pull"),
    (b"\x1f\x8b", "compressed by gzip: decompress it"),
    (b"BZh", "compressed by bzip2: decompress it"),
    (b"\xfd7zXZ\x00", "compressed by xz: decompress it"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd: decompress it"),
    (b"PK\x03\x04", "a zip archive: unpack it"),
    (b"\xba\x16\x4f\x2f", "a fastText model"),
    (b"mmap lm http", "a KenLM model"),
    (b"\\data\\", "a KenLM model in ARPA form"),
)


def other_format(path: Path, kind: str) -> str:
    """What a file is, if it is something else than a model of this kind; empty where that is not known."""
    with path.open("rb") as file:
        begin = file.read(_LOOKED_AT)
    if not begin:
        return "empty"
    for start, what in _BEGINNINGS:
        if begin.startswith(start):
            return "" if what.startswith(f"a {kind} model") else what
    if begin.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        return "a web page: its address led elsewhere"
    return "" if begin.strip(b"\0") else "zeros"


def one_line(said: str) -> str:
    """What a library says of a file, which may hold bytes of it, as part of a line.

    >>> one_line("bad magic:" + chr(10) + chr(27) + "[2J")
    'bad magic: �[2J'
    """
    line = " ".join(said.split())[:_MOST_CHARS]
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line)
