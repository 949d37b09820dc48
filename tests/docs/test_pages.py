"""What the pages say is so: links, commands, messages, figures, generated pages; the site is built of all."""

import ast
import doctest
import importlib
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

import ccnet_lite
from ccnet_lite.commands.console import COMMANDS, command
from ccnet_lite.models.description import read_description
from ccnet_lite.settings import read_policy
from tests.docs.pages import DOCS, KINDS, REPOSITORY, blocks, commands, pages

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
OWN = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]


def anchor(heading: str) -> str:
    """The anchor of a heading, as Markdown's toc and GitHub both make it of plain words."""
    plain = re.sub(r"`|\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", plain).strip())


def test_anchors_are_made_as_the_site_makes_them() -> None:
    toc = pytest.importorskip("markdown.extensions.toc", reason="needs the extra docs: make setup brings it")
    for page in pages():
        for heading in HEADING.findall(page.read_text(encoding="utf-8")):
            plain = re.sub(r"`|\[([^\]]*)\]\([^)]*\)", r"\1", heading)
            assert anchor(heading) == toc.slugify(plain, "-"), (page.name, heading)


@pytest.mark.parametrize("name", [*OWN, *(str(page.relative_to(REPOSITORY)) for page in pages())])
def test_links_lead_somewhere(name: str) -> None:
    page = REPOSITORY / name
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in LINK.findall(text):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, fragment = link.partition("#")
        target = (page.parent / unquote(path)).resolve() if path else page
        assert target.exists(), f"{name}: {link}"
        assert target.is_relative_to(DOCS if page.is_relative_to(DOCS) else REPOSITORY), f"{name}: {link}"
        if fragment:
            there = map(anchor, HEADING.findall(target.read_text(encoding="utf-8")))
            assert fragment in there, f"{name}: {link}"


