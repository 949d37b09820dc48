"""Tell the life of one document of a finished run: where read, what cut, what decided, where it lies."""

import argparse
import json
from dataclasses import asdict

from ccnet_lite.commands.arguments import Parser, local_path, located, place, terminal_width
from ccnet_lite.errors import UserError, visible

RESUMES = False
EXAMPLE = "ccnet-lite explain out https://example.org/page --html page.html"


def _named(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("the document has no name: give its URL or doc_id")
    return text


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    made.add_argument("run", metavar="RUN", type=place, help="the finished run's folder")
    made.add_argument(
        "document", metavar="URL|DOC_ID", type=_named, help="a document's URL or doc_id, as the ledger has it"
    )
    made.add_argument("--all", action="store_true", help="of several documents with the URL, tell of all")
    made.add_argument("--lines", metavar="N", type=int, default=60, help="lines of it to show (60; 0: all)")
    made.add_argument("--html", metavar="FILE", type=local_path, help="write it as a page, too")
    made.add_argument("--json", action="store_true", help="print one line of JSON")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Print what the run's tables say; write the page."""
    from ccnet_lite.commands.explained import cut_lines, life_text
    from ccnet_lite.commands.explained_html import life_page
    from ccnet_lite.finished.explain import explain
    from ccnet_lite.finished.opened import open_run
    from ccnet_lite.finished.search import find

    run = open_run(located(arguments.run))
    found = find(run, arguments.document)
    lives = [explain(run, each) for each in (found if arguments.all else found[:1])]
    if arguments.html:
        try:
            arguments.html.write_text(life_page(lives), encoding="utf-8")
        except OSError as error:
            raise UserError(f"--html {arguments.html} cannot be written: {error.strerror}") from None
    if arguments.json:
        said = {"found": [each._asdict() for each in found], "explained": [asdict(life) for life in lives]}
        print(json.dumps(said, sort_keys=True))
        return
    width = terminal_width()
    if len(found) > 1:
        print(
            f"{len(found):,} documents have this URL"
            + ("" if arguments.all else "; the first (--all tells of all)")
        )
        for each in found:
            print(f"  {each.doc_id}  shard {each.shard:,}  {cut_lines(each.url, width - 50)[0]}")
        print()
    print(f"\n\n{'=' * width}\n\n".join(life_text(life, width, max(0, arguments.lines)) for life in lives))
    if arguments.html:
        print(f"\npage: {visible(str(arguments.html))}")
