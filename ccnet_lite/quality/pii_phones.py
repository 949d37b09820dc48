"""Phone numbers at a stretch of digits, as phonenumbers knows them; the text is in its plain form (pii_places.py).

A number with + and a country's code is one if it is valid. One without is looked up in the countries of the page's
domain and language: behind a word as Tel. or another such number if it is valid, alone only where it is written
as that country writes its numbers, and as nothing else is: with a trunk's nought or an area in brackets.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from ccnet_lite.quality.pii_ids import BEFORE, lower

_PHONE = re.compile(r"(?:(?<![\w+])(?:\+ ?|00)?\(?|(?<=[^\W\d_])\()\d(?:[ ()./\-‑]{0,3}\d){6,16}(?!\w)")
_ALONE_TEXT = """
tel tels tél téls tlf tlfn tfn tfno telf teléf telp telpon fono fone phone phones fax faks fakss mobile
mobiles mobil mobiil móvil móviles movil celular celulares cell cel cellulare handy whatsapp viber wa ph
hp gsm cep puh kom mob hotline helpline toll freephone durchwahl portable ponsel simu sími tālr đt đtdđ sđt
nomor hubungi call ring text appelez appeler llame llamar llamando llámenos ligue ligar
ligando zadzwoń volejte chiama chiamate chiamare bel ruf rufen ruft facsimile тел моб сот факс вайбер
вотсап ватсап утас ұялы звоните позвоните телефонуйте дзвоніть τηλ κιν φαξ ტელ მობ հեռ բջջ tel/fax
tel/faks thoại тел/факс
"""
_ALONE = frozenset(_ALONE_TEXT.split())
"""Words that name a phone number as they are."""
_STEMS_TEXT = """
telefon teléfon telefón telefoon téléphon telephon telemó telemov telepon puhelin puhelim mobiln mobilt
rufn matkapuhel whatsapp símanúm tālrun komórk телефон мобил мобіл τηλέφων τηλεφών τηλεφων κινητ
"""
_STEMS = tuple(_STEMS_TEXT.split())
"""Beginnings of such words; endings and compounds follow."""
_WITHIN_TEXT = """
טל טל' טל׳ טלפון נייד פקס פלאפון هاتف جوال تليفون تلفون موبايل محمول فاكس واتساب
للتواصل تلفن موبایل همراه تماس فکس فون موبائل फ़ोन फोन मोबाइल मोबाईल दूरभाष
फैक्स ফোন মোবাইল টেলিফোন ফ্যাক্স ફોન મોબાઇલ ਫ਼ੋਨ ਫੋਨ ਮੋਬਾਈਲ தொலைபேசி கைபேசி
அலைபேசி ఫోన్ మొబైల్ ಫೋನ್ ಮೊಬೈಲ್ ഫോൺ മൊബൈൽ දුරකථන โทรศัพท์ โทรสาร โทร มือถือ
แฟกซ์ แฟ็กซ์ ໂທລະສັບ ໂທ ဖုန်း ទូរស័ព្ទ ስልክ 電話 电话 手机 手機 携帯 携帶 传真 傳真 热线 熱線 ファックス
ファクス フリーダイヤル 전화 연락처 휴대폰 핸드폰 팩스 문의 ☎ ☏ ✆ 📞 📱
"""
_WITHIN = tuple(_WITHIN_TEXT.split())
"""Ends of words that name one, in scripts in which others are joined to them, and signs."""
_BETWEEN_TEXT = """
no nos nr num nº n° number numbers numéro número numero nummer номер номера номеру номером numarası
numara fax faks факс at on us me him her them now free op ons an unter uns sie le au al para pod по за lo
il nous namba رقم شماره نمبر नंबर नम्बर संख्या নম্বর நம்பர் எண் เบอร์ מספר
"""
_BETWEEN = frozenset(_BETWEEN_TEXT.split())
"""Words between such a word and the number."""
_ENDS = ("番号", "号码", "號碼", "번호", "ได้ที่", "ที่")
"""The same, joined to it."""
MOST_BETWEEN, SIGNS_BEFORE = 3, 6
_LAST_WORD = re.compile(r"[^\s\d!-.:-@\[-`{-~]+\Z")
_JOINT = re.compile(
    r"[ ]{0,2}(?:[,;/|&·+]|-|or|and|und|oder|ou|et|y|o|e|i|и|або|или|又は|または|或|或者|و)?[ ]{0,2}\Z", re.I
)
"""Between a number and another of the same country."""
LONGEST_JOINT, LEAST_DIGITS = 8, 6
_TRUNK = re.compile(r"\(?0|\(\d{2,4}\) ?\d|8 ?\(\d{3}\)")
_AMERICAN = re.compile(r"\d{3}([-.])\d{3}\1\d{4}")
_BANDS = re.compile(r"[89]\d0/1[789]\d0")
"""Of frequencies, behind the word GSM."""
_GROUPS = re.compile(r"\d+")
LEAST_ALONE = 9
"""Digits of a number without a word."""
_BY_LANGUAGE = """
de:DE,AT,CH fr:FR,BE,CH,CA,MA,TN,DZ,SN,CI it:IT,CH es:ES,MX,AR,CO,CL,PE,VE,EC,GT,UY,BO,CR,DO,PY,SV,HN,NI,PA,CU,PR
pt:BR,PT,AO,MZ nl:NL,BE pl:PL cs:CZ sk:SK hu:HU ro:RO,MD bg:BG el:GR,CY tr:TR ru:RU,BY,KZ uk:UA be:BY sv:SE,FI
da:DK no:NO nn:NO nb:NO fi:FI et:EE lv:LV lt:LT sl:SI hr:HR sr:RS,BA,ME bs:BA sh:RS,HR,BA mk:MK sq:AL,XK ja:JP
ko:KR zh:CN,TW,HK,SG,MO yue:HK vi:VN th:TH lo:LA km:KH my:MM id:ID ms:MY,BN,SG hi:IN bn:BD,IN fa:IR,AF he:IL
yi:IL en:US,GB,CA,AU,IN,NZ,IE,ZA,NG,KE,SG,PH,MY,PK,GH sw:KE,TZ,UG ka:GE hy:AM az:AZ kk:KZ ky:KG uz:UZ tk:TM tg:TJ
mn:MN is:IS fo:FO tl:PH ceb:PH ur:PK,IN ta:IN,LK te:IN mr:IN gu:IN kn:IN ml:IN pa:IN,PK or:IN as:IN ne:NP si:LK
sd:PK ar:EG,SA,AE,MA,DZ,IQ,JO,KW,LB,LY,OM,QA,SD,SY,TN,YE,BH,PS arz:EG ckb:IQ ku:TR,IQ ps:AF am:ET ti:ER,ET so:SO
om:ET ha:NG yo:NG ig:NG zu:ZA xh:ZA af:ZA rw:RW mg:MG ca:ES gl:ES eu:ES mt:MT ga:IE cy:GB gd:GB lb:LU ht:HT eo:US
dv:MV
"""
_REGIONS = dict(entry.split(":") for entry in _BY_LANGUAGE.split())
_BY_DOMAIN = """
uk:GB xn--p1ai:RU рф:RU su:RU xn--90ais:BY xn--j1amh:UA xn--fiqs8s:CN xn--fiqz9s:CN xn--j6w193g:HK
xn--kprw13d:TW xn--kpry57d:TW xn--3e0b707e:KR xn--mgba3a4f16a:IR xn--wgbh1c:EG xn--mgberp4a5d4ar:SA
xn--mgbaam7a8h:AE xn--o3cw4h:TH xn--h2brj9c:IN xn--90a3ac:RS xn--80ao21a:KZ xn--qxam:GR cat:ES eus:ES gal:ES
nyc:US berlin:DE london:GB gov:US mil:US
"""
_DOMAIN_REGIONS = dict(entry.split(":") for entry in _BY_DOMAIN.split())
FIRST = 5
"""Of a language's countries so many are asked for numbers without a word."""


