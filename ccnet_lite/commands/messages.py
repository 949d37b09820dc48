"""What a command says while it works: one way for all of it, to standard error, as text or as lines of JSON.

Modules say things by the standard `logging`, under their own names; `extra={"step": ...}` names the step of a
run, `extra={"kind": ...}` the word that the line begins with as text. Results go to standard output and are
not messages.
"""

import argparse
import json
import logging
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from ccnet_lite.errors import visible

LEVELS = {"quiet": logging.WARNING, "normal": logging.INFO, "verbose": logging.DEBUG}
FORMATS = ("text", "json")
_log = logging.getLogger(__name__)


def add_messages(parser: argparse.ArgumentParser) -> None:
    """Add --quiet, -v and --log-format, which every command has."""
    group = parser.add_argument_group("messages")
    loud = group.add_mutually_exclusive_group()
    add = loud.add_argument
    about = "say only what is wrong; results are printed as ever"
    add("-q", "--quiet", dest="loudness", action="store_const", const="quiet", default="normal", help=about)
    add("-v", "--verbose", dest="loudness", action="store_const", const="verbose", help="say more")
    about = "messages as text, or a line of JSON each"
    group.add_argument("--log-format", metavar="text|json", choices=FORMATS, default="text", help=about)


def take_messages(given: Sequence[str]) -> list[str]:
    """Set messages up as the arguments say, wherever among them; gives the other arguments."""
    # Before all others are looked at: a mistake in these is a message, too.
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, prog="ccnet-lite", exit_on_error=False)
    add_messages(parser)
    set_up_messages()
    try:
        chosen, rest = parser.parse_known_args(list(given))
    except argparse.ArgumentError as error:
        refuse(str(error))
    set_up_messages(chosen.loudness, chosen.log_format)
    return rest


def set_up_messages(loudness: str = "normal", form: str = "text") -> None:
    """Have messages of this process go to standard error; once more, it is changed."""
    _HANDLER.setFormatter(_Json() if form == "json" else _Text())
    logging.getLogger().addHandler(_HANDLER)  # one handler, however often it is added
    logging.getLogger("ccnet_lite").setLevel(LEVELS[loudness])


def ensure_messages() -> None:
    """Set them up where nobody has."""
    if _HANDLER not in logging.getLogger().handlers:
        set_up_messages()


def tell(kind: str, message: object) -> None:
    """Say what went wrong: error (a mistake of the user), failed, or interrupted."""
    ensure_messages()
    _log.error("%s", message, extra={"kind": kind})


def refuse(message: str) -> NoReturn:
    """Say a mistake of the user, and leave with its status."""
    tell("error", message)
    sys.exit(2)


class _Handler(logging.Handler):
    """Writes to whatever standard error is at the time."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            print(self.format(record), file=sys.stderr, flush=True)
        except Exception:
            self.handleError(record)


class _Text(logging.Formatter):
    """A message as it is; what is wrong after a word that says so."""

    def format(self, record: logging.LogRecord) -> str:
        kind = getattr(record, "kind", "warning" if record.levelno == logging.WARNING else "")
        line = visible(f"{kind}: {record.getMessage()}" if kind else record.getMessage())
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class _Json(logging.Formatter):
    """A line of JSON: time (UTC), level, message; kind and step where they are known."""

    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        said = {
            "time": f"{moment}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "message": record.getMessage().strip(),
        }
        for name in ("kind", "step"):
            if value := getattr(record, name, ""):
                said[name] = value
        return json.dumps(said)  # in ASCII: nothing in it acts on a terminal


_HANDLER = _Handler()
# It is left to failures.py to say that Spark's JVM is gone: py4j's threads would fill a screen.
_HANDLER.addFilter(lambda record: "py4j" not in Path(record.pathname).parts)
