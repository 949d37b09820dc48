"""Languages by their English names, and which code was meant by a word that is none.

The names are those of lid.176's languages, as reference works have them. Not handled: names in other
languages, languages that lid.176 does not know.
"""

from collections.abc import Collection
from contextlib import suppress
from difflib import get_close_matches
from functools import lru_cache

from ccnet_lite.models.languages import language_code

_NAMES = """
af Afrikaans; als Alemannic; am Amharic; an Aragonese; ar Arabic; arz Egyptian Arabic; as Assamese; ast Asturian;
av Avar; az Azerbaijani; azb South Azerbaijani; ba Bashkir; bar Bavarian; bcl Central Bikol; be Belarusian;
bg Bulgarian; bh Bihari; bn Bengali; bo Tibetan; bpy Bishnupriya; br Breton; bs Bosnian; bxr Buryat; ca Catalan;
cbk Chavacano; ce Chechen; ceb Cebuano; ckb Central Kurdish; co Corsican; cs Czech; cv Chuvash; cy Welsh;
da Danish; de German; diq Zazaki; dsb Lower Sorbian; dty Doteli; dv Dhivehi; el Greek; eml Emilian-Romagnol;
en English; eo Esperanto; es Spanish; et Estonian; eu Basque; fa Persian; fi Finnish; fr French;
frr North Frisian; fy West Frisian; ga Irish; gd Scottish Gaelic; gl Galician; gn Guarani; gom Goan Konkani;
gu Gujarati; gv Manx; he Hebrew; hi Hindi; hif Fiji Hindi; hr Croatian; hsb Upper Sorbian; ht Haitian Creole;
hu Hungarian; hy Armenian; ia Interlingua; id Indonesian; ie Interlingue; ilo Ilocano; io Ido; is Icelandic;
it Italian; ja Japanese; jbo Lojban; jv Javanese; ka Georgian; kk Kazakh; km Khmer; kn Kannada; ko Korean;
krc Karachay-Balkar; ku Kurdish; kv Komi; kw Cornish; ky Kyrgyz; la Latin; lb Luxembourgish; lez Lezgian;
li Limburgish; lmo Lombard; lo Lao; lrc Northern Luri; lt Lithuanian; lv Latvian; mai Maithili; mg Malagasy;
mhr Meadow Mari; min Minangkabau; mk Macedonian; ml Malayalam; mn Mongolian; mr Marathi; mrj Hill Mari; ms Malay;
mt Maltese; mwl Mirandese; my Burmese; myv Erzya; mzn Mazanderani; nah Nahuatl; nap Neapolitan; nds Low German;
ne Nepali; new Newar; nl Dutch; nn Norwegian Nynorsk; no Norwegian; oc Occitan; or Odia; os Ossetian; pa Punjabi;
pam Pampanga; pfl Palatine German; pl Polish; pms Piedmontese; pnb Western Punjabi; ps Pashto; pt Portuguese;
qu Quechua; rm Romansh; ro Romanian; ru Russian; rue Rusyn; sa Sanskrit; sah Yakut; sc Sardinian; scn Sicilian;
sco Scots; sd Sindhi; sh Serbo-Croatian; si Sinhala; sk Slovak; sl Slovenian; so Somali; sq Albanian; sr Serbian;
su Sundanese; sv Swedish; sw Swahili; ta Tamil; te Telugu; tg Tajik; th Thai; tk Turkmen; tl Tagalog; tr Turkish;
tt Tatar; tyv Tuvan; ug Uyghur; uk Ukrainian; ur Urdu; uz Uzbek; vec Venetian; vep Veps; vi Vietnamese;
vls West Flemish; vo Volapük; wa Walloon; war Waray; wuu Wu Chinese; xal Kalmyk; xmf Mingrelian; yi Yiddish;
yo Yoruba; yue Cantonese; zh Chinese
"""
_OTHERWISE = dict(
    entry.split()
    for entry in """
    farsi fa; mandarin zh; burma my; myanmar my; oriya or; filipino tl; castilian es; flemish nl; kirghiz ky
    panjabi pa; bokmal no; gaelic gd; deutsch de; français fr; francais fr; español es; espanol es; italiano it
    kiswahili sw; português pt; nederlands nl; svenska sv; polski pl; türkçe tr
    """.replace("\n", ";").split(";")
    if entry.strip()
)
"""Names of some languages besides, and what some call their own."""


@lru_cache
def language_names() -> dict[str, str]:
    """English names by code.

    >>> language_names()["sw"], len(language_names())
    ('Swahili', 176)
    """
    pairs = (entry.split(None, 1) for entry in " ".join(_NAMES.split()).split(";"))
    return {code: name.strip() for code, name in pairs}


def meant_language(word: str, known: Collection[str]) -> str:
    """Which of the known codes may have been meant by a word that is none of them; empty where none is like it.

    >>> [meant_language(word, ["de", "en", "sw"]) for word in ("english", "swh_Latn", "Deutsch", "swahilli", "xx")]
    ['en', 'sw', 'de', 'sw', '']
    """
    lower = word.strip().lower()
    candidates = [lower]
    with suppress(ValueError):
        candidates.append(language_code(word))
    by_name = {name.lower(): code for code, name in language_names().items()} | _OTHERWISE
    near = get_close_matches(lower, by_name, 1, 0.8) if len(lower) > 3 else []
    candidates += [by_name[name] for name in near]
    return next((code for code in candidates if code in known), "")
