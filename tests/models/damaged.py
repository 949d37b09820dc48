"""Models damaged by chance, each in one of many ways; what a trial says of them, and what the others then do.

By hand, an audit of any length: python -m tests.models.damaged FOLDER COUNT SEED, where the folder holds models
(x.ftz, x.bin, x.sp.model, and x.arpa.bin beside each x.sp.model).
"""

import gzip
import os
import random
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ccnet_lite.errors import UserError
from ccnet_lite.models.identify import LanguageIdentifier
from ccnet_lite.models.perplexity import PerplexityModel
from ccnet_lite.models.trial import Candidate, try_models

HEAD = 160
NUMBERS = (0, 1, 2, 7, 255, 2**15, 2**24, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**62, 2**63, 2**64 - 1)
PAGE = b"<!DOCTYPE html><html><head><title>404</title></head><body>Not found</body></html>"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
TEXTS = (
    "the sea was calm " * 30,
    "la mer était calme " * 30,
    "바다는 잔잔하고 작은 배가 " * 30,
    "x" * 300,
    "日本語の文 " * 50,
)


def flipped(whole: bytes, drawn: random.Random, end: int | None = None) -> bytes:
    data = bytearray(whole)
    for _ in range(drawn.choice((1, 1, 2, 8, 64))):
        data[drawn.randrange(min(end or len(data), len(data)))] ^= 1 << drawn.randrange(8)
    return bytes(data)


def head_flipped(whole: bytes, drawn: random.Random) -> bytes:
    return flipped(whole, drawn, HEAD)


def head_number(whole: bytes, drawn: random.Random) -> bytes:
    """A number in the head becomes another, of 4 or of 8 bytes."""
    at, size = drawn.randrange(0, HEAD, drawn.choice((1, 4, 4))), drawn.choice((4, 8))
    number = drawn.choice((*NUMBERS, drawn.getrandbits(8 * size))) % (1 << 8 * size)
    return whole[:at] + struct.pack("<Q", number)[:size] + whole[at + size :]


def head_added(whole: bytes, drawn: random.Random) -> bytes:
    """A number in the head is a little more or less."""
    at = 4 * drawn.randrange(2, HEAD // 4)
    (number,) = struct.unpack_from("<I", whole, at)
    return whole[:at] + struct.pack("<I", (number + drawn.choice((-9, -1, 1, 2, 100))) % 2**32) + whole[at + 4 :]


def truncated(whole: bytes, drawn: random.Random) -> bytes:
    return whole[: drawn.choice((drawn.randrange(len(whole)), drawn.randrange(200), len(whole) - 1))]


def extended(whole: bytes, drawn: random.Random) -> bytes:
    return whole + drawn.randbytes(drawn.choice((1, 8, 4096)))


def zeroed(whole: bytes, drawn: random.Random) -> bytes:
    at, size = drawn.randrange(len(whole)), drawn.choice((16, 512, 4096, len(whole) // 3))
    return whole[:at] + bytes(min(size, len(whole) - at)) + whole[at + size :]


def overwritten(whole: bytes, drawn: random.Random) -> bytes:
    at, size = drawn.randrange(len(whole)), drawn.choice((16, 512, 4096, len(whole) // 3))
    return whole[:at] + drawn.randbytes(min(size, len(whole) - at)) + whole[at + size :]


def swapped(whole: bytes, drawn: random.Random) -> bytes:
    one, two, three = sorted(drawn.sample(range(len(whole)), 3))
    return whole[:one] + whole[two:three] + whole[one:two] + whole[three:]


def cut_out(whole: bytes, drawn: random.Random) -> bytes:
    one, two = sorted(drawn.sample(range(len(whole)), 2))
    return whole[:one] + whole[two:]


def another_file(whole: bytes, drawn: random.Random) -> bytes:
    return drawn.choice(
        (b"", PAGE, POINTER, bytes(5000), drawn.randbytes(5000), gzip.compress(whole, 1), b"text\n")
    )


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(flipped, head_flipped, head_number, head_number, head_added, truncated, extended, zeroed, overwritten),
    *(swapped, cut_out, another_file),
)


def candidate(path: Path, pieces: Path | None) -> Candidate:
    if path.name.endswith(".sp.model"):
        return Candidate("SentencePiece", path)
    return Candidate("KenLM", path, "", pieces) if path.name.endswith(".arpa.bin") else Candidate("fastText", path)


def cases(models: Iterable[Path], count: int, seed: int) -> Iterator[tuple[str, Path, bytes]]:
    """Damaged models: the damage's name, the model that was damaged, and its bytes then."""
    kept = {path: path.read_bytes() for path in sorted(models)}
    drawn = random.Random(seed)
    for number in range(count):
        path = list(kept)[number % len(kept)]
        damage = drawn.choice(DAMAGES)
        data = damage(kept[path], drawn)
        if data != kept[path]:
            yield damage.__name__, path, data


def tried(path: Path, whole: Path, remembered: Path) -> str:
    """What a trial says of a damaged model; empty where it stands it."""
    pieces = whole.with_name(whole.name.removesuffix(".arpa.bin") + ".sp.model")
    try:
        try_models([candidate(path, pieces)], remembered)
    except UserError as error:
        return str(error)
    return ""


def used(path: Path, whole: Path) -> int:
    """Use a model as a run does, in a process that is forked for it; its status: 0, or minus the signal."""
    child = os.fork()
    if child == 0:
        try:
            if whole.name.endswith((".ftz", ".bin")) and not whole.name.endswith(".arpa.bin"):
                LanguageIdentifier(path).identify(TEXTS)
            else:
                stem = whole.name.removesuffix(".arpa.bin").removesuffix(".sp.model")
                pieces, lm = whole.with_name(f"{stem}.sp.model"), whole.with_name(f"{stem}.arpa.bin")
                pieces, lm = (path, lm) if whole == pieces else (pieces, path)
                PerplexityModel(pieces, lm, "script_safe").score(TEXTS)
        except UserError:
            os._exit(0)
        except BaseException as error:
            print(f"{path}: {type(error).__name__}: {error}", file=sys.stderr)
            os._exit(9)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(folder: Path, count: int, seed: int) -> None:
    """An audit: what became of so many."""
    models = [path for path in folder.iterdir() if path.name.endswith((".ftz", ".bin", ".sp.model"))]
    counts: Counter[tuple[str, str]] = Counter()
    slowest, said = 0.0, Counter[str]()
    work = folder / "damaged"
    work.mkdir(exist_ok=True)
    for number, (damage, whole, data) in enumerate(cases(models, count, seed)):
        path = work / f"{number}-{whole.name}"
        path.write_bytes(data)
        began = time.monotonic()
        message = tried(path, whole, work / "remembered")
        slowest = max(slowest, time.monotonic() - began)
        if message:
            assert "\n" not in message and message.isprintable() and len(message) < 900, message
            assert str(path) in message and "again" in message, message
            said[message.replace(str(path), "FILE")] += 1
        outcome = "refused" if message else {0: "used"}.get(status := used(path, whole), f"ENDED {status}")
        counts[whole.name.partition(".")[2], outcome] += 1
        if outcome.startswith("ENDED"):
            print(f"{damage} of {whole.name}, case {number}: {outcome}", flush=True)
        else:
            path.unlink()
    for (kind, outcome), cases_of_it in sorted(counts.items()):
        print(f"{kind:12} {outcome:12} {cases_of_it:5}")
    print(f"{sum(counts.values())} cases, the slowest {slowest:.1f} s")
    for message, times in said.most_common():
        print(f"{times:4} {message}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
