"""Whether models can be used: found out in a process of its own, once a machine, before a run uses them.

The libraries that read models trust them: a damaged number, or one that was meant to, ends the process, has it
write where it should not, or keeps it busy or asking for memory without end. So a confined process (see
confined.py) loads each model first and asks it for something, within the time and memory that a file of its
size may take. That a model stood it is remembered under a folder; nothing is that failed.

Not handled: damage that shows with some texts only. Only a SHA-256 finds that (`language.sha256`, and
`models.json`, which our trainer writes).
"""

import fcntl
import hashlib
import json
import math
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ccnet_lite.archives.confined import command, confine, environment
from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.models.formats import one_line

SECONDS, BYTES_A_SECOND = 10, 10 << 20
"""Of processor time: for any model, and what a file has to be read in at least. ARPA files take the longest."""
MEMORY, TIMES_ITS_SIZE = 1 << 30, 4
"""Of address space: for any model, and how often a file may be in memory beside that."""
WAITED = 10
"""How many times its processor time a model may take by the clock."""
_MODELS_A_PROCESS = 10
_PIECES_A_SENTENCE = 50
_LIKELIEST = 1.0  # log10: sums of rounded logarithms
_TEXTS = (
    "the sea was calm, and a small boat came in",
    "La mer était calme.",
    "море было спокойно",
    "海很平静。 هادئ",
)
_FORM = "1"
_ADVICE = "fetch or train it again, or give another"

Kind = Literal["fastText", "SentencePiece", "KenLM"]


class Candidate(NamedTuple):
    """A model to be tried; `beside`: the SentencePiece model that a KenLM model's pieces are of.

    sha256: of the file where that is known: by it, and not by the file's place, it is told again.
    """

    kind: Kind
    path: Path
    sha256: str = ""
    beside: Path | None = None


def try_models(candidates: Sequence[Candidate], remembered: Path) -> None:
    """Try the models that have not stood it before.

    remembered: a folder of this machine; where it cannot be written, models are tried each time.

    Raises:
        UserError: for the first that cannot be used: its file, what happened, what to do.
        RunFailed: no process could be started for it.
    """
    if not _untried(candidates, remembered):
        return
    with _alone(remembered):  # a machine's processes all begin at once
        waiting = _untried(candidates, remembered)
        names = list(waiting)
        if not names:
            return
        shares = min(len(os.sched_getaffinity(0)), math.ceil(len(names) / _MODELS_A_PROCESS))
        with ThreadPoolExecutor(shares) as pool:
            results = list(pool.map(lambda i: _asked([waiting[name] for name in names[i::shares]]), range(shares)))
        with suppress(OSError):
            for i, (answers, _) in enumerate(results):
                for name, answer in zip(names[i::shares], answers, strict=False):
                    if not answer:
                        (remembered / name).touch()
    for answers, failure in results:
        if failure is not None or any(answers):
            raise failure or UserError(answers[-1])


def _untried(candidates: Sequence[Candidate], remembered: Path) -> dict[str, Candidate]:
    """By the name under which it is remembered that one stood it."""
    names = {_name(candidate): candidate for candidate in candidates}
    return {name: candidate for name, candidate in names.items() if not (remembered / name).exists()}


def _name(candidate: Candidate) -> str:
    parts = [_FORM, candidate.kind]
    for path, sha256 in ((candidate.path, candidate.sha256), (candidate.beside, "")):
        if path is not None and path.exists():
            found = path.stat()
            parts += [str(found.st_size), sha256 or f"{path.absolute()} {found.st_mtime_ns} {found.st_ino}"]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (folder / ".lock").open("w")
    except OSError:
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# ---- the process that asks -----------------------------------------------------------------------------


def _asked(candidates: Sequence[Candidate]) -> tuple[list[str], Exception | None]:
    """What is wrong with each, up to the first where something is; and how the process failed, if it did."""
    asked = [
        (*_bounds(c.path), c.kind, str(c.path.absolute()), c.beside and str(c.beside.absolute()))
        for c in candidates
    ]
    done = subprocess.run(
        command(__name__), input=json.dumps(asked).encode(), capture_output=True, env=environment(), cwd="/"
    )
    answers = [str(json.loads(line)) for line in done.stdout.splitlines()]
    if len(answers) == len(candidates) or any(answers):
        return answers, None
    said = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    last = one_line(said[-1]) if said else ""
    if done.returncode >= 0:
        return answers, RunFailed(f"the process that tries models did not start: {last or done.returncode}")
    return answers, UserError(_ended(candidates[len(answers)], -done.returncode, last))


