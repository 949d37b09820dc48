"""Whether a file is a whole fastText classifier, told from its structure before fastText sees it.

fastText trusts what it loads: a truncated file can end the process (division by zero) or keep it busy for
ever. So the file's own counts are followed from the header to the last matrix, and must end where it ends.

Not handled: damage that leaves the counts as they were; only a SHA-256 finds that.
"""

import mmap
import struct
from pathlib import Path

from ccnet_lite.errors import UserError

_MAGIC = 793712314
_VERSION = 12
_SUPERVISED = 3
_CENTROIDS = 256


def check_classifier(path: Path) -> None:
    """Refuse a file that is not a whole fastText model for classification.

    Raises:
        UserError: naming the file and what is wrong with it.
    """
    advice = "give another model, or fetch it again"
    if not path.is_file():
        raise UserError(f"fastText model {path} does not exist: {advice}")
    if path.stat().st_size < 8:
        raise UserError(f"{path} is not a fastText model: {advice}")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        magic, version = struct.unpack_from("<ii", data)
        if magic != _MAGIC or not 0 < version <= _VERSION:
            raise UserError(f"{path} is not a fastText model: {advice}")
        try:
            end = _end_of_model(data)
        except (struct.error, IndexError):
            end = len(data) + 1
        if end > len(data):
            raise UserError(f"fastText model {path} is cut short at {len(data)} bytes: {advice}")
        if end < len(data):
            raise UserError(f"fastText model {path} holds {len(data) - end} bytes too many: {advice}")
        if struct.unpack_from("<i", data, 8 + 7 * 4)[0] != _SUPERVISED:
            raise UserError(f"fastText model {path} holds word vectors, not a classifier: give another model")


def _end_of_model(data: mmap.mmap) -> int:
    """Offset behind the last byte that the file's own counts lead to."""
    at = 8 + 12 * 4 + 8  # twelve numbers of arguments and one floating point number
    size, _words, _labels, _tokens, pruned = struct.unpack_from("<iiiqq", data, at)
    at += 28
    for _ in range(size):  # a word and its zero byte, its count, its type
        zero = data.find(b"\0", at)
        if zero < 0:
            raise IndexError
        at = zero + 10
    at += 8 * max(pruned, 0)
    quantised = data[at] != 0
    at = _end_of_quantised(data, at + 1) if quantised else _end_of_dense(data, at + 1)
    output_quantised = data[at] != 0
    if quantised and output_quantised:
        return _end_of_quantised(data, at + 1)
    return _end_of_dense(data, at + 1)


def _end_of_dense(data: mmap.mmap, at: int) -> int:
    rows, columns = struct.unpack_from("<qq", data, at)
    return at + 16 + 4 * int(rows) * int(columns)


def _end_of_quantised(data: mmap.mmap, at: int) -> int:
    norms, rows, _columns, codes = struct.unpack_from("<?qqi", data, at)
    at = _end_of_quantiser(data, at + 21 + int(codes))
    return _end_of_quantiser(data, at + int(rows)) if norms else at


def _end_of_quantiser(data: mmap.mmap, at: int) -> int:
    dimensions = struct.unpack_from("<iiii", data, at)[0]
    return at + 16 + 4 * _CENTROIDS * int(dimensions)
