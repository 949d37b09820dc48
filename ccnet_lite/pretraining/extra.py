"""Libraries that only the hand-over to a trainer needs, loaded where they are used."""

from importlib import import_module
from typing import Any

from ccnet_lite.errors import UserError

WITHOUT_TORCH = "PyTorch is not installed: install ccnet_lite[pretraining]"


def extra(module: str, purpose: str, install: str = "ccnet_lite[pretraining]") -> Any:
    """A module of an optional library. purpose: what needs it, for the message.

    Raises:
        UserError: it is not installed; says what to install.
    """
    try:
        return import_module(module)
    except ImportError as error:
        name = (error.name or module).partition(".")[0]
        raise UserError(f"{purpose} needs the library {name}, which is not installed: install {install}") from None
