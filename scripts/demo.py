"""`make demo`: make the sample crawl, train language models on its reference prose, run the pipeline."""

import argparse
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent


def step(title: str, *command: str) -> None:
    """Show a command as a user would type it, run it, stop when it fails."""
    print(f"\n== {title}\n$ python {' '.join(command)}", flush=True)
    began = time.monotonic()
    status = subprocess.run([sys.executable, *command], cwd=REPOSITORY).returncode
    if status:
        sys.exit(status)
    print(f"   ({time.monotonic() - began:.0f} s)", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", default="build/demo", help="where everything goes")
    parser.add_argument("--documents", default="3000")
    arguments = parser.parse_args()
    crawl, models, run = (f"{arguments.output}/{name}" for name in ("crawl", "lm", "run"))
    step("A sample crawl", "jobs/make_sample.py", "--output", crawl, "--documents", arguments.documents)
    if not (REPOSITORY / models / "cutoffs.json").exists():
        step(
            "Language models, from the sample's reference prose",
            *(
                "jobs/train_lm.py",
                "--reference",
                f"{crawl}/reference",
                "--cutoffs-from",
                f"{crawl}/web",
                "--output",
                models,
                "--vocab-size",
                "2000",
            ),
        )
    step(
        "The pipeline",
        *("jobs/run_pipeline.py", "--config", "conf/local.toml", "--input", f"{crawl}/*.gz", "--output", run),
        *("--set", f"quality.lm_dir={models}", "--set", "language.drop=eo"),
        *("--set", "sampling.budget=20000000"),
    )


if __name__ == "__main__":
    main()
