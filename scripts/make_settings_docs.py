"""Write docs/settings.md from ccnet_lite/settings/sections.py; with --check, only say whether it is up to date."""

import json
import types
import typing
from pathlib import Path
from typing import Any

from annotated_types import Ge, Gt, Le
from made_page import write_or_check
from pydantic.fields import FieldInfo

from ccnet_lite.settings import Policy, Settings, Share, fields
from ccnet_lite.settings.policies import Finite

TARGET = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
HEAD = """# Settings

Made from `ccnet_lite/settings/sections.py` by `scripts/make_settings_docs.py`; a test holds the two together.
A run takes them from a TOML file (`--config`, see `conf/`), a table a section, and from `--set section.key=value`,
which wins; lists may be given as `a,b`. `ccnet-lite settings --config FILE --set ...` shows the effective ones and
where each comes from. A key that is unknown, or a value that is not allowed, is refused before anything starts.
"""
ENVIRONMENT = """
## Environment variables

| variable | meaning |
|---|---|
| `CCNET_LITE_HOME` | where models are looked for first and downloaded to, and copies from object stores kept |
| `XDG_CACHE_HOME` | where models and compiled kernels are kept without it (default `~/.cache`) |
| `NUMBA_CACHE_DIR` | where compiled kernels are kept; on a cluster a folder that executors can write |
| `TMPDIR` | temporary files, below `ccnet_lite-<uid>/` |
| `SPARK_LOCAL_DIRS` | the same for Spark's shuffles, in local mode; several with commas between |
| `JAVA_HOME` | the Java that Spark is started with; without it the `java` on the `PATH` |
| `SPARK_HOME`, `SPARK_CONF_DIR` | another Spark than the installed one, and where its `spark-defaults.conf` is |
| `HADOOP_CONF_DIR`, `YARN_CONF_DIR` | the cluster that `spark.master=yarn` means; one of them has to be set |
| `PYSPARK_PYTHON` | the Python of Spark's workers (default: the one that the command runs on) |
| `PYTHONPATH` | where Python looks for packages; local workers find this one there, too |
| `SPARK_LOCAL_IP` | the address that local mode binds to (default 127.0.0.1) |
| `PYSPARK_SUBMIT_ARGS` | more arguments for spark-submit, as PySpark has it (default `pyspark-shell`) |
| `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL` | another S3 service than Amazon's, as `http://localhost:9000` |
| `AWS_REGION`, `AWS_DEFAULT_REGION` | S3's region; credentials come as for all AWS tools |
| `HF_ENDPOINT`, `HF_TOKEN` | another Hub than Hugging Face's for `ccnet-lite publish`, and who publishes |
| `http_proxy`, `https_proxy`, `no_proxy` | proxies, as for all tools |
| `NETRC` | a file of host names with user and password, in place of `~/.netrc` |
| `CCNET_LITE_TRACEBACK` | 0 leaves out the traceback of an error that is ours |

`scripts/setup.sh` takes `PYTHON`, `JAVA_HOME` and `CXX`.
"""


def setting_type(annotation: Any) -> str:
    """What a setting takes, for a person."""
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return setting_type(parts[0])
    if origin is typing.Literal:
        return ", ".join(f"`{json.dumps(part)}`" for part in parts)
    if origin is tuple:
        inner = setting_type(parts[0])
        return f"list of {inner if inner.startswith('`') else PLURAL.get(inner, inner)}"
    if annotation == dict[str, dict[str, Finite]]:
        return "path"
    if annotation == dict[str, Share]:
        return "file, or table of numbers by language"
    if isinstance(annotation, types.GenericAlias):
        raise TypeError(f"{annotation}: say in setting_type what it is")
    return KINDS[annotation]


KINDS = {Policy: "name or path", str: "text", int: "whole number", float: "number", bool: "`true`, `false`"}
PLURAL = {"name or path": "names or paths", "text": "texts", "whole number": "whole numbers", "number": "numbers"}


def bounds(field: FieldInfo) -> str:
    """The least and the greatest value, where there are such."""
    said = []
    for each in field.metadata:
        if isinstance(each, Gt):
            said.append(f"above {each.gt}")
        elif isinstance(each, Ge):
            said.append(f"{each.ge} or more")
        elif isinstance(each, Le):
            said.append(f"at most {each.le}")
    return f", {', '.join(said)}" if said else ""


def settings_docs() -> str:
    """The page as text."""
    parts = [HEAD]
    section = ""
    for name, key, field in fields():
        if name != section:
            section = name
            about = Settings.model_fields[name].annotation.__doc__
            parts.append(f"\n## [{name}]\n\n{about}\n\n| key | takes | default | meaning |\n|---|---|---|---|\n")
        default = json.dumps(field.default, ensure_ascii=False)
        if not field.description:
            raise ValueError(f"{name}.{key} has no words: write them below it")
        meaning = " ".join(field.description.split()).replace("|", "\\|")
        kind = f"{setting_type(field.annotation)}{bounds(field)}"
        parts.append(f"| `{key}` | {kind} | `{default}` | {meaning} |\n")
    return "".join(parts) + ENVIRONMENT


if __name__ == "__main__":
    write_or_check(TARGET, settings_docs(), __doc__)