def _ended(candidate: Candidate, number: int, last: str) -> str:
    """That a model ended the process, by a signal."""
    seconds, by_the_clock, _ = _bounds(candidate.path)
    what: dict[int, str] = {
        signal.SIGXCPU: f"was not ready after {seconds} s of processor time",
        signal.SIGALRM: f"was not ready after {by_the_clock} s",
        signal.SIGKILL: "could not be tried, the process was killed, perhaps for lack of memory",
    }
    otherwise = f"ends the process that uses it ({signal.Signals(number).name}{last and f': {last}'})"
    return f"{candidate.kind} model {candidate.path} {what.get(number, otherwise)}: {_ADVICE}"


def _bounds(path: Path) -> tuple[int, int, int]:
    """What a model may take: seconds of processor time and by the clock, bytes of address space."""
    size = path.stat().st_size if path.exists() else 0
    seconds = SECONDS + size // BYTES_A_SECOND
    return seconds, WAITED * seconds, MEMORY + TIMES_ITS_SIZE * size


# ---- the process that is asked -------------------------------------------------------------------------


def serve() -> None:
    """Try the models of a list on standard input; a line on standard output for each, until one fails."""
    asked = json.load(sys.stdin)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    trials = {kind: _trial_of(kind) for kind in {each[3] for each in asked}}
    confine()
    for seconds, by_the_clock, memory, kind, path, beside in asked:
        until = math.ceil(time.process_time() + seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_AS, (memory, resource.RLIM_INFINITY))
        signal.alarm(by_the_clock)
        answer = _answer(trials[kind], Candidate(kind, Path(path), "", beside and Path(beside)))
        print(json.dumps(answer), file=answers, flush=True)
        if answer:
            return


def _answer(trial: Callable[[Candidate], str], candidate: Candidate) -> str:
    """What is wrong with a model; empty where nothing is."""
    try:
        wrong = trial(candidate)
    except UserError as error:
        return str(error)
    except MemoryError:
        wrong = f"takes more memory than {resource.getrlimit(resource.RLIMIT_AS)[0] >> 20:,} MiB"
    except Exception as error:
        wrong = f"cannot be used ({type(error).__name__}: {one_line(str(error))})"
    return wrong and f"{candidate.kind} model {candidate.path} {wrong}: {_ADVICE}"


def _trial_of(kind: Kind) -> Callable[[Candidate], str]:
    """Loads and asks a model; what it needs is imported now. Gives what is wrong, empty if nothing."""
    if kind == "fastText":
        return _fasttext_trial()
    from ccnet_lite.models.loading import load_lm, load_pieces

    def of_pieces(candidate: Candidate) -> str:
        pieces = load_pieces(candidate.path)
        # Each character once: so all of its rules for characters are gone through.
        signs = "".join(chr(code) for code in range(0x20, 0x10000) if not 0xD800 <= code < 0xE000)
        for text in (*_TEXTS, signs, " ".join(signs)):
            pieces.encode(text, out_type=str)
        return "" if pieces.get_piece_size() else "has no pieces"

    def of_lm(candidate: Candidate) -> str:
        lm = load_lm(candidate.path)
        words = "\n".join(_TEXTS).split() if candidate.beside is None else _words(load_pieces(candidate.beside))
        known = [word for word in words if word in lm]
        if candidate.beside is not None and not known:
            return f"knows none of the pieces of {candidate.beside}"
        for begin in range(0, len(words), _PIECES_A_SENTENCE):
            score = lm.score(" ".join(words[begin : begin + _PIECES_A_SENTENCE]))
            if not -math.inf < score < _LIKELIEST:
                return f"gives a text the probability 10^{score:g}"
        return ""

    return of_pieces if kind == "SentencePiece" else of_lm


def _words(pieces: Any) -> list[str]:
    """The pieces that are text: not <unk>, <s> and </s>, which every model knows."""
    numbers = range(pieces.get_piece_size())
    return [pieces.id_to_piece(n) for n in numbers if not (pieces.is_control(n) or pieces.is_unknown(n))]


def _fasttext_trial() -> Callable[[Candidate], str]:
    import fasttext

    from ccnet_lite.models.fasttext_file import check_classifier

    def of_classifier(candidate: Candidate) -> str:
        check_classifier(candidate.path, with_weights=True)
        model = fasttext.load_model(str(candidate.path))
        labels, probabilities = model.predict(list(_TEXTS))
        numbers = [float(each[0]) for each in probabilities if len(each)]
        if not all(0 <= number < 2 for number in numbers):
            return f"gives a text the probability {max(numbers, key=abs):g}"
        return "" if model.get_labels() and labels else "has no labels"

    return of_classifier
