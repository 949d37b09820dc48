"""Where Spark's temporary files lie when the user says so; what a kill leaves of them: test_kill.py."""

import os
from pathlib import Path

import pytest

from ccnet_lite.run.session import _in_scratch
from tests.store.test_scratch import mode, temporary

__all__ = ["temporary"]


@pytest.mark.parametrize("as_variable", [True, False])
def test_folders_that_the_user_gave_hold_scratch_of_their_own(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_variable: bool
) -> None:
    monkeypatch.delenv("SPARK_LOCAL_DIRS", raising=False)
    disks = [tmp_path / "disk one", tmp_path / "two"]
    given = ",".join(map(str, disks))
    if as_variable:
        monkeypatch.setenv("SPARK_LOCAL_DIRS", given)
    defaults = {} if as_variable else {"spark.local.dir": given}
    with _in_scratch(True, defaults):
        folders = [Path(each) for each in os.environ["SPARK_LOCAL_DIRS"].split(",")]
        assert [folder.parent.parent.parent for folder in folders] == disks
        assert {mode(folder) for folder in folders} == {0o700}
    assert os.environ.get("SPARK_LOCAL_DIRS") == (given if as_variable else None)
    with _in_scratch(False, defaults):  # a cluster's managers may pass it on
        assert os.environ.get("SPARK_LOCAL_DIRS") == (given if as_variable else None)
