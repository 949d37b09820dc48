"""SentencePiece and KenLM models from files, or a line that says why one is none."""

import re
from pathlib import Path
from typing import Any

import kenlm
import sentencepiece

from ccnet_lite.errors import UserError
from ccnet_lite.models.formats import one_line, other_format

ADVICE = "train or fetch it again"
_MOST_CHARS = 4000  # of a message, which may hold a line of the file
_KENLM_PLACE = re.compile(r"threw \w+(?: because `.*?')?\.\s")


def load_pieces(path: Path) -> Any:
    """A SentencePiece model.

    Raises:
        UserError: naming the file that is missing or is no such model.
    """
    try:
        return sentencepiece.SentencePieceProcessor(model_file=str(path))
    except (OSError, RuntimeError, ValueError, MemoryError) as error:
        raise _refused(path, "SentencePiece", str(error)) from None


def load_lm(path: Path) -> Any:
    """A KenLM model, mapped: its pages are read as they are asked for, and shared by all processes.

    Raises:
        UserError: naming the file that is missing or is no such model.
    """
    config = kenlm.Config()
    config.show_progress = False
    config.load_method = kenlm.LoadMethod.LAZY
    config.arpa_complain = kenlm.ARPALoadComplain.NONE
    try:
        return kenlm.Model(str(path), config)
    except UnicodeDecodeError as error:  # of what is said of the file, with bytes of it
        raise _refused(path, "KenLM", kenlm_reason(error.object.decode("utf-8", "replace"))) from None
    except (OSError, RuntimeError, ValueError, MemoryError) as error:
        raise _refused(path, "KenLM", kenlm_reason(str(error))) from None


def kenlm_reason(message: str) -> str:
    """What is wrong, of a message that says first where in KenLM's source that was found.

    >>> kenlm_reason("Cannot read model 'x' (a.cc:5 in void f() threw EndException because `0 == r'. End of x)")
    'End of x'
    """
    if message.startswith("Cannot read model"):
        message = message.removesuffix(")")
        if message.endswith("("):  # with Debian 12's Python where what it would say is no UTF-8
            return "KenLM does not say why"
    return _KENLM_PLACE.split(message[:_MOST_CHARS], maxsplit=1)[-1]


def _refused(path: Path, kind: str, reason: str) -> UserError:
    if not path.is_file():
        return UserError(f"{path} does not exist: a language needs its {kind} model")
    other = other_format(path, kind)
    why = f"it is {other}" if other else one_line(reason)
    return UserError(f"{path} is not a {kind} model ({why}): {ADVICE}")
