"""Lists of hosts and URLs by category, in the layout of UT1's blacklists, and which of them hold a URL.

A folder a category, with `domains` (a host a line, which stands for those below it, too) and `urls` (a host with
the beginning of a path, without a scheme). Lines as hosts files and ad blockers have them (0.0.0.0 host, ||host^),
with a scheme, a port, *. or letters beyond ASCII are read, too. Kept as sorted 64-bit hashes, eight bytes an
entry: that two of 4 million entries and 10^10 URLs share one by chance has a probability below one in a hundred.
Not handled: UT1's `expressions`, whose regexes need not be linear.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ccnet_lite.errors import UserError
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.hosts import ascii_host

FILES = ("domains", "urls")
MAX_PREFIXES = 32
"""Beginnings of a URL that are looked up, at most: those up to its first signs that end a part."""
MAX_URL_CHARS = 2000
_REST = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]{0,30}:)?//(?:[^/?#@]{0,200}@)?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://")
_PORT = re.compile(r":\d{1,5}\Z")
_NOWHERE = {"0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1", "0"}
"""Where hosts files send the hosts that they list."""
UInt8 = npt.NDArray[np.uint8]
UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]


def host_and_rest(url: str) -> tuple[str, str]:
    """The host of a URL in lower case, without port and final dot, and what follows it.

    >>> host_and_rest("https://www.Example.org:8080/a?b"), host_and_rest("nothing")
    (('www.example.org', '/a?b'), ('', ''))
    """
    url = url[:MAX_URL_CHARS]
    found = _REST.match(url)
    if found is None:
        return "", ""
    rest = url[found.end() :]
    end = next((at for at, sign in enumerate(rest) if sign in "/?#"), len(rest))
    host = rest[:end].lower()
    if host.startswith("["):
        host = host.partition("]")[0] + "]"
    else:
        host = host.partition(":")[0]
    return ascii_host(host.rstrip(".。")), rest[end:]


def plain_entry(line: str) -> str:
    """An entry of a list as `domains` and `urls` have them, from a line in another form; empty if it is none.

    >>> [plain_entry(text) for text in ("0.0.0.0 A.example # x", "||a.example^$third-party", "*.a.org", "! title")]
    ['a.example', 'a.example', 'a.org', '']
    >>> plain_entry("https://Пример.рф:8080/Path/")
    'xn--e1afmkfd.xn--p1ai/Path'
    """
    words = line.lstrip("\ufeff").partition(" #")[0].partition("\t#")[0].split()
    entry = words[1] if len(words) > 1 and words[0] in _NOWHERE else words[0] if words else ""
    if entry.startswith(("#", "!", "@@")) or (entry.startswith("[") and ":" not in entry):
        return ""
    if entry.startswith("||"):
        entry = entry[2:].partition("^")[0].partition("$")[0]
    found = _SCHEME.match(entry)
    entry = entry[found.end() :] if found else entry
    host, slash, path = entry.partition("/")
    host = _PORT.sub("", host.removeprefix("*").lstrip("."))
    return f"{ascii_host(host.rstrip('.'))}{slash}{path}".rstrip("/")


def hosts_above(host: str) -> list[str]:
    """A host and those above it, but for the last part alone.

    >>> hosts_above("a.b.example.org")
    ['a.b.example.org', 'b.example.org', 'example.org']
    """
    parts = host.split(".")[-10:]
    names = [".".join(parts[at:]) for at in range(max(1, len(parts) - 1))]
    return [host, *(name for name in names if name != host)]


def url_prefixes(host: str, rest: str) -> Iterator[str]:
    """What an entry of `urls` may be for a URL to be held by it: its beginnings up to where a part ends.

    >>> list(url_prefixes("www.a.org", "/x/y?z"))[:4]
    ['www.a.org/x', 'www.a.org/x/y', 'www.a.org/x/y?z', 'a.org/x']
    """
    ends = [at for at, sign in enumerate(rest) if sign in "/?#&" and at][:MAX_PREFIXES]
    whole = rest.rstrip("/")
    for name in dict.fromkeys((host, host.removeprefix("www."))):
        if len(rest) > 1:
            yield from (name + rest[:end] for end in ends if rest[:end] != whole and rest[end - 1] != "/")
            yield name + whole


class UrlLists:
    """The categories of a folder of lists."""

    def __init__(self, folder: Path):
        """Raises UserError where it holds no category."""
        self.categories = categories(folder)
        self._held = [[hashed_lines(folder / name / file) for file in FILES] for name in self.categories]

    @property
    def entries(self) -> int:
        """Hosts and URLs of all categories."""
        return sum(len(hashes) for held in self._held for hashes in held)

    def find(self, urls: Sequence[str]) -> list[list[str]]:
        """Of each URL, the categories that hold it, sorted."""
        keys: list[str] = []
        owners: list[int] = []
        prefixes: list[str] = []
        prefix_owners: list[int] = []
        any_urls = any(len(held[1]) for held in self._held)
        for number, url in enumerate(urls):
            host, rest = host_and_rest(url)
            above = _above(host)
            keys += above
            owners += [number] * len(above)
            if any_urls and len(rest) > 1:
                more = list(url_prefixes(host, rest))
                prefixes += more
                prefix_owners += [number] * len(more)
        asked = (
            (hashes_of(keys), np.array(owners, np.int64)),
            (hashes_of(prefixes), np.array(prefix_owners, np.int64)),
        )
        found: list[list[str]] = [[] for _ in urls]
        for name, held in zip(self.categories, self._held, strict=True):
            here = [owner[is_in(hashes, of)] for (hashes, owner), of in zip(asked, held, strict=True)]
            for number in np.unique(np.concatenate(here)).tolist():
                found[number].append(name)
        return found


@lru_cache(maxsize=20_000)
def _above(host: str) -> list[str]:
    return hosts_above(host) if host else []


def categories(folder: Path) -> list[str]:
    """Names of the folders of a folder that hold `domains` or `urls`, sorted.

    Raises:
        UserError: there is no such folder, or none in it.
    """
    if not folder.is_dir():
        raise UserError(f"urls.lists: {folder} is no folder: give one with a folder a category, as UT1's")
    names = sorted(each.name for each in folder.iterdir() if any((each / file).is_file() for file in FILES))
    if not names:
        raise UserError(f"urls.lists: {folder} holds no category: a folder with a file domains or urls in it")
    return names


def is_in(hashes: UInt64, held: UInt64) -> npt.NDArray[np.bool_]:
    """[hashes]: whether each is among `held`, which is sorted."""
    if not len(held):
        return np.zeros(len(hashes), np.bool_)
    at = np.minimum(np.searchsorted(held, hashes), len(held) - 1)
    found: npt.NDArray[np.bool_] = held[at] == hashes
    return found


def hashes_of(texts: Sequence[str]) -> UInt64:
    """[texts]: a 64-bit hash of each text's UTF-8."""
    held = [text.encode("utf-8", "replace") for text in texts]
    bounds = np.zeros(len(held) + 1, np.int64)
    np.cumsum([len(each) for each in held], out=bounds[1:])
    out = np.empty(len(held), np.uint64)
    _hash(np.frombuffer(b"".join(held), np.uint8), bounds, out)
    return out


