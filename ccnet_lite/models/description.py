"""What a language identifier wants and what its labels mean: its description, a TOML file.

`text` is the form in which the model was trained on text (text_form.py). A label says language and script, as
`swh_Latn`, or the language alone, and becomes a code by models/languages.py; `[codes]` says otherwise for some.
Labels of `zxx` (no language) and `und` (none that the model knows), with whatever script, and those of
`not_languages`, which become `zxx`, say that a text is in no language: no document is kept in them.
`[macrolanguages]` says which codes make up another, where the user asks for that one; `[scripts]` in which scripts
a label is written, where the label does not say.

Not handled: what is in the model; which description a model has (described.py).
"""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, cast, get_args

from ccnet_lite.errors import UserError
from ccnet_lite.models.languages import CODE, NO_LANGUAGE, UNDETERMINED, language_code
from ccnet_lite.models.subsets import own_scripts, script_name

TextForm = Literal["as_is", "openlid"]
KEYS = ("text", "not_languages", "codes", "macrolanguages", "scripts")

# ISO 639-3: the individual languages of a macrolanguage that have a code of their own here (models/languages.py).
_MACROLANGUAGES = """
ar: aao abh abv acm acq acw acx acy adf aeb aec afb ajp apc apd arq ars ary arz auz avl ayh ayl ayn ayp pga shu ssh
az: azb | bik: bcl bln bto cts fbl lbl rbl ubl | fa: prs | ku: ckb sdh | mn: mvf | no: nn | sh: bs hr sr cnr
ms: bjn btj bve bvu coa dup hji id jak jax kvb kvr kxd lce lcf liw max meo mfa mfb min mqg msi mui orn ors pel pse
ms: tmw urk vkk vkt xmm zlm zmi | om: gax hae orc | ps: pbu pst | qu: qub qud quf qug quh quk qul qup qur qus quw
qu: qux quz qva qvc qve qvh qvi qvj qvl qvm qvn qvo qvp qvs qvw qvz qwa qwc qwh qws qxa qxc qxh qxl qxn qxo qxp
qu: qxr qxt qxu qxw | sq: aae aat aln | sw: swc | uz: uzs | yi: yih | zh: cdo cjy cpx czh czo gan hak hsn lzh mnp
zh: nan wuu yue | mg: bhr bmm bzc msh skg tdx tkg txy xmv xmw | ff: ffm fub fuc fue fuf fuh fui fuq fuv
kr: kby krt | gn: gui gun nhd | hmn: cqd hea hma hmc hmd hme hmg hmh hmi hmj hml hmm hmp hmq hms hmw hmy hmz hnj
hmn: hrm huj mww muq mmr sfm | lah: hnd hno jat phr pnb skr xhe | raj: gda gju hoj mup swv wbr | kok: gom knn
zza: diq kiu | et: vro | lv: ltg | ne: dty | or: spv | oj: ciw ojb ojc ojg ojs ojw otw
cr: crj crk crl crm csw cwd
"""


@dataclass(frozen=True)
class Description:
    """A model's description; name: what messages call it, empty where a model has none."""

    name: str = ""
    text: TextForm = "as_is"
    not_languages: tuple[str, ...] = ()
    """Besides zxx and und, which never are one."""
    codes: tuple[tuple[str, str], ...] = ()
    macrolanguages: tuple[tuple[str, tuple[str, ...]], ...] = ()
    scripts: tuple[tuple[str, tuple[str, ...]], ...] = ()


UNDESCRIBED = Description()


def read_description(text: str, name: str) -> Description:
    """The description in the text of a TOML file. name: of the file, for messages.

    >>> read_description('text = "openlid"', "a.toml").text
    'openlid'

    Raises:
        UserError: naming the file and the key that will not do.
    """
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{name} is not valid TOML: {error}") from None
    unknown = [key for key in read if key not in KEYS]
    if unknown:
        raise UserError(f"{name}: unknown key {unknown[0]}; a model's description has {', '.join(KEYS)}")
    form = read.get("text", UNDESCRIBED.text)
    if form not in get_args(TextForm):
        raise UserError(f"{name}: text = {form!r}: give {' or '.join(get_args(TextForm))}")
    not_languages = _texts(read.get("not_languages", []), name, "not_languages")
    codes = {}
    for label, code in _table(read, name, "codes").items():
        if not isinstance(code, str) or CODE.fullmatch(code) is None:
            raise UserError(f"{name}: codes.{label} = {code!r} is no language code, as sw or sr-Latn")
        codes[label] = code
    several = {
        key: tuple((each, _texts(value, name, f"{key}.{each}")) for each, value in _table(read, name, key).items())
        for key in ("macrolanguages", "scripts")
    }
    return Description(name, cast(TextForm, form), not_languages, tuple(codes.items()), **several)


