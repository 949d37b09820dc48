"""Whether the cluster that `spark.master` names is there, asked before Spark starts: it would try for minutes."""

import os
import re
import socket
from urllib.parse import urlsplit

from ccnet_lite.errors import UserError

PATIENCE_SECONDS = 5.0
YARN_VARIABLES = ("HADOOP_CONF_DIR", "YARN_CONF_DIR")


def is_local(master: str) -> bool:
    """Whether a master stands for this process alone, as local[4]; local-cluster is Spark's own for tests."""
    return re.match(r"local(\[|$)", master) is not None


def check_master(master: str) -> None:
    """Knock at the master.

    Raises:
        UserError: nobody answers, or YARN's settings are not there.
    """
    if master == "yarn" and not any(os.environ.get(name) for name in YARN_VARIABLES):
        raise UserError(
            f"spark.master = yarn: neither {' nor '.join(YARN_VARIABLES)} is set, so the cluster is not known: "
            "set one to the folder of its settings, or take spark.master=local[*]"
        )
    failed = []
    for host, port in addresses(master):
        try:
            socket.create_connection((host, port), PATIENCE_SECONDS).close()
        except (OSError, UnicodeError) as error:  # UnicodeError: a name that can be none
            failed.append(f"{host}:{port}: {getattr(error, 'strerror', None) or error}")
        else:
            return  # of several, one is enough
    if failed:
        raise UserError(
            f"spark.master = {master} does not answer ({'; '.join(failed)}): start it, correct its address, or "
            "take spark.master=local[*], this machine"
        )


def addresses(master: str) -> list[tuple[str, int]]:
    """Where a master listens; none for local mode and YARN.

    >>> addresses("spark://a:7077,b:7078"), addresses("k8s://https://c:6443"), addresses("local[*]")
    ([('a', 7077), ('b', 7078)], [('c', 6443)], [])
    """
    if master.startswith("k8s://"):
        url = master.removeprefix("k8s://")
        parts = urlsplit(url if "://" in url else f"https://{url}")
        return [(parts.hostname, parts.port or 443)] if parts.hostname else []
    found = re.fullmatch(r"spark://(.+)", master)
    pairs = [each.rpartition(":") for each in found[1].split(",")] if found else []
    return [(host, int(port)) for host, _, port in pairs]
