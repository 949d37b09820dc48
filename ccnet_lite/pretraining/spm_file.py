"""What a SentencePiece model file holds that its library does not tell: how it normalises characters.

The file is a protocol buffer, of which only this much is read: of field 3 (normalizer_spec), field 2
(precompiled_charsmap).
"""


def character_map(model: bytes) -> bytes:
    """The model's precompiled character map, empty where it has none.

    Raises:
        ValueError: the bytes are no such file.
    """
    return _field(_field(model, 3), 2)


def _field(data: bytes, number: int) -> bytes:
    """The content of the last field with a number, of those with a length."""
    found, place = b"", 0
    while place < len(data):
        key, place = _varint(data, place)
        kind = key & 7
        if kind == 0:
            _, place = _varint(data, place)
        elif kind in (1, 5):
            place += 8 if kind == 1 else 4
        elif kind == 2:
            length, place = _varint(data, place)
            if key >> 3 == number:
                found = data[place : place + length]
            place += length
        else:
            raise ValueError(f"no SentencePiece model: wire type {kind} at byte {place}")
    return found


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place
