"""datatrove and this pipeline on the same crawl, one after the other: language, MinHash, Parquet.

    python benchmarks/compare_datatrove.py --datatrove-python venv/bin/python --documents 40000

datatrove runs at its own settings (14 bands of 8 rows, word 5-grams), with the same language model. This pipeline
does all that it always does, without perplexity, which datatrove has not either. Start-up counts on both sides.
"""

import argparse
import sys
from pathlib import Path

from sides import HERE, add_options, compare, ours


def main() -> None:
    """Run both, print both and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--datatrove-python", default=sys.executable, help="an interpreter that has datatrove")
    add_options(parser)
    given = parser.parse_args()

    def theirs(archives: list[str], output: Path) -> list[str]:
        folder = output.with_name("archives")  # it takes a folder, not files
        if not folder.exists():
            folder.mkdir()
            for archive in archives:
                (folder / Path(archive).name).symlink_to(archive)
        command = [given.datatrove_python, str(HERE / "peers" / "run_datatrove.py"), "--output", str(output)]
        return [*command, "--identifier", given.identifier, "--processes", str(given.processes), str(folder)]

    compare("datatrove", theirs, ours(given), given)


if __name__ == "__main__":
    main()
