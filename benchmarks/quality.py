"""What each rule of quality does and costs, by language, in one table.

    python benchmarks/quality.py --data DATA [--labelled SENTENCES] [--only COLUMN ...] [--json]

DATA is laid out as for the programs that are asked here, each of which tells more of its own part
(benchmarks/quality_*.py; their table() gives what is summed up). SENTENCES: as for `ccnet-lite evaluate-lid`; in
docs/quality.md DATA/text/lid without LABELS.tsv, files of udhr2 named by code alone, in folders of their own.
A language has a figure where there is text of it; `all` counts documents or pages of all languages alike. Shown
are languages with --least figures or more, with --json all of them.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import quality_bad_text
import quality_containment
import quality_decontamination
import quality_extraction
import quality_lines
import quality_lists
import quality_rules
import quality_score
import quality_spans
import quality_spun

ALL = "all"
Figures = dict[str, float]
Rows = Iterable[dict[str, Any]]


class Column(NamedTuple):
    """One figure of every language that has it: `part` of a table of the module `of`."""

    name: str
    meaning: str
    of: str
    part: Callable[[Rows], Figures]


def share(rows: Rows, counted: Callable[[dict[str, Any]], float], of: str) -> Figures:
    """Of each language, and of all, how much of `of` is counted."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in rows:
        for language in (row["language"], ALL):
            sums[language][0] += counted(row)
            sums[language][1] += row[of]
    return {language: part / whole for language, (part, whole) in sums.items() if whole}


def identified(figure: str) -> Callable[[Rows], Figures]:
    """A figure of evaluate-lid: by language of the text."""
    return lambda rows: share(rows, lambda row: row[figure] * row["documents"], "documents")


def clean_dropped(rows: Rows) -> Figures:
    """Of clean documents those that a rule against disguise drops."""
    clean = [row for row in rows if row["table"] == "clean"]
    return share(
        clean, lambda row: min(sum(row[rule] for rule in quality_spun.RULES), row["documents"]), "documents"
    )


def spun_caught(rows: Rows) -> Figures:
    """Of pages spun at 5 % of their words those that are dropped."""
    spun = [row for row in rows if row["table"] == "spun" and row["share"] == 0.05]
    return share(spun, lambda row: row["caught"] * row["pages"], "pages")


def policy(name: str, bound: str) -> Callable[[Rows], Figures]:
    """Of clean documents those that a policy drops, by its own bounds or by fitted ones."""

    def part(rows: Rows) -> Figures:
        whole = [row for row in rows if row["policy"] == name and row["rule"] == quality_rules.ANY]
        return share(whole, lambda row: row[bound], "documents")

    return part


def bad_dropped(name: str, bound: str) -> Callable[[Rows], Figures]:
    """Of bad documents, real ones and clean ones made bad, those that a policy drops: mean of their kinds."""

    def part(rows: Rows) -> Figures:
        some = [row | {"kinds": 1} for row in rows if row["policy"] == name]
        found = share(some, lambda row: row[bound] / row["documents"], "kinds")
        by_kind: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for row in some:
            by_kind[row["kind"]][0] += row[bound]
            by_kind[row["kind"]][1] += row["documents"]
        return found | {ALL: sum(part / whole for part, whole in by_kind.values()) / len(by_kind)}

    return part


def lines_cut(clean: bool) -> Callable[[Rows], Figures]:
    """Of clean text, or of boilerplate and spam, the characters that c4_lines cuts."""
    return lambda rows: share(
        [row for row in rows if (row["kind"] == quality_lines.CLEAN) == clean], lambda row: row["cut"], "chars"
    )


def contained_found(rows: Rows) -> Figures:
    """Of pages of 50 tokens or more that stand in another those that are found."""
    return share([row for row in rows if row.get("size", 0) >= 50], lambda row: row["found"], "inside")


def contained_false(rows: Rows) -> Figures:
    """Documents of clean prose dropped as inside another that are not."""
    return share([row for row in rows if row["table"] == "clean"], lambda row: row["false"], "documents")


def extracted(extractor: str) -> Callable[[Rows], Figures]:
    """Token F1 of an extractor on news pages."""
    return lambda rows: {
        row["language"]: row["f1"] for row in rows if row["extractor"] == extractor and row["f1"] is not None
    }


def lists_cut(repeated: float, figure: str) -> Callable[[Rows], Figures]:
    """Of pages with lists behind the article a share of characters: cut of lists, or lost of articles."""

    def part(rows: Rows) -> Figures:
        some = [row | {"language": row["set"]} for row in rows if row["place"] == "behind"]
        some = [row for row in some if row["repeated"] == repeated]
        return share(some, lambda row: row[figure] * row["documents"], "documents")

    return part


def area(score: str) -> Callable[[Rows], Figures]:
    """AUC of a score: the mean over the kinds of bad text that there are of a language."""

    def part(rows: Rows) -> Figures:
        some = [row | {"kinds": 1} for row in rows if score in row]
        return share(some, lambda row: float(row[score]), "kinds")

    return part


def decontaminated(counted: str, of: str) -> Callable[[Rows], Figures]:
    """Precision or recall of documents that hold a test item, by decontaminate's own weights and threshold."""

    def part(rows: Rows) -> Figures:
        own = [row for row in rows if row["weights"] == "rarity" and row["min_weighted"] == 0.3]
        return share(own, lambda row: row[counted], of)

    return part


