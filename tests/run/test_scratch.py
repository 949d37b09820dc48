"""Where Spark's temporary files lie when the user says so; what a kill leaves of them: test_kill.py."""

from pathlib import Path

import pytest

from ccnet_lite.run.jvm import local_dirs
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
    folders = [Path(each) for each in local_dirs(defaults).split(",")]
    assert [folder.parent.parent.parent for folder in folders] == disks
    assert {mode(folder) for folder in folders} == {0o700}


def test_where_the_user_gave_none_spark_goes_by_java(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPARK_LOCAL_DIRS", raising=False)
    assert local_dirs({}) == ""
