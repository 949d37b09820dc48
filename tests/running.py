"""Job scripts, run as a user runs them but in this process, on the session that the tests share."""

import runpy
import sys
from pathlib import Path

import pytest

JOBS_FOLDER = Path(__file__).parent.parent / "jobs"


def job(name: str, *arguments: str | Path) -> int:
    """Run jobs/NAME; its exit status."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", [name, *map(str, arguments)])
        runpy.run_path(str(JOBS_FOLDER / name), run_name="__main__")
    return int(ended.value.code or 0)
