"""Accidents that befall the files of a finished run, drawn by a seed."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

KINDS = ("flip", "flip", "cut", "grown", "gone", "zeroed", "garbage", "folder", "link", "stray", "swapped")


def files_of(run: Path) -> list[str]:
    """All files of a run that verify answers for: not its lock, nor the notes of what was called."""
    others = (".lock", "history.json")
    return sorted(
        str(path.relative_to(run)) for path in run.rglob("*") if path.is_file() and path.name not in others
    )


def copies_damaged(run: Path, folder: Path, seed: int, count: int) -> Iterator[tuple[Path, str, list[str]]]:
    """Copies of a run, one after another: the folder, what was done to it, and the names that have to be told."""
    random_ = random.Random(seed)
    names = files_of(run)
    for number in range(count):
        copy = folder / f"{seed}-{number}"
        shutil.copytree(run, copy)
        kind, name = random_.choice(KINDS), random_.choice(names)
        told = damage(copy, name, kind, random_, names)
        yield copy, f"{kind} {name}", told
        shutil.rmtree(copy)


def damage(run: Path, name: str, kind: str, random_: random.Random, names: list[str]) -> list[str]:
    """Do one thing to one file; gives the names that have to be told."""
    path, content = run / name, (run / name).read_bytes()
    at = random_.randrange(len(content))
    if kind == "flip":
        path.write_bytes(content[:at] + bytes([content[at] ^ 1 << random_.randrange(8)]) + content[at + 1 :])
    elif kind == "cut":
        path.write_bytes(content[:at])
    elif kind == "grown":
        path.write_bytes(content + random_.randbytes(3))
    elif kind in ("zeroed", "garbage"):
        path.write_bytes(bytes(len(content)) if kind == "zeroed" else random_.randbytes(len(content)))
    elif kind == "stray":
        # In the run's own folder, and beside what earlier readings set aside, there may be more.
        apart = "/" not in name or name.startswith("quarantine/")
        stray = (run / "report" if apart else path.parent) / "stray.parquet"
        stray.write_bytes(content)
        return [str(stray.relative_to(run))]
    elif kind == "swapped":
        other = random_.choice([each for each in names if (run / each).read_bytes() != content])
        path.write_bytes((run / other).read_bytes())
        (run / other).write_bytes(content)
        # Where one of them says what the other is, that one is told of.
        said = [
            each for each in ("manifest.json", other, name) if each in (name, other) and each.endswith(".json")
        ]
        return said[:1] or [name, other]
    else:
        path.unlink()
        if kind == "folder":
            path.mkdir()
        elif kind == "link":
            path.symlink_to(run / "nowhere")
    return [name]
