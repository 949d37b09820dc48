"""Publish a finished run's corpus as a dataset: in a folder, or on the Hugging Face Hub."""

import argparse
import json
import logging
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from ccnet_lite.commands.arguments import Parser, place
from ccnet_lite.errors import visible

if TYPE_CHECKING:
    from ccnet_lite.finished.publication import Publication, Source
    from ccnet_lite.finished.publish import Tell

RESUMES = True
EXAMPLE = "ccnet-lite publish out --to hf://datasets/OWNER/NAME --license odc-by --contact you@your.example"
HUB = "hf://"
SECONDS = 10.0
"""Between two lines on how far it is."""
_log = logging.getLogger(__name__)


def target(text: str) -> str:
    """The type of --to: a folder, or a dataset of the Hub."""
    return text if text.startswith(HUB) else place(text)


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    made.add_argument("run", metavar="RUN", type=place, help="the finished run's folder")
    made.add_argument(
        "--to",
        metavar="DIR|hf://datasets/OWNER/NAME",
        type=target,
        required=True,
        help="a new folder, or a dataset of the Hub; a former publication there is replaced",
    )
    made.add_argument("--name", metavar="TEXT", default="", help="its title (the last part of --to)")
    made.add_argument(
        "--license",
        metavar="ID",
        default="",
        help="a licence as the Hub names it, as odc-by (none: Common Crawl's terms of use alone)",
    )
    made.add_argument("--contact", metavar="TEXT", default="", help="whom to write to for removal: an address")
    made.add_argument("--decontaminated", metavar="DIR", type=place, help="publish what decontaminate left, there")
    made.add_argument("--private", action="store_true", help="of the Hub: a new dataset is private")
    made.add_argument("--copy", action="store_true", help="copy files that could be hard links to the run's")
    made.add_argument("--json", action="store_true", help="print one line of JSON")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Publish, and say what was."""
    from ccnet_lite.finished.publication import Labels, publication_of
    from ccnet_lite.finished.publish import check_target, publish_folder
    from ccnet_lite.finished.publish_hub import publish_hub, repository

    to = arguments.to
    title = arguments.name or to.rstrip("/").rpartition("/")[2]
    labels = Labels(title, arguments.license, arguments.contact)
    if to.startswith(HUB):
        repository(to)
    publication = publication_of(arguments.run, arguments.decontaminated)
    if not to.startswith(HUB):
        check_target(publication, to)
    tell = teller(publication)
    if to.startswith(HUB):
        done = publish_hub(publication, to, labels, tell, arguments.private)
    else:
        done = publish_folder(publication, to, labels, tell, arguments.copy)
    if arguments.json:
        print(json.dumps(asdict(done), sort_keys=True))
        return
    ways = {name: getattr(done, name) for name in ("linked", "copied", "uploaded", "kept")}
    how = ", ".join(f"{number:,} {name}" for name, number in ways.items() if number)
    print(
        f"{done.documents:,} documents in {done.subsets:,} subsets, {done.files:,} files of {done.bytes:,} bytes "
        f"({how}): {visible(to)}"
    )
    if not labels.contact:
        _log.info("the card names nobody to write to for removal: --contact says whom")


def teller(publication: "Publication") -> "Tell":
    """What says from time to time how far it is."""
    files, size, said_at = 0, 0, time.monotonic()

    def tell(source: "Source") -> None:
        nonlocal files, size, said_at
        files, size = files + 1, size + source.file.bytes
        if time.monotonic() - said_at >= SECONDS:
            said_at = time.monotonic()
            done = f"{files:,} of {len(publication.sources):,} files"
            _log.info("publish: %s, %.1f of %.1f GB", done, size / 1e9, publication.bytes / 1e9)

    return tell