def phones(text: str, begin: int, stop: int, language: str, domain: str) -> Iterator[tuple[int, int]]:
    """(start, end) of the phone numbers that begin in text[begin:stop]."""
    last, of = -1, ""  # where the one before ended, and its country
    regions = regions_of(language, domain)
    for match in _PHONE.finditer(text, begin, stop):
        first, found = match.start(), ""
        number = _without_remark(match[0])
        if number.startswith("+"):
            found = "+" if _is_phone(number, "") else ""
        elif named(lower(text[max(0, first - BEFORE) : first])):
            found = next((each for each in regions if _is_phone(number, each)), "")
        elif of not in ("", "+") and first - last <= LONGEST_JOINT and _JOINT.fullmatch(text, last, first):
            found = of if _is_phone(number, of) else ""
        elif _stands_alone(number):
            found = next((each for each in regions[:FIRST] if _as_written(number, each)), "")
        if found and not _BANDS.fullmatch(number):
            last, of = first + len(number), found
            yield first + (number.startswith("(") and ")" not in number), last


def _without_remark(number: str) -> str:
    """A number without what begins with a bracket behind six digits: an age, a price."""
    at = number.find("(", LEAST_DIGITS)
    return number[:at].rstrip(" -./") if at > 0 and sum(map(str.isdigit, number[:at])) >= LEAST_DIGITS else number


