"""Soft hyphens where sites put them: what disguised_share drops of clean text that is parted by dictionaries.

    python benchmarks/quality_hyphens.py --data DATA [--documents 400] [--json]

Needs pyphen (dictionaries of LibreOffice, some forty languages). Of each file of DATA/text/lid and each language
of DATA/text/prose that has a dictionary, the first --documents documents, with a soft hyphen wherever the
dictionary allows one: in words of four letters and more, and in those of eight and more.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import pyphen
from quality_spun import broken, clean_sets
from spun_pages import WORD

LEAST_LETTERS = 4, 8
_PAIRS = """
afr=af bel=be ben=bn bul=bg cat=ca ces=cs deu=de ell=el eng=en epo=eo est=et fra=fr glg=gl hin=hi
hrv=hr hun=hu isl=is ita=it kan=kn lit=lt lvs=lv mar=mr nld=nl nob=nb pol=pl por=pt ron=ro rus=ru
slk=sk slv=sl spa=es sqi=sq swe=sv tam=ta tel=te tha=th ukr=uk zul=zu
"""
CODES = dict(pair.split("=") for pair in _PAIRS.split())


def table(data: Path, documents: int = 400) -> list[dict[str, Any]]:
    """A row for each set, language and least number of letters: documents, and how many are dropped anew."""
    rows = []
    for kind, language, texts in clean_sets(data):
        code = pyphen.language_fallback(CODES.get(language[:3], language))
        if code is None or not texts:
            continue
        dictionary = pyphen.Pyphen(lang=code)
        for least in LEAST_LETTERS:
            parted = [
                WORD.sub(
                    lambda word, least=least, parts=dictionary.inserted: (  # type: ignore[misc]
                        parts(word.group(), "\u00ad") if len(word.group()) >= least else word.group()
                    ),
                    text,
                )
                for text in texts[:documents]
            ]
            before, after = broken(texts[:documents])["disguised_share"], broken(parted)["disguised_share"]
            rows.append(
                {
                    "set": kind,
                    "language": language,
                    "least_letters": least,
                    "documents": sum("\u00ad" in text for text in parted),
                    "dropped": int((after & ~before).sum()),
                }
            )
    return rows


def main() -> None:
    """Print the sums, and where something is dropped; or with --json a row a line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=400)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = table(options.data, options.documents)
    if options.json:
        print("\n".join(json.dumps(row) for row in rows))
        return
    for least in LEAST_LETTERS:
        some = [row for row in rows if row["least_letters"] == least]
        where = ", ".join(f"{row['language']} {row['dropped']}" for row in some if row["dropped"])
        documents, dropped = (sum(row[key] for row in some) for key in ("documents", "dropped"))
        languages = len({CODES.get(row["language"][:3], row["language"]) for row in some})
        print(f"words of {least} letters: {languages} languages, {documents} documents, {dropped} dropped {where}")


if __name__ == "__main__":
    main()