def spans_found(rows: Rows) -> Figures:
    """Of planted passages of 50 tokens or more those that are found; of all languages together."""
    return share(
        [row | {"language": ALL} for row in rows if row["tokens"] >= 50], lambda row: row["found"], "planted"
    )


COLUMNS = [
    Column("lid_right", "documents kept under their own language", "lid", identified("right")),
    Column(
        "lid_taken",
        "documents of languages outside the model taken for one of it",
        "lid_unknown",
        identified("taken"),
    ),
    Column("disguise_cost", "clean documents dropped by rules against disguise", "spun", clean_dropped),
    Column("spun_caught", "pages dropped of which 5 % of words are spun", "spun", spun_caught),
    *(
        Column(f"{name}{end}", f"clean documents dropped by {name}, {words}", "rules", policy(name, bound))
        for name in ("gopher_quality", "gopher_repetition", "c4", "fineweb")
        for end, words, bound in (("", "the paper's bounds", "own_bound"), ("_fitted", "fitted bounds", "fitted"))
    ),
    *(
        Column(f"{name}{end}_bad", f"bad documents dropped by {name}, {words}", "bad", bad_dropped(name, bound))
        for name in ("gopher_quality", "gopher_repetition", "c4", "fineweb")
        for end, words, bound in (("", "the paper's bounds", "own_bound"), ("_fitted", "fitted bounds", "fitted"))
    ),
    Column("c4_lines", "characters of clean prose cut by c4_lines", "lines", lines_cut(True)),
    Column("c4_lines_bad", "characters of boilerplate and spam cut by c4_lines", "lines", lines_cut(False)),
    Column("auc_perplexity", "AUC of perplexity, good against bad text", "score", area("perplexity")),
    Column("auc_classifier", "AUC of a classifier by train-quality", "score", area("classifier")),
    Column("auc_both", "AUC of the better percentile of the two", "score", area("max")),
    Column("lists_cut", "characters cut of lists behind an article", "lists", lists_cut(0.0, "boilerplate_cut")),
    Column("lists_cut_half", "the same, half of their lines masked", "lists", lists_cut(0.5, "boilerplate_cut")),
    Column("article_lost", "characters lost of these articles", "lists", lists_cut(0.5, "article_lost")),
    Column("contained_found", "pages inside longer ones found", "containment", contained_found),
    Column(
        "contained_false", "clean documents dropped as inside another and not so", "containment", contained_false
    ),
    Column("spans_found", "passages of 50 tokens or more found", "spans", spans_found),
    Column(
        "decon_precision", "documents said to hold a test item that do", "decon", decontaminated("right", "said")
    ),
    Column("decon_recall", "documents that hold a test item found", "decon", decontaminated("right", "dirty")),
    *(
        Column(f"f1_{name}", f"token F1 of news pages, extractor {name}", "extraction", extracted(name))
        for name in ("lines", "resiliparse", "trafilatura")
    ),
]


def evaluated(labelled: Path) -> list[dict[str, Any]]:
    """Rows of evaluate-lid, a language each, with whether the model knows it."""
    job = Path(__file__).parent.parent / "jobs" / "evaluate_lid.py"
    command = [sys.executable, str(job), "--json", "--labelled"]
    said = subprocess.run([*command, str(labelled)], check=True, capture_output=True, text=True).stdout
    rows: list[dict[str, Any]] = json.loads(said)["languages"]
    return rows


def tables(data: Path, labelled: Path | None, wanted: set[str]) -> dict[str, list[dict[str, Any]]]:
    """The rows of each program that is asked."""
    asked: dict[str, Callable[[Path], list[dict[str, Any]]]] = {
        "spun": quality_spun.table,
        "rules": quality_rules.table,
        "bad": quality_bad_text.table,
        "lines": quality_lines.table,
        "containment": quality_containment.table,
        "extraction": quality_extraction.table,
        "score": quality_score.table,
        "lists": quality_lists.table,
        "spans": quality_spans.table,
        "decon": quality_decontamination.table,
    }
    found = {name: program(data) for name, program in asked.items() if name in wanted}
    if labelled and wanted & {"lid", "lid_unknown"}:
        rows = evaluated(labelled)
        found["lid"] = [row for row in rows if row["known"]]
        found["lid_unknown"] = [row for row in rows if not row["known"]]
    return found


def main() -> None:
    """Ask all and print a row a language."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--labelled", type=Path)
    parser.add_argument("--only", nargs="*", default=[], choices=[column.name for column in COLUMNS])
    parser.add_argument("--least", type=int, default=4)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    columns = [column for column in COLUMNS if not arguments.only or column.name in arguments.only]
    rows = tables(arguments.data, arguments.labelled, {column.of for column in columns})
    columns = [column for column in columns if column.of in rows]
    found = {column.name: column.part(rows[column.of]) for column in columns}
    held = Counter(language for figures in found.values() for language in figures)
    languages = sorted(name for name, count in held.items() if name != ALL and count >= arguments.least)
    if arguments.json:
        print(json.dumps(found, sort_keys=True))
        return
    for column in columns:
        print(f"- `{column.name}`: {column.meaning}")
    print(f"\n| language | {' | '.join(column.name for column in columns)} |")
    print("|---|" + "---:|" * len(columns))
    for language in [ALL, *languages]:
        cells = [
            f"{100 * found[column.name][language]:.1f}" if language in found[column.name] else ""
            for column in columns
        ]
        print(f"| {language} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
