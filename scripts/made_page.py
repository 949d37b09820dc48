"""What the scripts that make a page of docs/ share: to write it, or to say that it is out of date (--check)."""

import argparse
import sys
from pathlib import Path


def write_or_check(target: Path, text: str, about: str | None) -> None:
    """Write a page; with --check, write nothing and leave with status 1 where it stands otherwise."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        sys.exit(0 if target.read_text(encoding="utf-8") == text else f"docs/{target.name} is out of date")
    target.write_text(text, encoding="utf-8")