def named(before: str) -> bool:
    """Whether what stands before a number, in lower case, names it as one of a phone.

    >>> [named(text) for text in ("tel.: ", "call us at ", "the telefonnummer ist ", "below ", "联系电话：")]
    [True, True, False, False, True]
    """
    for _ in range(MOST_BETWEEN + 1):
        bare = before.rstrip(" .,:;/()[]<>+*#|=-'\"：，、（）【】\u200e\u200f\u202a\u202b\u202c·•–~»«“”?!")
        if len(before) - len(bare) > SIGNS_BEFORE:
            return False
        if bare.endswith(_ENDS):
            before = bare.removesuffix(next(end for end in _ENDS if bare.endswith(end)))
            continue
        if not bare.isascii() and bare.endswith(_WITHIN):
            return True
        found = _LAST_WORD.search(bare)
        if found is None:
            return False
        word = found[0].strip("/")
        if word in _ALONE or word.startswith(_STEMS):
            return True
        if word not in _BETWEEN:
            return False
        before = bare[: found.start()]
    return False


@lru_cache(maxsize=4096)
def regions_of(language: str, domain: str) -> tuple[str, ...]:
    """The countries whose numbers a page may have without their code, likeliest first.

    >>> regions_of("de", "www.example.at:8080"), regions_of("uk", "example.com")
    (('AT', 'DE', 'CH'), ('UA',))
    """
    from phonenumbers import SUPPORTED_REGIONS

    last = domain.partition(":")[0].rstrip(".").rpartition(".")[2].lower()
    of_domain = _DOMAIN_REGIONS.get(last, last.upper())
    of_language = _REGIONS.get(language.partition("-")[0], "").split(",")
    return tuple(each for each in dict.fromkeys((of_domain, *of_language)) if each in SUPPORTED_REGIONS)


def _is_phone(text: str, region: str) -> bool:
    from phonenumbers import NumberParseException, is_valid_number, parse

    try:
        return bool(is_valid_number(parse(text, region or None)))
    except NumberParseException:
        return False


def _stands_alone(text: str) -> bool:
    """Whether it has signs of a phone number: a trunk's nought, an area in brackets, or is 3-3-4; no list."""
    groups = _GROUPS.findall(text)
    listed = len(groups) > 3 and groups == sorted(set(groups))
    enough = len(groups) > 1 and sum(map(len, groups)) >= LEAST_ALONE and not listed
    return enough and bool(_TRUNK.match(text) or _AMERICAN.fullmatch(text))


def _as_written(text: str, region: str) -> bool:
    """Whether it is a valid number in groups as its country writes them."""
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_valid_number, parse

    if _AMERICAN.fullmatch(text) and region not in ("US", "CA"):
        return False
    groups = _GROUPS.findall(text)
    try:
        number = parse(text, region)
        if not is_valid_number(number):
            return False
        return groups == _GROUPS.findall(format_number(number, PhoneNumberFormat.NATIONAL))
    except NumberParseException:
        return False
