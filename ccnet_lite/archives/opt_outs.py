"""What a page says against its use by models: headers, meta tags, and licences that it holds or links.

`noai` and `noimageai` are DeviantArt's directives, said to whichever user agent; `tdm` stands for
tdm-reservation: 1 of the W3C community group's TDM Reservation Protocol, by which a value in the page stands above
one in the head of the answer; `usage` for a header Content-Usage or Content-Signal that forbids training; `rsl`
for a licence in the page, by RSL, that does not grant training, whichever paths it names; `license` for a link to
one, whatever that says. What files of the site say: archives/robots.py.
"""

import re
from collections.abc import Mapping

import numpy as np
from resiliparse.parse.html import HTMLTree

from ccnet_lite.text.licences import RSL, TYPE, licences
from ccnet_lite.text.robots import LICENSE
from ccnet_lite.text.usage import SIGNALS, forbids_training

HEAD_BYTES = 1 << 16
"""Of a page in UTF-8, within which the names of directives are looked for."""
DIRECTIVES = ("noai", "noimageai")
TDM = "tdm-reservation"
USAGE = "usage"
_TAG = "x-robots-tag"
_NAMED = re.compile(r"robots|[a-z0-9-]*bot|x-robots-tag")
"""Names of meta tags with directives: for all robots, or for one, as googlebot."""
_KINDS = ("name", "http-equiv", "property")
"""Attributes in which pages write such a name."""
_BETWEEN = re.compile(r"[\s,;:]+")
_LICENCES = f"link[rel~=license][type='{TYPE}'], script[type='{TYPE}']"
_NAMES = tuple(name.encode() for name in (*DIRECTIVES, TDM))
_TYPE = TYPE.encode()
_N, _O, _A, _I, _T, _D, _M = b"noaitdm"
_SMALL = 0x20  # the bit that makes letters of ASCII small ones


def of_headers(headers: Mapping[str, str]) -> list[str]:
    """What the head of an answer says; `0` is told, too, as the page may say otherwise.

    >>> of_headers({"x-robots-tag": "noindex, NoAI", "tdm-reservation": "1"})
    ['noai', 'tdm=1']
    """
    said = _directives(headers.get(_TAG, ""))
    if any(name in headers and forbids_training(headers[name]) for name in SIGNALS):
        said.append(USAGE)
    if TYPE in headers.get("link", "").lower():
        said.append(LICENSE)
    return said + _reservation(headers.get(TDM, ""))


def of_page(tree: HTMLTree) -> list[str]:
    """What the meta tags of a page say, likewise; to be asked where `may_opt_out` says so."""
    said: list[str] = []
    if tree.document is not None:
        for element in tree.document.query_selector_all("meta[content]")[:1000]:
            given = next((each for kind in _KINDS if (each := element.getattr(kind))), "")
            name, content = str(given).strip().lower(), str(element["content"])
            if _NAMED.fullmatch(name):
                said += _directives(content)
            elif name == TDM:
                said += _reservation(content)
        for element in tree.document.query_selector_all(_LICENCES)[:10]:
            if element.tag == "link":
                said.append(LICENSE)
            elif licences((element.text or "").encode("utf-8", "replace")):
                said.append(RSL)
    return list(dict.fromkeys(said))


def may_opt_out(page: bytes) -> bool:
    """Whether the names of any such directive stand in the head of a page in UTF-8: in most they do not.

    >>> may_opt_out(b'<meta name=robots content=NoAI>'), may_opt_out(b'<meta name=robots content=noindex>')
    (True, False)
    """
    if page.find(_TYPE, 0, HEAD_BYTES) >= 0:  # nobody writes it in capitals
        return True
    # Their first four letters first, of all places side by side: that takes a quarter of three searches.
    small = np.frombuffer(page, np.uint8, min(len(page), HEAD_BYTES)) | _SMALL
    first, second, third, fourth = small[:-3], small[1:-2], small[2:-1], small[3:]
    noai, noim = (third == _A) & (fourth == _I), (third == _I) & (fourth == _M)
    found = (first == _N) & (second == _O) & (noai | noim)
    found |= (first == _T) & (second == _D) & (third == _M)
    if not found.any():
        return False
    head = page[:HEAD_BYTES].lower()
    return any(name in head for name in _NAMES)


def opt_outs(headers: Mapping[str, str], page: str) -> str:
    """What holds of a page: directives of its headers and of what its text process told, separated by spaces.

    >>> opt_outs({"tdm-reservation": "1", "x-robots-tag": "noai"}, "tdm=0 noimageai")
    'noai noimageai tdm=0'
    """
    of_head, of_tags = of_headers(headers), page.split()
    said = [name for name in (*DIRECTIVES, USAGE, LICENSE, RSL) if name in of_head or name in of_tags]
    reserved = [each for each in (*of_tags, *of_head) if each.startswith("tdm=")]
    # That it is not reserved is told, too: it stands above what a file of the site says.
    return " ".join([*said, *(each.removesuffix("=1") for each in reserved[:1])])


def _directives(value: str) -> list[str]:
    said = set(_BETWEEN.split(value[:10_000].lower()))
    return [name for name in DIRECTIVES if name in said]


def _reservation(value: str) -> list[str]:
    value = value.rpartition(",")[2].strip()
    return [f"tdm={value}"] if value in ("0", "1") else []
