"""Bounds by language for the rules of policies, fitted to reference prose or to a finished run."""

import argparse

from ccnet_lite.commands.arguments import Parser, add_settings, local_path, located, place

RESUMES = False
EXAMPLE = "ccnet-lite fit-rules --reference prose --policy gopher_quality fineweb --output thresholds.toml"


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    fitted = made.add_mutually_exclusive_group(required=True)
    what = "files xx.txt, xx.jsonl, xx.parquet, or folders xx/ of them"
    fitted.add_argument("--reference", metavar="PATH", type=local_path, nargs="+", action="extend", help=what)
    fitted.add_argument("--run", metavar="RUN", type=place, help="a finished run, with quality.measure=all")
    add = made.add_argument
    add("--output", metavar="FILE", type=local_path, required=True, help="quality.thresholds")
    policies = "policies, by name or path; none: the heuristics"
    add("--policy", metavar="POLICY", nargs="+", action="extend", default=[], help=policies)
    about = "percentile: drops a share; median: so many deviations from it (default: %(default)s)"
    add("--method", choices=("percentile", "median"), default="percentile", help=about)
    add("--share", type=float, default=0.01, help="that a percentile drops, at most (default: %(default)s)")
    add("--deviations", type=float, default=3.0, help="standard deviations (default: %(default)s)")
    add("--least", type=int, default=200, help="documents that a language needs (default: %(default)s)")
    add_settings(made, "[language] and [quality] are")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Fit, write, and print what the bounds cost."""
    from ccnet_lite.errors import UserError
    from ccnet_lite.finished.fit_rules import fit_rules, of_reference, of_run, rules_to_fit, thresholds_toml
    from ccnet_lite.kernels.policy_signals import check_policies
    from ccnet_lite.quality.common_words import word_lists
    from ccnet_lite.report.columns import align
    from ccnet_lite.run.models import read_common_words
    from ccnet_lite.settings import load_settings

    for option, holds, wanted in (
        ("share", 0 <= arguments.share < 1, "0 or more, below 1"),
        ("deviations", arguments.deviations >= 0, "0 or more"),
        ("least", arguments.least >= 1, "1 or more"),
    ):
        if not holds:
            raise UserError(f"--{option} {getattr(arguments, option)}: give {wanted}")
    given = [f"quality.policies={','.join(arguments.policy)}"] if arguments.policy else []
    settings = load_settings(arguments.config, [*arguments.overrides, *given])
    check_policies(settings)
    rules = rules_to_fit(settings)
    if arguments.run is None:
        documents = of_reference(arguments.reference, word_lists(read_common_words(settings)))
    else:
        documents = of_run(located(arguments.run), rules)
    how = arguments.method, arguments.share, arguments.deviations
    fits = fit_rules(rules, documents, *how, arguments.least)
    by = {"share": how[1]} if how[0] == "percentile" else {"deviations": how[2]}
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(thresholds_toml(fits, {"method": how[0], **by}), encoding="utf-8")
    body = [
        [
            *(fit.rule.name, fit.language, f"{fit.documents:,}", f"{fit.rule.comparison} {fit.rule.bound:g}"),
            f"{fit.dropped_before:.1%}",
            "too few documents" if fit.bound is None else f"{fit.bound:g}{', asks nothing' * fit.asks_nothing}",
            f"{fit.dropped:.1%}",
        ]
        for fit in fits
        if fit.bound != fit.rule.bound and (fit.bound is not None or fit.dropped)
    ]
    heads = ["rule", "language", "documents", "its own bound", "drops", "fitted", "drops"]
    print("\n".join(align([heads, *body], left=2)))
    if any(fit.asks_nothing for fit in fits):
        print("\nwhat asks nothing drops nothing: give the rule a bound `loosest` in a policy of your own")
    print(f"\nelsewhere each of {len(rules)} rules has its own bound; use them by")
    print(f"--set quality.thresholds={arguments.output}")
