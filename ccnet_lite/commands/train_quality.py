"""Quality classifiers by language, of good documents against bad ones: xx.quality.bin, quality.json."""

import argparse

from ccnet_lite.commands.arguments import Parser, local_path, place

RESUMES = True
EXAMPLE = "ccnet-lite train-quality --good prose --bad out --output models/quality"
OPTIONS = ("most", "held_out", "epochs", "seed")


def parser() -> Parser:
    """Its arguments; what is not given is left to `QualityOptions`, which knows the defaults."""
    made = Parser(__doc__, EXAMPLE, argument_default=argparse.SUPPRESS)
    add = made.add_argument
    what = "folders of xx.txt, xx.jsonl, xx.parquet, xx/*, or such files: prose as it should be"
    add("--good", metavar="PATH", type=local_path, nargs="+", action="extend", required=True, help=what)
    about = "a finished run, or folders and files as of --good: what is to be told from it"
    add("--bad", metavar="RUN|PATH", type=place, nargs="+", action="extend", required=True, help=about)
    about = "of a run: what stands in its corpus, or what it rejected (corpus)"
    add("--bad-documents", choices=["corpus", "rejected"], default="corpus", help=about)
    add("--output", metavar="DIR", type=local_path, required=True, help="the folder of models; others there stay")
    add("--languages", metavar="xx,yy", default="", help="only these")
    add("--most", metavar="N", type=int, help="documents of each side and language, at most (20000)")
    add("--held-out", metavar="SHARE", type=float, help="of both sides, for the AUC (0.1)")
    add("--epochs", metavar="N", type=int, help="how often all documents are read (by their number)")
    add("--seed", metavar="N", type=int, help="of fastText (1)")
    add("--field", dest="text_field", metavar="NAME", default="text", help="of jsonl and Parquet (text)")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Train, and print how well each language's model tells the two apart."""
    from ccnet_lite.commands.arguments import located
    from ccnet_lite.finished.train_quality import train_on
    from ccnet_lite.models.train_quality import QualityOptions
    from ccnet_lite.report.columns import align

    given = vars(arguments)
    options = QualityOptions(**{name: given[name] for name in OPTIONS if name in given})
    languages = [code for code in arguments.languages.split(",") if code]
    bad = [located(each) for each in arguments.bad]
    trained = train_on(
        *(arguments.good, bad, arguments.output, languages),
        *(arguments.bad_documents, options, arguments.text_field),
    )
    rows = [["language", "documents", "held out", "AUC"]]
    for each in trained:
        if each.record is None:
            rows.append([each.language, "skipped", "", each.skipped])
        else:
            area, held = each.record["auc"], each.record["held_out"]
            told = "not measured: fewer than 10 held out" if area is None else f"{area:.3f}"
            learnt = " and ".join(f"{count:,}" for count in each.record["documents"])
            rows.append([each.language, learnt, " and ".join(map(str, held)), told])
    print("\n".join(align(rows)))
    print(f"\nuse them by --set quality.score_dir={arguments.output}")