def codes_of(labels: Sequence[str], description: Description, macrolanguages: Collection[str] = ()) -> list[str]:
    """The code of each label, which may share one. macrolanguages: those that take the place of their parts.

    >>> codes_of(["__label__swh_Latn", "__label__zxx_Zxxx", "__label__arz_Arab"], UNDESCRIBED, ["ar"])
    ['sw', 'zxx', 'ar']

    Raises:
        ValueError: a label is no language code.
        UserError: the description names a label that the model does not have, or what was asked for is no
            macrolanguage.
    """
    tags = [label.removeprefix("__label__") for label in labels]
    own = dict(description.codes)
    for key, named in (("codes", own), ("scripts", dict(description.scripts))):
        missing = sorted(set(named) - set(tags))
        if missing:
            raise UserError(f"{description.name}: {key}.{missing[0]} is no label of the model: leave it out")
    folded = folded_codes(description, macrolanguages)
    none = {NO_LANGUAGE, UNDETERMINED, *description.not_languages}
    codes = []
    for label, tag in zip(labels, tags, strict=True):
        language = tag.partition("_")[0]
        if tag in own:
            code = own[tag]
        elif not none.isdisjoint((tag, language)):
            code = UNDETERMINED if language == UNDETERMINED else NO_LANGUAGE
        else:
            code = language_code(label)
        codes.append(folded.get(code.partition("-")[0], code))
    return codes


def scripts_of(
    labels: Sequence[str], codes: Sequence[str], description: Description
) -> dict[str, tuple[str, ...]]:
    """By code, the names of the scripts (models/subsets.py) in which its labels' texts are written.

    A label that names a script is written in that one; another in any that its language is written in: none is
    left out, as `script_name` has it. Codes of no language have no entry.

    >>> scripts_of(["__label__srp_Latn", "__label__ru", "__label__ja"], ["sr-Latn", "ru", "ja"], UNDESCRIBED)
    {'sr-Latn': ('Latn',), 'ru': ('Cyrl', 'Latn'), 'ja': ('Jpan', 'Latn')}
    """
    said = dict(description.scripts)
    found: dict[str, set[str]] = {}
    for label, code in zip(labels, codes, strict=True):
        tag = label.removeprefix("__label__")
        if code in (NO_LANGUAGE, UNDETERMINED):
            continue
        script = tag.partition("_")[2][:4]
        names = said.get(tag) or ((script,) if len(script) == 4 else own_scripts(code))
        found.setdefault(code, set()).update(script_name(code, name) for name in names)
    return {code: tuple(sorted(names, key=lambda n: (n == "Latn", n))) for code, names in found.items()}


@lru_cache
def _iso() -> dict[str, tuple[str, ...]]:
    """The individual languages of macrolanguages."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in _MACROLANGUAGES.replace("|", "\n").strip().splitlines():
        macro, _, parts = entry.partition(":")
        found[macro.strip()] = (*found.get(macro.strip(), ()), *parts.split())
    return found


@lru_cache
def macrolanguage(code: str) -> str:
    """The macrolanguage that a language is part of, or itself.

    >>> macrolanguage("yue"), macrolanguage("nn"), macrolanguage("fr")
    ('zh', 'no', 'fr')
    """
    return next((macro for macro, parts in _iso().items() if code in parts), code)


def folded_codes(description: Description, macrolanguages: Collection[str]) -> dict[str, str]:
    """By language, the macrolanguage that takes its place."""
    known: Mapping[str, tuple[str, ...]] = _iso() | dict(description.macrolanguages)
    for macro in macrolanguages:
        if macro not in known:
            raise UserError(
                f"language.macrolanguages: {macro} is no macrolanguage: there are {', '.join(sorted(known))}"
            )
    return {part: macro for macro in macrolanguages for part in known[macro]}


def _table(read: Mapping[str, Any], name: str, key: str) -> dict[str, Any]:
    found = read.get(key, {})
    if not isinstance(found, dict):
        raise UserError(f"{name}: {key} = {found!r} is no table: give [{key}] and a line for each")
    return found


def _texts(value: Any, name: str, key: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise UserError(f'{name}: {key} = {value!r}: give a list of texts, as ["a", "b"]')
    return tuple(value)
