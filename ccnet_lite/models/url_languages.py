"""The language that a URL hints at: a parameter (hl=fr), a path (/fr/), a host (fr.example.org), a domain (.fr).

A hint, not a decision: it may confirm what a model finds in the text, and is one more signal where the model is
unsure. Only domains of countries of which most pages are in one language speak; .ch, .be, .ca, .in and those
sold to anybody (.io, .tv, .co, .me, .ai) say nothing.
"""

import re
from functools import lru_cache

from ccnet_lite.models.languages import language_is_known
from ccnet_lite.models.subsets import iso639_3
from ccnet_lite.text.hosts import ascii_host

_PARAMETER = re.compile(r"[?&](?:hl|lang|language|locale|lng|setlang)=([A-Za-z]{2,3})(?![A-Za-z])")
_PATH = re.compile(r"[^/?#]*//[^/?#]*/([A-Za-z]{2})([-_][A-Za-z]{2,4})?(?=[/?#]|$)")
_HOST = re.compile(r"[^/?#]*//(?:[^/?#@]{0,200}@)?([^/?#:]+)")
_WIKIS = tuple(
    f".{name}.org" for name in ("wikipedia", "wiktionary", "wikibooks", "wikinews", "wikisource", "wikiquote")
)
"""Of these the first part of a host is a language, whatever else it may be."""
_BY_DOMAIN = """
ae:ar al:sq am:hy ar:es at:de az:az ba:bs bd:bn bg:bg bo:es br:pt by:ru cat:ca cl:es cn:zh cr:es cu:es cz:cs
de:de dk:da do:es dz:ar ec:es ee:et eg:ar es:es et:am eus:eu fi:fi fo:fo fr:fr gal:gl ge:ka gl:kl gr:el gt:es
hk:zh hn:es hr:hr hu:hu id:id il:he iq:ar ir:fa is:is it:it jo:ar jp:ja kg:ky kh:km kr:ko kw:ar kz:ru la:lo
li:de lt:lt lv:lv ly:ar ma:ar md:ro mk:mk mm:my mn:mn mo:zh mx:es my:ms ni:es nl:nl no:no np:ne om:ar pa:es
pe:es pl:pl pt:pt py:es qa:ar ro:ro rs:sr ru:ru sa:ar se:sv si:sl sk:sk so:so su:ru sv:es sy:ar th:th tj:tg
tm:tk tn:ar tr:tr tw:zh ua:uk uy:es uz:uz va:it ve:es vn:vi ye:ar bzh:br cymru:cy wales:cy ps:ar sd:ar bh:ar
xn--p1ai:ru xn--90ais:be xn--j1amh:uk xn--90a3ac:sr xn--d1alf:mk xn--80ao21a:kk xn--l1acc:mn xn--qxam:el
xn--fiqs8s:zh xn--fiqz9s:zh xn--j6w193g:zh xn--kprw13d:zh xn--kpry57d:zh xn--3e0b707e:ko xn--o3cw4h:th xn--node:ka
xn--y9a3aq:hy xn--h2brj9c:hi xn--45brj9c:bn xn--54b7fta0cc:bn xn--xkc2dl3a5ee0h:ta xn--fpcrj9c3d:te xn--gecrj9c:gu
xn--s9brj9c:pa xn--wgbh1c:ar xn--mgberp4a5d4ar:ar xn--mgbaam7a8h:ar xn--mgbayh7gpa:ar xn--mgbc0a9azcg:ar
xn--lgbbat1ad8j:ar xn--pgbs0dh:ar xn--ygbi2ammx:ar xn--wgbl6a:ar xn--mgb9awbf:ar xn--mgba3a4f16a:fa xn--4dbrk0ce:he
"""
_DOMAINS = dict(entry.split(":") for entry in _BY_DOMAIN.split())
_NO_LANGUAGE = {
    "it",
    "is",
    "in",
    "me",
    "id",
    "no",
    "to",
    "so",
    "or",
    "as",
    "an",
    "be",
    "my",
    "am",
    "he",
    "us",
    "co",
}
"""Codes that are English words, too: as parts of a path or of a host they say nothing."""


def url_language(url: str) -> str | None:
    """ISO 639-3 of the language that a URL hints at, or nothing; the strongest hint first.

    >>> urls = ("//a.org/?hl=sw", "//a.org/fr/x", "//de.a.org/", "//a.cz/en/", "//a.org/", "//a.com/it-it/x")
    >>> [url_language(f"https:{url}") for url in urls]
    ['swh', 'fra', 'deu', 'eng', None, 'ita']
    """
    url = url[:2000]
    said = _PARAMETER.search(url)
    if said and language_is_known(said[1].lower()):
        return iso639_3(said[1].lower())
    path = _PATH.match(url)
    if path and (found := _hint(path[1].lower(), path[2] is not None)):
        return found
    host = _HOST.match(url)
    return _of_host(host[1].lower()) if host else None


@lru_cache(maxsize=20_000)
def _of_host(host: str) -> str | None:
    first, _, rest = host.removeprefix("www.").partition(".")
    if host.endswith(_WIKIS) and language_is_known(first):
        return iso639_3(first)
    if "." in rest and (found := _hint(first)):
        return found
    code = _DOMAINS.get(ascii_host(host).rpartition(".")[2])
    return iso639_3(code) if code else None


@lru_cache(maxsize=2000)
def _hint(code: str, with_region: bool = False) -> str | None:
    """with_region: of /it-it/ no part is an English word."""
    known = len(code) == 2 and (with_region or code not in _NO_LANGUAGE) and language_is_known(code)
    return iso639_3(code) if known else None
