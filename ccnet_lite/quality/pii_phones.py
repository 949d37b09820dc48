"""Phone numbers at a stretch of digits, as phonenumbers knows them; the text is in its plain form (pii_places.py).

A number with + and a country's code is one if it is valid. One without is looked up in the countries of the page's
domain and language: behind a word as Tel. or another such number if it is valid, alone only where it is written
as that country writes its numbers, and as nothing else is: with a trunk's nought or an area in brackets.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from ccnet_lite.quality.pii_ids import lower

BEFORE = 40
"""Characters before a number in which a word may name it."""
_PHONE = re.compile(r"(?:(?<![\w+])(?:\+ ?|00)?\(?|(?<=[^\W\d_])\()\d(?:[ ()./\-‑]{0,3}\d){6,16}(?!\w)")
_ALONE = (
    r"tel|tels|tél|téls|tlf|tlfn|tfn|tfno|telf|teléf|telp|telpon|fono|fone|phones?|fax|faks|fakss|"
    r"mobiles?|mobil|mobiil|móvil|móviles|movil|celular|celulares|cell|cel|cellulare|handy|whats ?app|"
    r"viber|wa|ph|hp|gsm|cep|puh|kom|mob|hotline|helpline|toll[- ]free|durchwahl|portable|ponsel|simu|"
    r"sími|tālr|đt|đtdđ|sđt|điện thoại|di động|nomor|hubungi|"
    r"(?:call|ring|text|reach)(?: (?:us|me|him|her|them|now|toll[- ]free))?(?: (?:at|on))?|"
    r"(?:appelez|appeler)(?:[- ]nous)?(?: (?:le|au))?|(?:llame|llamar|llamando|llámenos)(?: al)?|"
    r"(?:ligue|ligar|ligando)(?: para)?|zadzwoń(?: pod)?|volejte|chiam\w{1,4}(?: (?:lo|il|al))?|"
    r"bel(?: ons)?(?: op)?|ruf(?:en sie|t)?(?: uns)?(?: an)?(?: unter)?|тел|моб|сот|факс|вайбер|вотсап|"
    r"ватсап|утас|ұялы|(?:по)?звоните(?: по)?|телефонуйте|дзвоніть(?: за)?|τηλ|κιν|φαξ|ტელ|მობ|հեռ|բջջ"
)
"""Words that name a phone number as they are."""
_STEMS = (
    r"telefon|teléfon|telefón|telefoon|téléphon|telephon|telemó|telemov|telepon|puhelin|puhelim|mobiln|mobilt|móvil|rufn|"
    r"whatsapp|símanúm|tālrun|komórk|телефон|мобил|мобіл|вібер|τηλέφων|τηλεφών|τηλεφων|κινητ"
)
"""Beginnings of such words; endings and compounds follow."""
_WITHIN = (
    r"טל[\'׳\"]?|טלפון|נייד|פקס|פלאפון|هاتف|جوال|تليفون|تلفون|موبايل|محمول|فاكس|واتساب|للتواصل|تلفن|موبایل|همراه|تماس|فکس|"
    r"فون|موبائل|फ़ोन|फोन|मोबाइल|मोबाईल|दूरभाष|फैक्स|ফোন|মোবাইল|টেলিফোন|ফ্যাক্স|ફોન|મોબાઇલ|ਫ਼ੋਨ|ਫੋਨ|ਮੋਬਾਈਲ|தொலைபேசி|கைபேசி|"
    r"அலைபேசி|ఫోన్|మొబైల్|ಫೋನ್|ಮೊಬೈಲ್|ഫോൺ|മൊബൈൽ|දුරකථන|โทรศัพท์|โทรสาร|โทร|มือถือ|แฟกซ์|ໂທລະສັບ|ໂທ|ဖုန်း|ទូរស័ព្ទ|ስልክ|"
    r"電話|电话|手机|手機|携帯|携帶|传真|傳真|热线|熱線|ファックス|ファクス|フリーダイヤル|전화|연락처|휴대폰|핸드폰|팩스|문의|☎|☏|✆|📞|📱"
)
"""Words of scripts in which others are joined to them, and signs."""
_NUMBER = (
    r"(?:no|nos|nr|num|nº|n°|number|numbers|numéro|número|numero|nummer|номер\w{0,2}|numarası|numara|fax|faks|факс|"
    r"at|on|us|is|au|al|le|am|unter|مكتب|رقم|شماره|نمبر|नंबर|नम्बर|संख्या|নম্বর|நம்பர்|எண்|เบอร์|番号|号码|號碼|번호|מספר)"
)
_WORD = re.compile(
    rf"(?:(?<![^\W\d_])(?:(?:{_ALONE})(?![^\W\d_])|(?:{_STEMS})[^\W\d_]{{0,12}})|(?:{_WITHIN}))"
    rf"(?:[^\w\n]{{0,4}}{_NUMBER}(?![^\W\d_])){{0,2}}[^\w\n]{{0,6}}\Z"
)
_JOINT = re.compile(
    r"[ ]{0,2}(?:[,;/|&·+]|-|or|and|und|oder|ou|et|y|o|e|i|и|або|или|又は|または|或|或者|و)?[ ]{0,2}\Z", re.I
)
"""Between a number and another of the same country."""
LONGEST_JOINT = 8
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
        if match[0].startswith("+"):
            found = "+" if _is_phone(match[0], "") else ""
        elif _WORD.search(lower(text[max(0, first - BEFORE) : first])):
            found = next((each for each in regions if _is_phone(match[0], each)), "")
        elif of not in ("", "+") and first - last <= LONGEST_JOINT and _JOINT.fullmatch(text, last, first):
            found = of if _is_phone(match[0], of) else ""
        elif _stands_alone(match[0]):
            found = next((each for each in regions[:FIRST] if _as_written(match[0], each)), "")
        if found and not _BANDS.fullmatch(match[0]):
            last, of = match.end(), found
            yield first + (match[0].startswith("(") and ")" not in match[0]), last


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