def test_the_site_has_every_page_once() -> None:
    def files(entries: list[object]) -> list[str]:
        found: list[str] = []
        for entry in entries:
            if isinstance(entry, dict):
                for value in entry.values():
                    found += files(value) if isinstance(value, list) else [value]
            else:
                found.append(str(entry))
        return found

    listed = files(yaml.safe_load((REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8"))["nav"])
    assert sorted(listed) == sorted(str(page.relative_to(DOCS)) for page in pages())


@pytest.mark.parametrize("script", ["make_command_docs.py", "make_api_docs.py"])
def test_generated_pages_are_up_to_date(script: str) -> None:
    done = subprocess.run(
        [sys.executable, f"scripts/{script}", "--check"], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_every_command_and_name_of_the_api_has_its_section() -> None:
    for page, names in (("commands.md", COMMANDS), ("api.md", ccnet_lite._WHERE)):
        assert re.findall(r"^## (.+)$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE) == list(names)


def test_blocks_are_of_a_known_kind() -> None:
    found = {(page.name, block.kind) for page in pages() for block in blocks(page)}
    assert {(name, kind) for name, kind in found if kind not in KINDS} == set()


def test_files_on_the_pages_can_be_read(tmp_path: Path) -> None:
    written = [(page.stem, block.text) for page in pages() for block in blocks(page) if block.kind == "toml"]
    of = {stem: "\n".join(text for each, text in written if each == stem) for stem, _ in written}
    assert read_description(of.pop("languages"), "m.toml").text == "openlid"
    policy = tmp_path / "policy.toml"
    policy.write_text(of.pop("quality"), encoding="utf-8")
    read = read_policy(str(policy))
    assert [rule.column for rule in read.rules] == ["mean_word_chars"]
    assert [rule.measure for rule in read.line_rules] == ["phrases"]
    assert not of


def test_commands_on_the_pages_take_their_arguments() -> None:
    """Each ccnet-lite command in a block, and in a line of text between backticks, by its own parser."""
    tried = 0
    for page in pages():
        text = page.read_text(encoding="utf-8")
        written = [
            words for block in blocks(page) if block.kind in ("sh", "bash") for words in commands(block.text)
        ]
        if page.name != "commands.md":  # whose examples stand in the parsers
            written += [
                words for line in re.findall(r"`(ccnet-lite [\w-]+ [^`]+)`", text) for words in commands(line)
            ]
        for words in written:
            assert words[0] == "ccnet-lite", (page.name, words)
            given = [word if word != "..." else "language.threshold=0.5" for word in words[2:]]
            command(words[1]).parser().parse_args(given)
            tried += 1
    assert tried >= 30


def literals() -> str:
    """All text that the source holds, a line a literal; what is put into it as a single ellipsis."""
    parts = []
    for path in (REPOSITORY / "ccnet_lite").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                values = (v.value if isinstance(v, ast.Constant) else "…" for v in node.values)
                parts.append("".join(str(value) for value in values))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                parts.append(node.value)
    return "\n".join(parts)


def messages() -> list[str]:
    text = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `(.+?)` \|", text, re.MULTILINE)


def test_messages_that_are_explained_are_messages_of_the_program() -> None:
    said = literals()
    assert len(messages()) >= 25
    for message in messages():
        pattern = r"[^\n]*?".join(map(re.escape, message.split("…")))
        assert re.search(pattern, said), message


MEASURED = {
    "101 CPU seconds for 160,000 documents (62 s by the clock)":
        "160,000 documents, 16 archives | this, everything on | 61.6 | 2,598 | 101.4",
    "40 CPU seconds for 40,000 documents (26 s by the clock)":
        "40,000 documents, 8 archives | this, everything on | 25.5 | 1,569 | 39.9",
    "At the measured 101 CPU seconds for 160,000 documents, starts included": "| 61.6 | 2,598 | 101.4 (9.6)",
    "2.7 GB at the peak": "| 101.4 (9.6) | 2,655 MB",
    "845 a second and core (lines)": "845 a second and core with our line classifier",
    "77 (trafilatura)": "at 77 with trafilatura",
    "4,500 documents a CPU second, 3.8 GB": "112 CPU seconds (4,500 documents a CPU second), 3.8 GB",
    "start of a run | 5.4 s | 494 records": "A run on 494 records of two archives is done after 5.4 s",
    "244 MB for the 160,000 documents": "244 MB of text move once",
}  # fmt: skip
"""What docs/sizing.md says, and the page of measurements that it is taken from."""


def test_figures_of_the_sizing_page_are_those_that_were_measured() -> None:
    measured = " ".join(((DOCS / "performance.md").read_text() + (DOCS / "dedup.md").read_text()).split())
    sizing = " ".join((DOCS / "sizing.md").read_text(encoding="utf-8").split())
    assert {
        said: figure for said, figure in MEASURED.items() if said not in sizing or figure not in measured
    } == {}
    found = re.search(
        r"some ([\d.]+) million CPU seconds, (\d+) core hours: about half a day on (\d+) such", sizing
    )
    assert found is not None
    millions, hours, cores = map(float, found.groups())
    assert millions == pytest.approx(2.6e9 / 160_000 * 101.4 / 1e6, rel=0.01)
    assert hours == pytest.approx(millions * 1e6 / 3600, rel=0.01)
    assert hours / cores == pytest.approx(12, rel=0.1)


def test_the_picture_fetches_nothing_and_says_what_it_shows() -> None:
    from lxml import etree

    picture = etree.fromstring((DOCS / "pipeline.svg").read_bytes())
    space = "{http://www.w3.org/2000/svg}"
    assert picture.find(f"{space}title") is not None and picture.find(f"{space}desc") is not None
    tags = {each.tag for each in picture.iter() if isinstance(each.tag, str)}
    assert not tags & {f"{space}image", f"{space}script", f"{space}foreignObject", f"{space}a"}
    named = {"".join(each.itertext()) for each in picture.iter(f"{space}text")}
    steps = ("ingest", "masks", "annotate", "clusters", "paragraphs", "decide", "export")
    assert {f"{number} {name}" for number, name in enumerate(steps, 1)} <= named


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_fetches_nothing(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="needs the extra docs: make setup brings it")
    done = subprocess.run([sys.executable, "scripts/make_site.py"], cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr and (REPOSITORY / "build" / "site" / "index.html").exists()


def test_the_examples_of_what_makes_the_pages_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(REPOSITORY / "scripts"))
    assert doctest.testmod(importlib.import_module("make_command_docs")) == (0, 1)


def test_forms_workflow_hooks_and_citation_are_well_formed() -> None:
    forms = sorted((REPOSITORY / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
    for form in (yaml.safe_load(path.read_text(encoding="utf-8")) for path in forms if path.name != "config.yml"):
        assert {"name", "description", "body"} <= form.keys()
        ids = [each["id"] for each in form["body"] if each["type"] != "markdown"]
        assert ids and len(set(ids)) == len(ids)
        assert all(each["attributes"].get("label") or each["type"] == "markdown" for each in form["body"])
    workflow = yaml.safe_load((REPOSITORY / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    steps = workflow["jobs"]["all"]["steps"]
    assert ".ci/run" in [step.get("run") for step in steps]
    asked = set(
        re.findall(r"echo ([a-z0-9 +.-]+)$", (REPOSITORY / "scripts" / "setup.sh").read_text(), re.MULTILINE)
    )
    packages = " ".join(asked).split()
    assert {name for name in packages if name.endswith("-dev")} <= set(str(steps[0]["run"]).split())
    hooks = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [repository["repo"] for repository in hooks] == ["local"], "nothing is fetched"
    citation = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["version"] == ccnet_lite.__version__ and citation["license"] == "Apache-2.0"


def test_the_documentation_is_part_of_what_has_to_pass() -> None:
    targets = re.search(r"for target in (.*); do", (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8"))
    assert targets is not None and "docs" in targets[1].split()
