"""What of a run cannot be read as what was written there is made anew, once, and the run goes on.

A file is held to be damaged only when all of its bytes could be had and are others than were written: a host
or a disk that does not answer tells nothing of them.
"""

from collections.abc import Callable, Sequence

from ccnet_lite.errors import RunFailed, UnreadFile
from ccnet_lite.run.engine import Run, Step, say
from ccnet_lite.store.reading import content_problem
from ccnet_lite.store.tables import DataFile, Table
from ccnet_lite.store.writing import WORK

IN_TEXT = f"{UnreadFile.__module__}.{UnreadFile.__name__}: "
"""How the error begins that a Spark task raised, which arrives as text."""


def mending(run: Run, steps: Sequence[Step], work: Callable[[], None]) -> None:
    """Do the work, which runs the steps; where it meets a damaged file, clear that away and begin again.

    Raises:
        RunFailed: a damaged file of a table that none of the steps makes.
    """
    mended: set[str] = set()
    while True:
        try:
            return work()
        except Exception as error:
            said = unread_in(error)
            if not said or said in mended or not cleared(run, steps, said):
                raise
            mended.add(said)


def unread_in(error: Exception) -> str:
    """Place and reason of the file that could not be read, if that is what the error is of; else empty."""
    if isinstance(error, UnreadFile):
        return str(error)
    for line in str(error).split("\n"):
        _, found, rest = line.partition(IN_TEXT)
        if found:
            return rest
    return ""


def cleared(run: Run, steps: Sequence[Step], said: str) -> bool:
    """Clear away what is damaged, so that the steps make it anew; False where nothing is."""
    work = f"{run.folder / WORK}/"
    if said.startswith(work):
        step = said.removeprefix(work).partition("/")[0]
        say(f"{run.folder.shown}/{WORK}/{step} is damaged: it is made anew")
        (run.folder / WORK / step).delete_all()
        return True
    found = _file_of(run, said)
    if found is None:
        return False
    table, file = found
    place = table.place(file)
    try:
        problem = content_problem(place, file)
    except OSError:
        return False
    if not problem:
        return False
    if not any(table.name in step.outputs for step in steps):
        raise RunFailed(
            f"{place.shown} {problem}: call ccnet-lite run, which makes the table {table.name} anew"
        ) from None
    say(f"{place.shown} {problem}: the table {table.name} is made anew")
    place.clear()
    return True


def _file_of(run: Run, said: str) -> tuple[Table, DataFile] | None:
    """The file that a message begins with, and the first table that lists it."""
    for table in run.tables.values():
        for file in table.files:
            if said.startswith(f"{table.place(file)} "):
                return table, file
    return None
