"""CCNet's own code and this pipeline on the same crawl with the same models, one after the other, in one run.

    python benchmarks/compare_ccnet.py --ccnet-source cc_net --ccnet-python venv/bin/python \
        --lm-dir models --documents 160000

Start-up counts on both sides, and so does everything that this pipeline does beyond CCNet: near-duplicates, the
ledger, digests, Parquet, the report. CPU is that of all processes. The crawl is that of --input, or made.
CCNet's code is fetched by the user (facebookresearch/cc_net); its requirements lie with --ccnet-python (numpy 1).
"""

import argparse
import sys
from pathlib import Path

from sides import HERE, add_options, compare, ours


def main() -> None:
    """Run both, print both and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ccnet-source", required=True, help="a work tree of facebookresearch/cc_net")
    parser.add_argument("--ccnet-python", default=sys.executable, help="an interpreter with its requirements")
    parser.add_argument("--lm-dir", required=True, help="a folder of xx.sp.model and xx.arpa.bin, for both")
    add_options(parser)
    given = parser.parse_args()

    def theirs(archives: list[str], output: Path) -> list[str]:
        command = [given.ccnet_python, str(HERE / "peers" / "run_ccnet.py"), "--source", given.ccnet_source]
        command += ["--models", given.lm_dir, "--identifier", given.identifier, "--output", str(output)]
        return [*command, "--processes", str(given.processes), *archives]

    cutoffs = Path(given.ccnet_source, "cc_net", "data", "cutoff.csv")
    own = ours(given, f"quality.lm_dir={given.lm_dir}", f"quality.cutoffs={cutoffs}")
    compare("CCNet", theirs, own, given)


if __name__ == "__main__":
    main()
