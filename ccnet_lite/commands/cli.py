"""What the jobs share: their arguments, and exit statuses (0 done, 2 the user's mistake, 1 anything else)."""

import argparse
import errno
import logging
import os
import shutil
import signal
import socketserver
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, NoReturn

from py4j.protocol import Py4JError, Py4JNetworkError

from ccnet_lite.archives.errors import SourceError
from ccnet_lite.errors import RunFailed, UserError

Job = Callable[[argparse.Namespace], None]

GOES_ON = "the same command goes on from what is done"


def run_parser(
    description: str, with_input: bool, with_plan: bool = True, with_index: bool = False
) -> argparse.ArgumentParser:
    """Arguments of a job that works on a run's folder."""
    parser = argparse.ArgumentParser(description=description)
    if with_plan:
        parser.add_argument(
            "--plan", action="store_true", help="say what would be done and why, and do nothing"
        )
    parser.add_argument("--config", metavar="FILE", help="settings, a TOML file (see conf/)")
    parser.add_argument("--output", metavar="DIR", required=True, type=Path, help="the run's folder")
    parser.add_argument(
        "--set",
        dest="overrides",
        metavar="SECTION.KEY=VALUE",
        action="append",
        default=[],
        help="override a setting; may be given again",
    )
    if with_index:
        parser.add_argument(
            "--index",
            metavar="DIR",
            dest="overrides",
            action="append",
            type=lambda folder: f"near_duplicates.index={folder}",
            help="match near-duplicates with crawls run before with this folder, and keep this one's there",
        )
    if with_input:
        parser.add_argument(
            "--input",
            dest="inputs",
            metavar="PATH",
            action="append",
            default=[],
            help="a WARC or WET file, a glob, a wet.paths(.gz) list, or a URL; may be given again",
        )
        parser.add_argument("--crawl", metavar="ID", help="a crawl by name, as CC-MAIN-2024-22")
        parser.add_argument("--shards", metavar="0-9,12", help="which archives of the crawl")
        parser.add_argument(
            "--kind", choices=["wet", "warc"], default="wet", help="which archives of the crawl"
        )
        parser.add_argument("--limit", metavar="N", type=int, help="no more than the first N archives")
    return parser


def say_interrupted(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Have Ctrl-C be a line while a job's modules are still loading, too."""
    if issubclass(kind, KeyboardInterrupt):
        print("interrupted: nothing was begun", file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = say_interrupted  # jobs import this module first


def main(parser: argparse.ArgumentParser, job: Job) -> NoReturn:
    """Parse, run, and exit as the contract says."""
    arguments = parser.parse_args()
    stop_as_asked()
    hush_lost_connections()
    sys.exit(status_of(lambda: job(arguments), getattr(arguments, "output", None)))


def stop_as_asked() -> None:
    """Have SIGTERM and a closed terminal stop a job as Ctrl-C does, with its line and its clean-up."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:  # nohup's wish stands
            signal.signal(number, stop)


def hush_lost_connections() -> None:
    """Leave it to `status_of` to say that Spark's JVM is gone: py4j's and PySpark's threads fill a screen."""
    handler = logging.StreamHandler()
    handler.addFilter(lambda record: "py4j" not in Path(record.pathname).parts)
    logging.getLogger().addHandler(handler)
    report = socketserver.BaseServer.handle_error

    def handle_error(server: socketserver.BaseServer, request: Any, address: Any) -> None:
        if not isinstance(sys.exception(), (EOFError, ConnectionError)):
            report(server, request, address)

    # Of the class: the server is PySpark's own, of its accumulators.
    socketserver.BaseServer.handle_error = handle_error  # type: ignore[method-assign,assignment]


def status_of(work: Callable[[], None], output: Path | None = None) -> int:
    """Run; a failure is one line where it is the user's or the run's, a traceback where it is ours.

    output: the folder that the job writes to, to be named when its disk is full.
    """
    try:
        work()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except (RunFailed, SourceError) as error:
        print(f"failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt as error:
        by = f" by {error}" if str(error) else ""
        print(f"interrupted{by}: {GOES_ON}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read our output has seen enough
        sys.stdout = None
        return 1
    except Exception as error:
        mistake = _raised_by_worker("UserError", str(error))
        if mistake:
            print(f"error: {mistake}", file=sys.stderr)
            return 2
        cause = _raised_by_worker("RunFailed", str(error)) or _cause_outside(error, output)
        if cause:
            print(f"failed: {cause}", file=sys.stderr)
            return 1
        if os.environ.get("CCNET_LITE_TRACEBACK", "1") != "0":
            traceback.print_exc()
        return 1
    return 0


def _raised_by_worker(name: str, message: str) -> str:
    """The message of an error of ours that a Spark worker raised, which arrives as text."""
    for line in message.splitlines():
        _, found, rest = line.partition(f"ccnet_lite.errors.{name}: ")
        if found:
            return rest
    return ""


def _cause_outside(error: Exception, output: Path | None) -> str:
    """What befell the run from outside, in a line; empty where it is nothing that is known."""
    message = str(error)
    if any(os.strerror(number) in message for number in (errno.ENOSPC, errno.EDQUOT)):
        return f"{_full_disk(output)}: free some space; {GOES_ON}"
    if "java.lang.OutOfMemoryError" in message:
        return f"Spark's JVM ran out of memory: raise spark.driver_memory or spark.executor_memory; {GOES_ON}"
    if any(sign in message for sign in ("Python worker exited", "Python worker failed", "pyspark.daemon")):
        return f"a Python worker died (killed, perhaps for lack of memory): {GOES_ON}"
    if "ExecutorLostFailure" in message:
        return f"an executor was lost (killed, perhaps for lack of memory): {GOES_ON}"
    if "SparkContext was shut down" in message or _is_of_lost_jvm(error):
        return f"Spark's JVM is gone (killed, perhaps for lack of memory): {GOES_ON}"
    return ""


def _is_of_lost_jvm(error: Exception) -> bool:
    """Whether the error came of the JVM's end. py4j may call it a network error, or a method not there."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, (Py4JNetworkError, ConnectionError, EOFError)):
            return True
        if isinstance(link, Py4JError):
            from ccnet_lite.run.session import jvm_has_ended  # here: most jobs' mistakes need no PySpark

            return jvm_has_ended()
        link = link.__cause__ or link.__context__
    return False


def _full_disk(output: Path | None) -> str:
    """Which of the folders that a run writes to has the least space left."""
    scratch = os.environ.get("SPARK_LOCAL_DIRS", tempfile.gettempdir()).split(",")
    folders = [folder for folder in (output, *map(Path, scratch)) if folder and folder.is_dir()]
    free = {folder: shutil.disk_usage(folder).free for folder in folders}
    if not free:
        return "the disk is full"
    folder = min(free, key=lambda folder: free[folder])
    return f"the disk of {folder} is full ({free[folder] // 1000:,} kB left)"