def hashed_lines(path: Path) -> UInt64:
    """Sorted hashes of a file's lines, blank ones and comments aside: hosts in lower case, no final slash."""
    if not path.is_file():
        return np.zeros(0, np.uint64)
    data = np.fromfile(path, np.uint8)
    out = np.empty(int((data == 10).sum()) + 1, np.uint64)
    odd = np.empty((len(out), 2), np.int64)
    n_plain, n_odd = _hash_lines(data, out, odd)
    content = data.tobytes() if n_odd else b""
    lines = (content[first:last].decode("utf-8", "replace") for first, last in odd[:n_odd].tolist())
    others = hashes_of([entry for entry in map(plain_entry, lines) if entry])
    found = np.sort(np.concatenate((out[:n_plain], others)))  # np.unique takes ten times as long
    return found[np.append(True, found[1:] != found[:-1])] if len(found) else found


@compiled
def _step(state: np.uint64, byte: np.uint8) -> np.uint64:
    state = (state ^ np.uint64(byte)) * np.uint64(0xD6E8FEB86659FD93)
    return state ^ (state >> np.uint64(32))


@compiled
def _hash(data: UInt8, bounds: Int64, out: UInt64) -> None:
    for row in range(len(out)):
        state = np.uint64(0x9E3779B97F4A7C15)
        for at in range(bounds[row], bounds[row + 1]):
            state = _step(state, data[at])
        out[row] = state


@compiled
def _hash_lines(data: UInt8, out: UInt64, odd: Int64) -> tuple[int, int]:
    """Fill in a hash for each line that holds an entry, and where lines in another form lie; how many of each."""
    n_lines, n_odd, begin = 0, 0, 0
    while begin < len(data):
        end = begin
        while end < len(data) and data[end] != 10:
            end += 1
        first, last = begin, end
        while first < last and data[first] <= 32:
            first += 1
        while last > first and (data[last - 1] <= 32 or data[last - 1] == 47):
            last -= 1
        if first < last and data[first] != 35:
            state, host, strange = np.uint64(0x9E3779B97F4A7C15), True, data[first] == 46
            for at in range(first, last):
                byte = data[at]
                strange = (
                    strange or byte <= 32 or (host and (byte >= 128 or byte in (33, 36, 42, 58, 64, 91, 94, 124)))
                )
                host = host and byte != 47
                if host and 65 <= byte <= 90:
                    byte += np.uint8(32)
                state = _step(state, byte)
            if strange:
                odd[n_odd] = first, last
                n_odd += 1
            else:
                out[n_lines] = state
                n_lines += 1
        begin = end + 1
    return n_lines, n_odd
