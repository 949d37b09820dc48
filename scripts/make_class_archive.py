"""Archive the Java classes that a run loads (class data sharing): Spark then starts in half the time.

Runs the pipeline on a small sample crawl under -XX:ArchiveClassesAtExit. The archive fits one Java and one
set of jars; Java ignores one that does not fit. A Java without class data sharing leaves none: nothing fails.
That run has language models, so that all that numba compiles is compiled by then, too.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from ccnet_lite.run.jvm import class_archive

REPOSITORY = Path(__file__).parent.parent
JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # as conf/local.toml, which reads the archive


def main() -> None:
    """Make the archive; the old one stands until the new one is whole."""
    target = class_archive()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as work:
        crawl, models, made = Path(work, "crawl"), Path(work, "lm"), Path(work, target.name)
        sample = ["jobs/make_sample.py", "--output", str(crawl), "--documents", "300", "--shards", "2"]
        train = ["jobs/train_lm.py", "--reference", f"{crawl}/reference", "--output", str(models)]
        train += ["--vocab-size", "500"]
        run = ["jobs/run_pipeline.py", "--config", "conf/local.toml", "--output", str(Path(work, "run"))]
        run += ["--input", f"{crawl}/*.gz", "--set", f"quality.lm_dir={models}"]
        run += ["--set", f"spark.driver_java_options={JVM} -XX:ArchiveClassesAtExit={made}"]
        for command in (sample, train, run):
            # Captured, because Java writes the archive after Python is gone: the pipe ends when Java does.
            subprocess.run([sys.executable, *command], cwd=REPOSITORY, check=True, capture_output=True)
        if made.exists():
            made.replace(target)
            print(f"{target}: {target.stat().st_size / 1e6:.0f} MB")
        else:
            print("this Java made no archive: runs start without one")


if __name__ == "__main__":
    main()
