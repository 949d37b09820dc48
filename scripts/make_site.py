"""Build the documentation site into build/site, strictly: a link that leads nowhere fails it.

Its pages are those of docs/, as mkdocs.yml has them. Nothing is fetched, and the result has no address of another
host that a browser would fetch from.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "build" / "site"
FETCHED = re.compile(r"<(?:script|img|iframe|source|link)\b[^>]*?\b(?:src|href)=[\"']?(?:https?:)?//[^\"'\s>]+")
"""What a browser fetches by itself, from another host."""


def fetched() -> Iterator[str]:
    """Tags of the built pages that would have a browser fetch from elsewhere."""
    for page in sorted(SITE.rglob("*.html")):
        for found in FETCHED.finditer(page.read_text(encoding="utf-8")):
            if 'rel="canonical"' not in found[0]:
                yield f"{page.relative_to(SITE)}: {found[0]}"


def main() -> None:
    # Material's notice on the future of MkDocs is no warning of ours.
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--clean", "--site-dir", str(SITE)]
    if subprocess.run(command, cwd=ROOT, env=environment).returncode:
        sys.exit("make docs: mend what is said above; settings are in mkdocs.yml")
    foreign = list(fetched())
    if foreign:
        sys.exit("\n".join(["make docs: these are fetched from elsewhere:", *foreign]))
    print(f"docs: {len(list(SITE.rglob('*.html')))} pages in {SITE.relative_to(ROOT)}/index.html")


if __name__ == "__main__":
    main()
