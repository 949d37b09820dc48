"""E-mail and public IP addresses at a place of a text in its plain form (pii_places.py).

An e-mail address may be spelt to hide it from machines (ann [at] example [dot] com), and its domain be written in
letters of any script. Four numbers are an IP address unless they may as well be a version of software; what stands
around them (a URL, a port, the word IP) says that they are one.
"""

import ipaddress
import re

Span = tuple[int, int]
_LOCAL = re.compile(r"[A-Za-z0-9À-ɏḀ-ỿ][A-Za-z0-9À-ɏḀ-ỿ._%+'-]{0,63}\Z")
_ANY_LOCAL = re.compile(r"\w[\w.%+'-]{0,63}\Z")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9-]{1,63}\.){1,8}([A-Za-z]{2,24}|xn--[A-Za-z0-9-]{2,59})(?![A-Za-z0-9])")
_ANY_DOMAIN = re.compile(r"(?:[\w-]{1,63}[.。]){1,8}([A-Za-z]{2,24}(?![A-Za-z0-9])|[^\W\d_a-zA-Z]\w{0,23})")
_DOMAINS_TEXT = """
рф бел укр қаз мон срб мкд бг рус дети москва онлайн сайт ею 中国 中國 公司 网络 網絡 香港 台灣 台湾
新加坡 한국 みんな ไทย ລາວ გე հայ ελ भारत ভারত বাংলা இந்தியா இலங்கை భారత్ ભારત ਭਾਰਤ ಭಾರತ ලංකා
ישראל مصر السعودية امارات ایران الاردن المغرب الجزائر تونس فلسطين قطر عمان سورية
اليمن عراق پاکستان بھارت شبكة موقع
"""
_DOMAINS_OF_OTHER_SCRIPTS = frozenset(_DOMAINS_TEXT.split())
_FILES = {"png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "html", "php", "avif", "pdf"}
_CALLS = {"dot", "conj", "adjoint", "transpose", "reshape", "sum", "inv", "diagonal", "astype", "to"}
"""Behind an @, which multiplies matrices in some code, these are no domains if a bracket follows."""
_SPELT_AT = {
    *("at", "ät", "arroba", "arobase", "chiocciola", "małpa", "malpa", "zavináč", "zavinac", "kukac", "собака"),
    *("собачка", "snabela", "apenstaartje", "afna", "kuyruklu", "ättä", "ät-merkki", "æt"),
}
_DOT = (
    r"(?:\.|[ ]?[\[({<][ ]?(?:dot|dott|punkt|point|punto|ponto|piste|kropka|tečka|pont|точка|d0t)[ ]?[\])}>][ ]?)"
)
_SPELT_DOMAIN = re.compile(rf"[ ]?((?:[A-Za-z0-9-]{{1,63}}{_DOT}){{1,8}}[A-Za-z]{{2,24}})(?![\w@])", re.I)
_LOUD_DOMAIN = re.compile(r"[ ]?((?:[A-Za-z0-9-]{1,63} DOT ){1,8}[A-Za-z]{2,24})(?![\w@])")
_PARTED_LOCAL = re.compile(rf"(?<![\w@])[A-Za-z0-9](?:[A-Za-z0-9_%+-]|{_DOT}){{0,63}} ?\Z", re.I)
_MAIL_WORDS = re.compile(
    r"mail|e-?post|courriel|correo|почт|пошт|имейл|имэйл|мейл|邮箱|邮件|電郵|メール|메일|이메일|ایمیل|بريد|ईमेल|ইমেল|ইমেইল|"
    r"อีเมล|מייל|דוא|ელფოსტ|hộp thư|contact|kontakt",
    re.I,
)
_MAIL_HOSTS = re.compile(
    r"(?:gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|aol|icloud|gmx|mail|yandex)\.", re.I
)
_V4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d]|\.\d)")
_VERSION = re.compile(
    r"(?:\b(?:v|ver|vers|version|versión|versão|versione|versija|verze|wersja|sürüm|release|build|firmware|section|"
    r"chapter|driver|update|patch|§)|(?<![\w./])[a-z]{2,20}/|верси[яию]|версія|версії|版本|バージョン|버전|نسخه|إصدار|संस्करण)"
    r"[ .:]{0,3}\Z",
    re.I,
)
_ADDRESS = re.compile(
    r"(?://|@|\b(?:ip|ipv4|ips|dns|ping|nameserver|whois|traceroute)\b"
    r"[^\w\n]{0,3}(?:(?:address|adresse|adres|addr|is|at|to|of|:)\b[^\w\n]{0,3})?|айпи[^\w\n]{0,3}|"
    r"ip[ -]?(?:地址|アドレス|주소|адрес\w{0,2}|адреса|cím|osoite)[^\w\n]{0,3})\Z",
    re.I,
)
_BEHIND_ADDRESS = re.compile(r":\d{2,5}(?![\d.:])|/(?:[89]|[12]\d|3[0-2])(?![\d./])")
BEFORE_ADDRESS = 32


