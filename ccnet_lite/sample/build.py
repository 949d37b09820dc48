"""The whole sample: archives, truth and reference prose, written to a folder."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ccnet_lite.errors import UserError
from ccnet_lite.sample.crawl import Page, Plan, copy_elsewhere, fresh_page, make_plan, web_pages
from ccnet_lite.sample.draw import pick, stream
from ccnet_lite.sample.prose import Language, article, third_of
from ccnet_lite.sample.shards import Archive, Truth, warc_shard, wet_shard

FEWEST_DOCUMENTS = 300
FEWEST_OF_A_SHARD = 30
WEB_ARTICLES = 150
"""Of a language, from which cutoffs are taken."""


@dataclass(frozen=True)
class SampleSummary:
    """What was made. `kinds` counts every record; `languages` the documents whose language is known."""

    archives: tuple[Path, ...]
    truth: Path
    reference: Path
    documents: int
    kinds: dict[str, int]
    languages: dict[str, int]
    reference_languages: tuple[str, ...]

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {count}" for kind, count in self.kinds.items())
        languages = ", ".join(f"{code} {count}" for code, count in self.languages.items())
        size = f"{sum(path.stat().st_size for path in self.archives) / 1e6:.1f} MB"
        return (
            f"{self.truth.parent}: {self.documents} documents in {len(self.archives)} archives, {size}\n"
            f"records: {kinds}\nlanguages: {languages}\n"
            f"reference prose: {', '.join(self.reference_languages)} in {self.reference}"
        )


def make_sample(output: Path, documents: int = 3000, shards: int = 4, seed: int = 0) -> SampleSummary:
    """Write a made-up crawl with known truth: the same arguments, the same bytes.

    Makes `shards` WET shards with `documents` pages in all and one WARC shard of a twentieth as many;
    truth.jsonl, one line a record (url, language, kind, of, jaccard, expect: document, skipped, bad or
    either ...); reference/xx.txt, prose for training language models, a paragraph a line, of which no line stands
    in the crawl, and which says only part of what the crawl does; and web/xx.jsonl, articles such as the crawl's,
    for perplexity cutoffs, none of which stands in it. What a former call left in `output` is replaced.

    Raises:
        UserError: for numbers too small to hold every plant, or an `output` that holds something else.
    """
    if documents < FEWEST_DOCUMENTS:
        raise UserError(f"--documents {documents}: give at least {FEWEST_DOCUMENTS}, to hold every plant")
    if not 1 <= shards <= documents // FEWEST_OF_A_SHARD:
        raise UserError(f"--shards {shards}: give 1 to {documents // FEWEST_OF_A_SHARD} for {documents} documents")
    _clear(output)
    plan = make_plan(documents, seed)
    pages = web_pages(plan)
    html_pages = _html_pages(plan, pages)
    copied = {page.of for page in [*pages, *html_pages]}
    archives = _wet_shards(plan, pages, copied, shards)
    archives.append(warc_shard(html_pages, shards, plan))
    for archive in archives:
        (output / archive.name).write_bytes(archive.data)
    truth = [row for archive in archives for row in archive.truth]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in truth)
    (output / "truth.jsonl").write_text(lines, encoding="utf-8")
    taken = {line for page in [*pages, *html_pages] for line in page.body}
    _write_reference(output / "reference", plan, taken)
    _write_web_prose(output / "web", plan, taken)
    return _summary(output, archives, truth, plan)


def _clear(output: Path) -> None:
    """Make the folder; take away what a former call wrote, and nothing else."""
    if output.exists() and not output.is_dir():
        raise UserError(f"--output {output} is not a folder")
    if output.is_dir() and any(output.iterdir()) and not (output / "truth.jsonl").is_file():
        raise UserError(f"--output {output} holds something other than a sample crawl: give an empty folder")
    output.mkdir(parents=True, exist_ok=True)
    (output / "truth.jsonl").touch()  # from now on the folder is known for a sample's, though a kill cut it short
    old = [*output.glob("CC-MAIN-*.warc*.gz")]
    for folder, suffix in (("reference", "txt"), ("web", "jsonl")):
        (output / folder).mkdir(exist_ok=True)
        old += (output / folder).glob(f"*.{suffix}")
    for path in old:
        path.unlink()


def _wet_shards(plan: Plan, pages: list[Page], copied: set[str | None], shards: int) -> list[Archive]:
    """The pages dealt out; two damaged records in the second shard (or the only one), the last cut short."""
    archives = []
    for number in range(shards):
        dealt = pages[number::shards]
        # Only pages of which there is no copy are damaged, so that every family of copies stays whole.
        single = [page for page in dealt if page.kind == "original" and page.url not in copied]
        damage: dict[str, str] = {}
        if number == min(1, shards - 1):
            damage[single[len(single) // 3].url] = "damaged_gzip"
            damage[single[len(single) // 2].url] = "wrong_length"
        if number == shards - 1:
            last = single[-1]
            dealt = [*(page for page in dealt if page is not last), last]
            damage[last.url] = "truncated"
        archives.append(wet_shard(dealt, number, plan.seed, damage))
    return archives


def _html_pages(plan: Plan, pages: list[Page]) -> list[Page]:
    """Pages for the WARC shard: new ones in all languages, and one in ten a copy of a page of a WET shard."""
    copied = {page.of for page in pages}
    originals = [page for page in pages if page.kind == "original" and page.url not in copied]
    rng = stream(plan.seed, "html")
    weights = [language for language in plan.languages if language.share for _ in range(1 + int(language.share))]
    firsts = [language for language in plan.languages if language.share]
    html: list[Page] = []
    for number in range(max(60, plan.documents // 20)):
        if number % 10 == 9:
            html.append(copy_elsewhere(plan, originals[number]))
        else:
            # Two of every language come first, so that each has its page in an old character set.
            language = firsts[number % len(firsts)] if number < 2 * len(firsts) else pick(rng, weights)
            html.append(fresh_page(plan, language, "web", number))
    return html


def _write_reference(folder: Path, plan: Plan, taken: set[str]) -> None:
    for language in plan.languages:
        if language.reference:
            lines = _reference(language, plan, taken)
            (folder / f"{language.code}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _reference(language: Language, plan: Plan, taken: set[str]) -> list[str]:
    """Paragraphs of articles that the crawl does not hold."""
    lines: dict[str, None] = {}
    part = third_of(language)
    for number in range(max(100, plan.documents // 10)):
        _, body = article(part, stream(plan.seed, "reference", language.code, number), 6)
        lines |= dict.fromkeys(line for line in body if line not in taken)
    return list(lines)


def _write_web_prose(folder: Path, plan: Plan, taken: set[str]) -> None:
    for language in plan.languages:
        if language.reference:
            with (folder / f"{language.code}.jsonl").open("w", encoding="utf-8") as out:
                for number in range(WEB_ARTICLES):
                    _, body = article(language, stream(plan.seed, "web prose", language.code, number), 6)
                    text = "\n".join(line for line in body if line not in taken)
                    out.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")


def _summary(output: Path, archives: list[Archive], truth: list[Truth], plan: Plan) -> SampleSummary:
    known = Counter(str(row["language"]) for row in truth if row["language"])
    return SampleSummary(
        archives=tuple(output / archive.name for archive in archives),
        truth=output / "truth.jsonl",
        reference=output / "reference",
        documents=sum(row["expect"] == "document" for row in truth),
        kinds=dict(sorted(Counter(str(row["kind"]) for row in truth).items())),
        languages=dict(sorted(known.items(), key=lambda item: (-item[1], item[0]))),
        reference_languages=tuple(sorted(one.code for one in plan.languages if one.reference)),
    )
