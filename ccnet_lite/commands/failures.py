"""How a command ends: 0 done, 2 the user's mistake, 1 anything else; and what it says then, in one line."""

import argparse
import errno
import io
import os
import shutil
import signal
import socketserver
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, NoReturn, TextIO, cast

from ccnet_lite.archives.errors import SourceError
from ccnet_lite.commands.messages import ensure_messages, tell
from ccnet_lite.errors import RunFailed, UnreadFile, UserError, visible

GOES_ON = "the same command goes on from what is done"
BEGINS_ANEW = "the same command begins anew"
VERIFY = "ccnet-lite verify says of a run all that is amiss, and what to do"


def say_interrupted(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Have Ctrl-C be a line while a command's modules are still loading, too."""
    if issubclass(kind, KeyboardInterrupt):
        tell("interrupted", "nothing was begun")
    else:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = say_interrupted  # commands import this module first


def end(work: Callable[[], None], output: str | Path | None = None, resumes: bool = False) -> NoReturn:
    """Run, and exit as the contract says.

    output: where the command writes, if anywhere.
    resumes: whether it goes on from what an earlier try left there.
    """
    stop_as_asked()
    hush_lost_connections()
    sys.exit(status_of(work, output, resumes))


def stop_as_asked() -> None:
    """Have SIGTERM and a closed terminal stop a command as Ctrl-C does, with its line and its clean-up."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:  # nohup's wish stands
            signal.signal(number, stop)


def hush_lost_connections() -> None:
    """Leave it to `status_of` to say that Spark's JVM is gone: PySpark's threads fill a screen."""
    report = socketserver.BaseServer.handle_error

    def handle_error(server: socketserver.BaseServer, request: Any, address: Any) -> None:
        if not isinstance(sys.exception(), (EOFError, ConnectionError)):
            report(server, request, address)

    # Of the class: the server is PySpark's own, of its accumulators.
    socketserver.BaseServer.handle_error = handle_error  # type: ignore[method-assign,assignment]


class Shown(io.TextIOBase):
    """A stream to a terminal on which whatever is printed does nothing but be seen.

    Names of files, archives, languages and URLs are somebody else's, and can hold what a terminal acts on.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str, /) -> int:
        """All of the text, what the terminal has no character for written out, too."""
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(visible(text, "\n\t").encode(encoding, "backslashreplace").decode(encoding))
        return len(text)

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        return not self._stream.closed and self._stream.isatty()

    def flush(self) -> None:
        """What was written goes out."""
        self._stream.flush()


@contextmanager
def shown() -> Iterator[None]:
    """Have all that is printed in the block pass through `Shown`."""
    out, err = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast(TextIO, stream and Shown(stream)) for stream in (out, err))
    try:
        yield
    finally:
        sys.stdout = sys.stdout and out  # None: whoever read it is gone
        sys.stderr = err


def status_of(work: Callable[[], None], output: str | Path | None = None, resumes: bool = False) -> int:
    """Run; a failure is one line where it is the user's or the run's, a traceback where it is ours.

    output, resumes: as `end` takes them; they tell what to do next, and which disk may be full.
    """
    ensure_messages()
    with shown():
        return _status_of(work, output, resumes)


def _status_of(work: Callable[[], None], output: str | Path | None, resumes: bool) -> int:
    try:
        work()
    except (UserError, argparse.ArgumentTypeError) as error:
        tell("error", error)
        return 2
    except UnreadFile as error:
        tell("failed", f"{error}; {GOES_ON if resumes else VERIFY}")
        return 1
    except (RunFailed, SourceError) as error:
        tell("failed", error)
        return 1
    except KeyboardInterrupt as error:
        by = f" by {error}" if str(error) else ""
        tell(f"interrupted{by}", next_step(output, resumes))
        return 1
    except BrokenPipeError:  # whoever read our output has seen enough
        sys.stdout = None
        return 1
    except Exception as error:
        mistake = _raised_by_worker("UserError", str(error))
        if mistake:
            tell("error", mistake)
            return 2
        cause = _raised_by_worker("RunFailed", str(error))
        unread = _raised_by_worker("UnreadFile", str(error))
        outside = cause or _cause_outside(error, output)
        if unread:
            tell("failed", f"{unread}; {GOES_ON if resumes else VERIFY}")
            return 1
        if outside:
            tell("failed", cause or f"{outside}; {next_step(output, resumes)}")
            return 1
        if os.environ.get("CCNET_LITE_TRACEBACK", "1") != "0":
            traceback.print_exc()
        return 1
    return 0


def next_step(output: str | Path | None, resumes: bool) -> str:
    """What to do after a command was cut short: whether the same one goes on, begins anew, or is refused."""
    if resumes:
        return GOES_ON
    if output is None or _is_vacant(output):
        return BEGINS_ANEW
    return f"what {output} holds is not whole: delete it, or give another folder, and begin anew"


def _is_vacant(output: str | Path) -> bool:
    """Whether a command that needs a new folder would take this one. Of other storage that is not asked."""
    if "://" in str(output) and not str(output).startswith("file://"):
        return False
    folder = Path(str(output).removeprefix("file://"))
    return not folder.is_dir() or not any(folder.iterdir())


def _raised_by_worker(name: str, message: str) -> str:
    """The message of an error of ours that a Spark worker raised, which arrives as text."""
    for line in message.split("\n"):
        _, found, rest = line.partition(f"ccnet_lite.errors.{name}: ")
        if found:
            return rest
    return ""


def _cause_outside(error: Exception, output: str | Path | None) -> str:
    """What befell the run from outside, in a line; empty where it is nothing that is known."""
    message = str(error)
    if any(os.strerror(number) in message for number in (errno.ENOSPC, errno.EDQUOT)):
        return f"{_full_disk(output)}: free some space"
    if "java.lang.OutOfMemoryError" in message:
        return "Spark's JVM ran out of memory: raise spark.driver_memory or spark.executor_memory"
    if any(
        sign in message
        for sign in ("Python worker exited", "Python worker failed", "pyspark.daemon", "stages.daemon")
    ):
        return "a Python worker died (killed, perhaps for lack of memory)"
    if "ExecutorLostFailure" in message:
        return "an executor was lost (killed, perhaps for lack of memory)"
    if "SparkContext was shut down" in message or _is_of_lost_jvm(error):
        return "Spark's JVM is gone (killed, perhaps for lack of memory)"
    if isinstance(error, OSError):  # a file or a disk; its message names which
        return message.split("\n")[0]
    return ""


def _is_of_lost_jvm(error: Exception) -> bool:
    """Whether the error came of the JVM's end. py4j may call it a network error, or a method not there."""
    py4j = sys.modules.get("py4j.protocol")  # not imported: most commands' mistakes need no Spark
    if py4j is None:
        return False
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, (py4j.Py4JNetworkError, ConnectionError, EOFError)):
            return True
        if isinstance(link, py4j.Py4JError):
            from ccnet_lite.run.jvm import jvm_has_ended

            return jvm_has_ended()
        link = link.__cause__ or link.__context__
    return False


def _full_disk(output: str | Path | None) -> str:
    """Which of the folders that a run writes to has the least space left."""
    scratch = os.environ.get("SPARK_LOCAL_DIRS", tempfile.gettempdir()).split(",")
    folders = [Path(folder) for folder in (output, *scratch) if folder and Path(folder).is_dir()]
    free = {folder: shutil.disk_usage(folder).free for folder in folders}
    if not free:
        return "the disk is full"
    folder = min(free, key=lambda folder: free[folder])
    return f"the disk of {folder} is full ({free[folder] // 1000:,} kB left)"