def email(text: str, at: int) -> list[Span]:
    """The address around an @, if it is one. at: where it stands."""
    before, behind = text[max(0, at - 65) : at], text[at + 1 : at + 256]
    parted = _parted(text, at, before, behind)
    if parted is not None:
        return parted
    domain = _DOMAIN.match(behind) or _other_domain(behind)
    if domain is None or not _is_domain(domain, behind):
        return []
    local = _LOCAL.search(before)
    if local is None and not domain[0].isascii():
        local = _ANY_LOCAL.search(before)
    if local is None or (local[0] == "git" and behind[domain.end() : domain.end() + 1] in (":", "/")):
        return []
    return [(at - len(local[0]), at + 1 + domain.end())]


def _other_domain(behind: str) -> re.Match[str] | None:
    """A domain in letters of other scripts, or of Latin beyond ASCII."""
    found = _ANY_DOMAIN.match(behind)
    if found is None:
        return None
    return found if found[1].isascii() or found[1].lower() in _DOMAINS_OF_OTHER_SCRIPTS else None


def _is_domain(domain: re.Match[str], behind: str) -> bool:
    last = domain[1].lower()
    call = last in _CALLS and behind[domain.end() : domain.end() + 1] == "("
    return last not in _FILES and not call and not domain[0].startswith("-")


def _parted(text: str, at: int, before: str, behind: str) -> list[Span] | None:
    """The address around an @ with spaces at its sides, if more says that it is one; None without them."""
    left, right = before.endswith(" "), behind.startswith(" ")
    if not (left or right):
        return None
    local, domain = _LOCAL.search(before[:-1] if left else before), _DOMAIN.match(behind[right:])
    if local is None or domain is None or not _is_domain(domain, behind[right:]):
        return []
    begin = at - left - len(local[0])
    said = _MAIL_HOSTS.match(domain[0]) or _MAIL_WORDS.search(text, max(0, begin - 24), begin)
    return [(begin, at + 1 + right + domain.end())] if said else []


def spelt_email(text: str, start: int, end: int) -> list[Span]:
    """The address around a word that may stand for an @, from start to end with its brackets."""
    loud = text[start] == "A"
    word = text[start + 1 : end - 1].strip().lower()
    if not loud and word not in _SPELT_AT:
        return []
    local = _PARTED_LOCAL.search(text[max(0, start - 80) : start])
    domain = (_LOUD_DOMAIN if loud else _SPELT_DOMAIN).match(text[end : end + 256])
    if local is None or domain is None or domain[1].rpartition(".")[2].lower() in _FILES:
        return []
    if loud and (local[0].isupper() or domain[1].isupper()):
        return []
    return [(start - len(local[0]), end + domain.end())]


def v4(text: str, start: int, end: int) -> list[Span]:
    """The IPv4 addresses of public ranges at a stretch of digits."""
    return [
        found.span()
        for found in _V4.finditer(text, start, min(len(text), end))
        if is_public(found[0])
        and not looks_a_version(
            found[0],
            text[max(0, found.start() - BEFORE_ADDRESS) : found.start()],
            text[found.end() : found.end() + 7],
        )
    ]


def v6(text: str, start: int, end: int) -> list[Span]:
    """The IPv6 address of a public range that a run of hexadecimal digits and colons is."""
    end = min(end, start + 45)
    while end > start and text[end - 1] in ":." and text[end - 2 : end] != "::":
        end -= 1
    alone = not (start and text[start - 1].isalnum()) and not (end < len(text) and text[end].isalnum())
    return [(start, end)] if alone and is_public(text[start:end]) else []


def is_public(address: str) -> bool:
    """Whether it is an IP address, of a range that is public: no private, local, example or multicast one.

    >>> [is_public(text) for text in ("8.8.8.8", "192.168.0.1", "192.0.2.7", "2001:4860:4860::8888", "1.2.3.400")]
    [True, False, False, True, False]
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return found.is_global and not found.is_multicast


def looks_a_version(address: str, before: str, behind: str = "") -> bool:
    """Whether an address may as well be a version of software or a section: small numbers, or said before it.

    >>> looks_a_version("2.4.57.1", ""), looks_a_version("66.4.57.1", "Version "), looks_a_version("8.8.8.8", "")
    (True, True, False)
    >>> looks_a_version("2.4.57.1", "http://"), looks_a_version("2.4.57.1", "", ":80")
    (False, False)
    """
    if _ADDRESS.search(before):
        return False
    if _VERSION.search(before):
        return True
    if _BEHIND_ADDRESS.match(behind):
        return False
    parts = [int(part) for part in address.split(".")]
    small = parts[0] < 10 and parts[1] < 100 and (parts[1] < 10 or max(parts) < 100)
    return small and len(set(parts)) > 1
