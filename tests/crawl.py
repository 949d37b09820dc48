"""Tiny crawls that the tests make: WET shards written by warcio, of sentences that no rule objects to."""

import gzip
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

SENTENCES = {
    "en": (
        "The {a} near the {b} was painted {c} by people of the village",
        "Nobody who saw the {a} that morning forgot how {c} the {b} looked",
        "In {c} weather the {b} keeps its colour longer than any {a} we know",
        "She wrote a long letter about the {c} {a} and never mentioned the {b}",
        "Old maps show a {b} where today there is only a {c} {a}",
    ),
    "de": (
        "Das Haus neben dem {b} gehört seit Jahren der Familie mit dem {c} {a}",
        "Niemand wusste damals, warum der {a} so weit vom {b} entfernt gebaut wurde",
        "Im Winter liegt der {a} still da, und nur der {b} ist dann noch {c}",
        "Sie schrieb einen langen Brief über den {a}, aber kein Wort über den {b}",
        "Auf alten Karten steht ein {b}, wo heute nur noch ein {c} {a} zu sehen ist",
    ),
}
NOUNS = {
    "en": [
        *("bridge", "harbour", "orchard", "chapel", "mill", "lantern", "garden"),
        *("station", "tower", "kitchen", "river", "barn", "museum", "tunnel"),
    ],
    "de": [
        *("Hafen", "Garten", "Turm", "Bahnhof", "Brunnen", "Keller", "Markt"),
        *("Speicher", "Hügel", "Graben", "Wald", "Teich", "Laden", "Stall"),
    ],
}
ADJECTIVES = {
    "en": ["green", "quiet", "narrow", "ancient", "bright", "crooked"],
    "de": ["grünen", "stillen", "engen", "alten", "hellen", "krummen"],
}


@dataclass(frozen=True)
class Page:
    """A document of a made crawl."""

    url: str
    text: str
    title: str = "A title"
    date: str = "2024-05-18T01:02:03Z"


def body(language: str, number: int, sentences: int = 12) -> str:
    """Text number `number`: lines of two sentences, different for every number."""
    nouns, adjectives = NOUNS[language], ADJECTIVES[language]
    made = []
    for i in range(sentences):
        n = number * 131 + i * 17
        a, b, c = nouns[n % 14], nouns[(n // 7 + i) % 14], adjectives[(n // 3) % 6]
        made.append(SENTENCES[language][(n + i) % 5].format(a=a, b=b, c=c) + f", in the year {1200 + n % 800}.")
    return "\n".join(" ".join(made[i : i + 2]) for i in range(0, sentences, 2))


def listed(text: str) -> str:
    """A list of a text's words, six an item, which end no sentence."""
    words = [word.strip(".,;:!?") for word in text.split()]
    return "\n".join("• " + " ".join(words[i : i + 6]) for i in range(0, len(words), 6))


def write_wet(path: Path, pages: Iterable[Page]) -> None:
    """A WET shard as Common Crawl lays it out: warcinfo first, one gzip member a record."""
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=True)
    writer.write_record(writer.create_warcinfo_record(path.name, {"isPartOf": "CC-MAIN-2024-22"}))
    for number, page in enumerate(pages):
        record = writer.create_warc_record(
            page.url,
            "conversion",
            payload=io.BytesIO(f"{page.title}\n{page.text}\n".encode()),
            warc_content_type="text/plain",
            warc_headers_dict={
                "WARC-Date": page.date,
                "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{number:012d}>",
                "WARC-Identified-Content-Language": "eng",
            },
        )
        writer.write_record(record)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())


def write_crawl(folder: Path, shards: Sequence[Sequence[Page]]) -> list[Path]:
    """Shards named as Common Crawl's."""
    paths = [folder / f"CC-MAIN-20240518-{number:05d}.warc.wet.gz" for number in range(len(shards))]
    for path, pages in zip(paths, shards, strict=True):
        write_wet(path, pages)
    return paths


def write_responses(path: Path, pages: list[tuple[str, str, str, bytes, dict[str, str]]]) -> None:
    """A WARC of (url, date, status, content, headers)."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, date, status, content, headers in pages:
            http = StatusAndHeaders(
                status, [("Content-Type", "text/plain"), *headers.items()], protocol="HTTP/1.1"
            )
            more = {"WARC-Date": date}
            payload = io.BytesIO(content)
            writer.write_record(
                writer.create_warc_record(url, "response", payload, http_headers=http, warc_headers_dict=more)
            )


def truncated(path: Path, missing: int) -> None:
    """Cut the last bytes of a file off."""
    path.write_bytes(path.read_bytes()[:-missing])


def decompressed(path: Path) -> bytes:
    """What zcat gives."""
    return gzip.decompress(path.read_bytes())
