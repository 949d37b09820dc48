"""Models are tried in a process that they may end: whatever happens is a line, and good ones are asked once."""

import math
import re
import struct
import threading
from collections import Counter
from pathlib import Path

import pytest

from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.models import trial
from ccnet_lite.models.fasttext_file import check_classifier
from ccnet_lite.models.files import find_model
from ccnet_lite.models.loading import load_lm, load_pieces
from ccnet_lite.models.trial import Candidate, try_models
from tests.models.conftest import classifier
from tests.models.damaged import PAGE, POINTER, cases, tried, used


@pytest.fixture
def misbehaving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "__name__", "tests.models.misbehaving")
    monkeypatch.setattr(trial, "SECONDS", 1)


def model(tmp_path: Path, content: bytes | str, name: str = "x.bin") -> Candidate:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Candidate("fastText", path)


@pytest.mark.usefixtures("misbehaving")
@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("spin", "was not ready after 1 s of processor time"),
        ("sleep", "was not ready after 2 s"),
        ("allocate", "takes more memory than 1,024 MiB"),
        ("crash", r"ends the process that uses it \(SIGSEGV\)"),
        ("signal SIGABRT", "ends the process that uses it \\(SIGABRT: what\\(\\): it went wrong\ufffd\\[2J\\)"),
        ("signal SIGKILL", "could not be tried, the process was killed, perhaps for lack of memory"),
        ("raise", r"cannot be used \(IndexError: vector::_M_range_check\)"),
        ("write", r"cannot be used \((PermissionError|OSError): .*\)"),
    ],
)
def test_whatever_a_model_does_is_a_line_and_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str, said: str
) -> None:
    monkeypatch.setattr(trial, "WAITED", 2 if does == "sleep" else 100)
    good, bad = model(tmp_path, "good", "good.bin"), model(tmp_path, does, "bad.bin")
    with pytest.raises(UserError, match=rf"^fastText model {bad.path} {said}: fetch or train it again") as error:
        try_models([good, bad], tmp_path / "tried")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "new").exists() or (tmp_path / "new").read_text() == ""
    remembered = {path.name for path in (tmp_path / "tried").iterdir()}
    assert remembered == {".lock", trial._name(good)}


