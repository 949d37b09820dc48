"""An S3 server on loopback: the environment that leads all processes to it, and the fixture that starts it."""

import logging
import os
import socket
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from ccnet_lite.store.places import Place

HOST = "127.0.0.1"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def lead_to_loopback() -> int:
    """Set what says where S3 is, before any Spark starts: its workers have the environment of its JVM."""
    port = free_port()
    os.environ |= {
        "AWS_ENDPOINT_URL": f"http://{HOST}:{port}",
        "AWS_ACCESS_KEY_ID": "tests",
        "AWS_SECRET_ACCESS_KEY": "tests",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return port


PORT = lead_to_loopback()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The server, with a bucket; gives the bucket's name."""
    server = pytest.importorskip("moto.server", reason="needs moto, which is not installed")
    import requests

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    started = server.ThreadedMotoServer(HOST, PORT, verbose=False)
    started.start()
    requests.put(f"http://{HOST}:{PORT}/tests", timeout=30).raise_for_status()
    yield "tests"
    started.stop()


_numbers = count()


@pytest.fixture
def s3(s3_server: str) -> str:
    """The URI of a folder of its own in the bucket, with a space and a letter that is not ASCII."""
    return f"s3://{s3_server}/folder {next(_numbers)} ö"


@pytest.fixture(scope="module")
def s3_of_module(s3_server: str) -> str:
    """As `s3`, for all tests of a module."""
    return f"s3://{s3_server}/module {next(_numbers)} ö"


def put_folder(folder: Path, uri: str) -> None:
    """Copy a local folder's files."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            (Place.of(uri) / path.relative_to(folder).as_posix()).write_bytes(path.read_bytes())


def names(uri: str) -> list[str]:
    """All files below a folder."""
    return [entry.name for entry in Place.of(uri).entries()]
