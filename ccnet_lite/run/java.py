"""Whether there is a Java that Spark can start on, asked before it is: its own complaint is a traceback."""

import os
import re
import shutil
import subprocess

import pyspark

from ccnet_lite.errors import UserError

PATIENCE_SECONDS = 60


def needed_version() -> int:
    """The Java that this Spark needs at least."""
    return 17 if int(pyspark.__version__.partition(".")[0]) >= 4 else 8


def is_there() -> bool:
    """Whether there is a program of Java's name where Spark looks for one."""
    return shutil.which(_java()) is not None


def _java() -> str:
    home = os.environ.get("JAVA_HOME", "")
    return f"{home}/bin/java" if home else "java"


def check_java() -> None:
    """Look for Java where Spark will.

    Raises:
        UserError: there is none, it does not run, or it is too old.
    """
    home, needed, java = os.environ.get("JAVA_HOME", ""), needed_version(), _java()
    if not is_there():
        if home:
            raise UserError(
                f"JAVA_HOME is {home}, where no bin/java is: set it to a Java {needed} or later, or unset it"
            )
        raise UserError(f"there is no java on the PATH: install Java {needed} or later, or set JAVA_HOME")
    try:
        done = subprocess.run(
            [java, "-version"], capture_output=True, text=True, errors="replace", timeout=PATIENCE_SECONDS
        )
        said, status = done.stderr + done.stdout, done.returncode
    except (OSError, subprocess.TimeoutExpired) as error:
        said, status = str(error), 1
    version = java_version(said)
    if status or version is None:
        lines = said.split("\n")
        raise UserError(f"{java} -version does not say its version ({lines[0][:200]}): set JAVA_HOME to a Java")
    if version < needed:
        raise UserError(
            f"{shutil.which(java)} is Java {version}; Spark {pyspark.__version__} needs {needed} or later: "
            "set JAVA_HOME to one"
        )


def java_version(said: str) -> int | None:
    """The major version in what `java -version` says, or None.

    >>> java_version('openjdk version "17.0.15" 2025-04-15'), java_version('java version "1.8.0_392"')
    (17, 8)
    """
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else None