def test_what_stood_it_is_asked_once_however_many_ask(
    lm_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By processes, or as here threads, at the same time; and again when it became another file."""
    asked: list[Path] = []
    ask = trial._asked

    def counted(candidates: list[Candidate]) -> tuple[list[str], Exception | None]:
        asked.extend(candidate.path for candidate in candidates)
        return ask(candidates)

    monkeypatch.setattr(trial, "_asked", counted)
    pieces, lm = lm_dir / "en.sp.model", lm_dir / "en.arpa.bin"
    both = [Candidate("SentencePiece", pieces), Candidate("KenLM", lm, "", pieces)]
    threads = [threading.Thread(target=try_models, args=(both, tmp_path / "tried")) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asked == [pieces, lm]
    copy = tmp_path / "copy.sp.model"
    copy.write_bytes(pieces.read_bytes())
    for _ in range(2):
        try_models([Candidate("SentencePiece", copy)], tmp_path / "tried")
    assert asked[2:] == [copy]
    copy.write_bytes(pieces.read_bytes()[:-1000])
    with pytest.raises(UserError):
        try_models([Candidate("SentencePiece", copy)], tmp_path / "tried")


def test_a_file_of_a_known_sum_is_the_same_wherever_it_lies(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for path in (one, two):
        path.write_bytes(b"same")
    assert trial._name(Candidate("fastText", one, "a" * 64)) == trial._name(Candidate("fastText", two, "a" * 64))
    assert trial._name(Candidate("fastText", one, "a" * 64)) != trial._name(Candidate("fastText", two, "b" * 64))
    assert trial._name(Candidate("fastText", one)) != trial._name(Candidate("fastText", two))
    before = trial._name(Candidate("fastText", one, "a" * 64))
    one.write_bytes(b"sam")  # cut short since its sum was taken
    assert trial._name(Candidate("fastText", one, "a" * 64)) != before


def test_many_models_are_shared_out_and_the_bad_one_is_found(tmp_path: Path) -> None:
    good = classifier({"en": "the sea", "fr": "la mer"})
    many = [model(tmp_path, good, f"{number}.bin") for number in range(25)]
    try_models(many, tmp_path / "tried")
    assert len(list((tmp_path / "tried").iterdir())) == 26
    many[17].path.write_bytes(good[:-1])
    with pytest.raises(UserError, match=r"/17\.bin is cut short"):
        try_models(many, tmp_path / "tried")


def test_where_nothing_can_be_remembered_models_are_tried_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    whole = classifier({"en": "the sea", "fr": "la mer"})
    try_models([model(tmp_path, whole)], tmp_path / "file" / "tried")
    with pytest.raises(UserError, match="cut short"):
        try_models([model(tmp_path, whole[:-1])], tmp_path / "file" / "tried")


def test_a_process_that_does_not_start_is_not_the_models_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "__name__", "ccnet_lite.models.none")
    with pytest.raises(RunFailed, match="did not start: ModuleNotFoundError"):
        try_models([model(tmp_path, "x")], tmp_path / "tried")


HEADS = [
    (8, 0, "its vectors have 0 numbers"),
    (8, 3, "a matrix is (50000, 16) and not (50000, 3)"),
    (8, -1, "its vectors have -1 numbers"),
    (32, 5, "its loss has the number 5"),
    (36, 9, "its kind has the number 9"),
    (40, 0, "its n-grams have 0 buckets"),
    (28, 2**30, "its n-grams have up to 1073741824"),
    (48, 2**31 - 1, "its n-grams have up to 2147483647"),
    (64, 0, "words and 176 labels are not 0 entries"),
    (68, -1, "176 labels and -1 words"),
    (68, 1_000_000, "1000000 words and 176 labels are not"),
    (72, 2**31 - 1, "2147483647 labels are not"),
]


@pytest.mark.parametrize(("at", "number", "said"), HEADS)
def test_numbers_in_fasttexts_head_that_do_not_agree(tmp_path: Path, at: int, number: int, said: str) -> None:
    """Some of them ended the process that loaded the file: by SIGSEGV, SIGABRT or SIGFPE."""
    whole = find_model("lid.176.ftz").read_bytes()
    path = tmp_path / "lid.ftz"
    path.write_bytes(whole[:at] + struct.pack("<i", number) + whole[at + 4 :])
    with pytest.raises(UserError, match=rf"lid\.ftz is damaged, .*{re.escape(said)}.*: give another model"):
        check_classifier(path)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 1e30])
def test_weights_that_sums_could_not_hold(tmp_path: Path, number: float) -> None:
    """fastText ends with an exception at the first text that meets one."""
    whole = classifier({"en": "the sea boat was calm", "fr": "la mer calme"})
    for at in (len(whole) - 4, whole.index(struct.pack("<f", 5.0))):
        candidate = model(tmp_path, whole[:at] + struct.pack("<f", number) + whole[at + 4 :])
        check_classifier(candidate.path)
        with pytest.raises(UserError, match=r"x\.bin is damaged, it holds numbers that none can have: give"):
            try_models([candidate], tmp_path / "tried")


@pytest.mark.parametrize(
    ("at", "number", "said"),
    [
        (88, 0, r"ends the process that uses it \(SIGSEGV\)"),  # its order
        (92, 2**31 - 1, r"ends the process that uses it \(SIGFPE\)"),  # its probing multiplier
        (108, 1, "was not ready after 2 s of processor time"),  # its words: a search among them never ends
    ],
)
def test_numbers_in_kenlms_head(
    lm_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, number: int, said: str
) -> None:
    monkeypatch.setattr(trial, "SECONDS", 2)
    monkeypatch.setattr(trial, "WAITED", 100)
    whole = (lm_dir / "en.arpa.bin").read_bytes()
    path = tmp_path / "en.arpa.bin"
    path.write_bytes(whole[:at] + struct.pack("<I", number) + whole[at + 4 :])
    with pytest.raises(UserError, match=f"KenLM model {path} {said}: fetch"):
        try_models([Candidate("KenLM", path, "", lm_dir / "en.sp.model")], tmp_path / "tried")


def test_a_model_of_other_pieces_is_refused(lm_dir: Path, tmp_path: Path) -> None:
    korean = tmp_path / "ko.sp.model"
    korean.write_bytes((lm_dir / "ko.sp.model").read_bytes())
    lm = tmp_path / "ko.arpa.bin"
    words = "".join(f"-1\t{word}\t0\n" for word in ("<unk>", "<s>", "</s>", "word"))
    lm.write_text(f"\\data\\\nngram 1=4\nngram 2=1\n\n\\1-grams:\n{words}\n\\2-grams:\n-1\t<s> word\n\n\\end\\\n")
    with pytest.raises(UserError, match=r"ko\.arpa\.bin knows none of the pieces of .*ko\.sp\.model"):
        try_models([Candidate("KenLM", lm, "", korean)], tmp_path / "tried")


def test_kenlms_reason_is_given_and_not_where_in_its_source(lm_dir: Path, tmp_path: Path) -> None:
    whole = (lm_dir / "en.arpa.bin").read_bytes()
    for content, said in (
        (whole[:-40_000], f"Binary file has size {len(whole) - 40_000} but the headers say it should be at least"),
        (b"text \xff\x1b[2J", 'first non-empty line was "text \ufffd\ufffd[2J" not \\data'),
        (b"\\data\\\nngram 1=x\n", "Bad count x Byte: 17"),
        (PAGE, "it is a web page: its address led elsewhere"),
        (POINTER, "it is a pointer of Git LFS, and not yet the file: git lfs pull"),
        (b"\x1f\x8b\x08", "it is compressed by gzip: decompress it"),
        (b"", "it is empty"),
    ):
        path = tmp_path / "en.arpa.bin"
        path.write_bytes(content)
        with pytest.raises(UserError) as error:
            load_lm(path)
        silent = b"\xff" in content and "KenLM does not say why" in str(error.value)
        assert silent or str(error.value).startswith(f"{path} is not a KenLM model ({said}")
        assert str(error.value).endswith("): train or fetch it again")
    with pytest.raises(UserError, match=r"en\.arpa\.bin is not a SentencePiece model \(it is empty\)"):
        load_pieces(path)


@pytest.mark.slow
def test_damaged_models_are_refused_or_used(lm_dir: Path, tmp_path: Path) -> None:
    """Never is the process ended that asks, or one that uses what stood the trial. More cases: damaged.py."""
    folder = tmp_path / "models"
    folder.mkdir()
    for path in lm_dir.glob("en.*"):
        (folder / path.name).symlink_to(path)
    (folder / "own.bin").write_bytes(classifier({"en": "the sea boat was calm", "fr": "la mer était calme"}))
    (folder / "lid.ftz").symlink_to(find_model("lid.176.ftz"))
    outcomes: Counter[str] = Counter()
    for number, (damage, whole, data) in enumerate(cases(folder.iterdir(), 40, seed=3)):
        path = tmp_path / f"{number}-{whole.name}"
        path.write_bytes(data)
        message = tried(path, whole, tmp_path / "tried")
        if message:
            assert str(path) in message and message.isprintable() and "again" in message
            outcomes["refused"] += 1
        else:
            assert used(path, whole) == 0, f"{damage} of {whole.name}"
            outcomes["used"] += 1
    assert outcomes["refused"] > 20 and outcomes["used"] > 2
