"""What the jobs share: their arguments, and exit statuses (0 done, 2 the user's mistake, 1 anything else)."""

import argparse
import errno
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from ccnet_lite.archives.errors import SourceError
from ccnet_lite.errors import RunFailed, UserError

Job = Callable[[argparse.Namespace], None]


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


def main(parser: argparse.ArgumentParser, job: Job) -> NoReturn:
    """Parse, run, and exit as the contract says."""
    arguments = parser.parse_args()
    sys.exit(status_of(lambda: job(arguments)))


def status_of(work: Callable[[], None]) -> int:
    """Run; a failure is one line where it is the user's or the run's, a traceback where it is ours."""
    try:
        work()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except (RunFailed, SourceError) as error:
        print(f"failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted: the same command goes on from what is done", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read our output has seen enough
        sys.stdout = None
        return 1
    except Exception as error:
        mistake = _user_error_of_worker(str(error))
        if mistake:
            print(f"error: {mistake}", file=sys.stderr)
            return 2
        if os.strerror(errno.ENOSPC) in str(error):
            print(
                "failed: the disk is full: free some space; the same command goes on from what is done",
                file=sys.stderr,
            )
            return 1
        if os.environ.get("CCNET_LITE_TRACEBACK", "1") != "0":
            traceback.print_exc()
        return 1
    return 0


def _user_error_of_worker(message: str) -> str:
    """The message of a UserError that a Spark worker raised, which arrives as text."""
    for line in message.splitlines():
        _, found, rest = line.partition("ccnet_lite.errors.UserError: ")
        if found:
            return rest
    return ""
