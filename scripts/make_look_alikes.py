"""Write ccnet_lite/text/look_alikes.py from Unicode's table of confusable characters (UTS 39).

`python scripts/make_look_alikes.py confusables.txt`; the file is at unicode.org/Public/security/latest.
"""

import re
import sys
import unicodedata
from pathlib import Path

from ccnet_lite.text.characters import LETTER, kinds, script_codes, scripts

ALPHABETS = {
    "Latn": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "Cyrl": "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ",
    "Grek": "αβγδεζηθικλμνξοπρσςτυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ",
    "Armn": "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖ",
}
FROM = ("Latn", "Cyrl", "Grek", "Armn", "Copt", "Cher", "Lisu", "Cans", "Osge", "Wara", "Zyyy")
"""Not those whose users write affixes onto Latin names: Arabic alif looks like an l, Hebrew samekh like an o."""
BORROWED = {"Latn": "γσͺ", "Cyrl": "bhijlqrsvwIJSͺι", "Grek": "l", "Armn": ""}
"""Letters that orthographies or keyboards bring into words of a script."""
BY_EYE = {"Latn": "ЅІЈԛԝһӏҺ", "Cyrl": "k", "Grek": "k", "Armn": ""}
"""What the table keeps apart by a hair and readers do not."""


def look_alikes(table: dict[str, str]) -> dict[str, str]:
    """By script: letters of others that look like one of its alphabet; under Zyyy mathematical ones."""
    found: dict[str, str] = {}
    codes = script_codes()
    costumes: set[str] = set()
    for script, alphabet in ALPHABETS.items():
        wanted = {table.get(char, char) for char in alphabet}
        chosen = set(BY_EYE[script])
        for code in range(0x20000):
            char = chr(code)
            if kinds()[code] != LETTER or table.get(char, char) not in wanted or char in "\u00aa\u00ba\u00b5":
                continue
            of = codes[scripts()[code]]
            if of == "Zyyy" and unicodedata.normalize("NFKC", char) != char:
                costumes.add(char)
            elif of in FROM and of != script and char not in BORROWED[script] and (of != "Latn" or char.isascii()):
                chosen.add(char)
        found[script] = "".join(sorted(chosen))
    return found | {"Zyyy": "".join(sorted(costumes))}


def main() -> None:
    """Read the table named on the command line, write the module."""
    table, version = {}, ""
    for row in Path(sys.argv[1]).read_text(encoding="utf-8-sig").splitlines():
        version = version or "".join(re.findall(r"^# Version: (\S+)", row))
        fields = row.partition("#")[0].split(";")
        if len(fields) >= 2:
            char, like = ("".join(chr(int(code, 16)) for code in field.split()) for field in fields[:2])
            table[char] = like
    out = [
        f'"""Look-alike letters by script, of Unicode\'s confusables.txt {version} ({Path(__file__).name}).',
        "",
        "Copyright (c) 1991-2025 Unicode, Inc. Unicode License v3 (see NOTICE): https://unicode.org/license.txt",
        '"""',
        "",
        "LOOK_ALIKES = {",
    ]
    for script, chars in look_alikes(table).items():
        out.append(f'    "{script}": (')
        spelt = [char.encode("unicode_escape").decode() if not char.isascii() else char for char in chars]
        line = ""
        for piece in spelt:
            if len(line) + len(piece) > 96:
                out.append(f'        "{line}"')
                line = ""
            line += piece
        out.append(f'        "{line}"')
        out.append("    ),")
    out += [
        "}",
        '"""By script: letters of others that look like one of its letters; Zyyy: any in mathematical costume."""',
    ]
    target = Path(__file__).resolve().parent.parent / "ccnet_lite" / "text" / "look_alikes.py"
    target.write_text("\n".join(out) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
