"""Kinds of values that settings take, each refused with words for a person."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[int, Field(gt=0)]
NonNegative = Annotated[int, Field(ge=0)]
Sha256 = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
LEAST_DRIVER_MIB = 512
"""Spark refuses to start on less."""
_MIB = {"k": 1 / 1024, "m": 1.0, "g": 1024.0, "t": 1024.0**2}
_MASTER = re.compile(
    r"local(-cluster)?(\[(\*|\d+)(, *(\*|\d+))*\])?|spark://[^/:\s]+:\d+(,[^/:\s]+:\d+)*|yarn|k8s://\S+"
)


def _memory(text: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]*[kmgtKMGT]", text):
        raise ValueError("give a whole number and k, m, g or t, as 4g")
    return text


def _driver_memory(text: str) -> str:
    if int(_memory(text)[:-1]) * _MIB[text[-1].lower()] < LEAST_DRIVER_MIB:
        raise ValueError(f"Spark does not start on less than {LEAST_DRIVER_MIB}m: give more")
    return text


def _master(text: str) -> str:
    if not _MASTER.fullmatch(text):
        raise ValueError("give local[*], local[4], spark://HOST:PORT, yarn or k8s://HOST:PORT")
    return text


Memory = Annotated[str, AfterValidator(_memory)]
DriverMemory = Annotated[str, AfterValidator(_driver_memory)]
Master = Annotated[str, AfterValidator(_master)]
