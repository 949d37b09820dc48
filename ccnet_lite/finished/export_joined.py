"""What an export has besides its parts: files joined of them, indexes, dictionaries; and which of it stands."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from ccnet_lite.pretraining.exports import SPLITS, joined_name, text_part
from ccnet_lite.pretraining.mds import DONE, INDEX, index_text
from ccnet_lite.pretraining.vocabulary import Vocabulary
from ccnet_lite.stages.items import ask_items
from ccnet_lite.store.json_files import read_json, write_json
from ccnet_lite.store.places import Place, filesystem, publishing
from ccnet_lite.store.writing import scratch_of

BLOCK = 8 << 20
JOINED_MARKERS = f"{DONE}/joined"


def standing(place: Place, made_of: str, folder: Place) -> dict[str, Any] | None:
    """A marker, where what it tells of is made of the same and all there."""
    try:
        marker: dict[str, Any] = read_json(place)
        stands = marker["made_of"] == made_of
        return marker if stands and all(_size(folder / n) == size for n, size in marker["files"].items()) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def joined_already(folder: Place, made_of: Mapping[str, str]) -> list[dict[str, Any]]:
    """The markers of languages whose joined files stand. made_of: by language."""
    found = [standing(folder / JOINED_MARKERS / f"{each}.json", made_of[each], folder) for each in sorted(made_of)]
    return [marker for marker in found if marker is not None]


def join_parts(
    session: SparkSession,
    folder: Place,
    markers: Sequence[Mapping[str, Any]],
    made_of: Mapping[str, str],
    format: str,
) -> list[dict[str, Any]]:
    """Join the parts of each language, a task a language; gives the markers of what came out."""
    by_language = [
        (language, [marker for marker in markers if marker["language"] == language])
        for language in sorted(made_of)
    ]

    def work_on(item: tuple[str, list[Mapping[str, Any]]]) -> str:
        language, own = item
        files, counts = {}, {}
        for split in SPLITS[format]:
            name = joined_name(format, language, split)
            parts = [
                text_part(format, language, split, marker["part"]) for marker in own if split in marker["counts"]
            ]
            files[name] = _join([folder / part for part in parts], folder / name, scratch_of(folder))
            some = [marker["counts"][split] for marker in own if split in marker["counts"]]
            counts[split] = {
                key: sum(count[key] for count in some) for key in ("documents", "sequences", "tokens")
            }
        marker = {"made_of": made_of[language], "language": language, "files": files, "counts": counts}
        write_json(folder / JOINED_MARKERS / f"{language}.json", marker)
        return json.dumps(marker)

    return [json.loads(said) for said in ask_items(session.sparkContext, by_language, work_on, "languages")]


def _join(parts: Sequence[Place], target: Place, scratch: Place) -> int:
    """Copy files behind one another into one; gives its bytes."""
    size = 0
    with publishing(target, scratch) as joined:
        for part in parts:
            with part.open() as source:
                while block := source.read(BLOCK):
                    joined.write(block)
                    size += len(block)
    return size


def write_indexes(folder: Place, markers: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """MDS' index.json of each folder, of what its parts say of their shards; gives names and sizes."""
    found: dict[str, list[Any]] = {}
    for marker in markers:
        for name in marker["files"]:
            if name.startswith(f"{DONE}/index/"):
                inner = name.removeprefix(f"{DONE}/index/").rpartition("/")[0]
                found.setdefault(inner, []).append(read_json(folder / name))
    return {f"{inner}/{INDEX}": _put(folder / inner / INDEX, index_text(parts)) for inner, parts in found.items()}


def write_dictionary(folder: Place, format: str, vocabulary: Vocabulary, files: Path) -> dict[str, int]:
    """What fairseq and XLM want beside the pieces. files: the vocabulary's; gives names and sizes."""
    if format == "fairseq":
        # Behind <s>, <pad>, </s> and <unk>, which fairseq has by itself; it does not use the count.
        lines = "".join(f"{token} 1\n" for token in vocabulary.learned)
        return {"dict.txt": _put(folder / "dict.txt", lines.encode())}
    return {"vocab": _put(folder / "vocab", (files / "vocab").read_bytes())} if format == "xlm" else {}


def _put(place: Place, content: bytes) -> int:
    place.write_bytes(content)
    return len(content)


def _size(place: Place) -> int:
    files, path = filesystem(place)
    info = files.get_file_info(path)
    return int(info.size) if info.is_file else -1
