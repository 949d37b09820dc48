"""Vocabularies of the six models, held against the tokenizers of transformers that load them."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import sentencepiece

from ccnet_lite.errors import UserError
from ccnet_lite.pretraining.lines import lines
from ccnet_lite.pretraining.spm_file import character_map
from ccnet_lite.pretraining.vocabulary import (
    FILE_NAME,
    FORMAT,
    KINDS,
    Vocabulary,
    load_vocabulary,
    model_file,
    prepared,
)
from ccnet_lite.pretraining.vocabulary_training import train

pytest.importorskip("tokenizers", reason="needs the extra pretraining")
transformers = pytest.importorskip("transformers", reason="needs the extra pretraining")
TEXTS = [
    "The narrow bridge near the old harbour was painted green by people of the village, in 1987.",
    "Niemand wusste damals, warum der Bahnhof so weit vom Markt entfernt gebaut wurde – außer Jürgen.",
    "L'été dernier, nous avons vu où s'arrête la rivière ; c'était à trois kilomètres.",
    "Старый мост у реки покрасили в зелёный цвет, и никто не помнит, когда это было.",
    "Η παλιά γέφυρα κοντά στο λιμάνι βάφτηκε πράσινη από τους ανθρώπους του χωριού.",
    "他昨天在图书馆里看了一本关于古代桥梁的书。真的很有意思！",
    "昨日、図書館で古い橋についての本を読みました。とても面白かったです。",
    "어제 도서관에서 오래된 다리에 관한 책을 읽었습니다.",
    "متحف صغير قرب الميناء القديم، وثمن التذكرة سبعة دنانير.",
    "पुराने पुल के पास एक छोटा संग्रहालय है। टिकट सात रुपये का है।",
    "สะพานเก่าใกล้ท่าเรือถูกทาสีเขียวโดยชาวบ้าน",
    "በወደቡ አጠገብ ያለው ድልድይ አረንጓዴ ቀለም ተቀባ።",
    "הגשר הישן ליד הנמל נצבע ירוק על ידי אנשי הכפר.",
]
STRANGE = [
    *(
        "Ünïcödé ﬁne Ｆｕｌｌ　ｗｉｄｔｈ",
        "emoji 😀👨‍👩‍👧 zero\u200bwidth  two  spaces\ttab",
        "e\u0301 decomposed ﷺ",
    ),
    *("", " ", "a" * 200, "▁x y", "① ② ½ ㎏", "\ufeffbom \u00ad soft", "``quoted'' it''s", "q\u2028sep"),
]
CLASSES = {
    "xlm-r": ("XLMRobertaTokenizerFast", {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": -1}),
    "albert": ("AlbertTokenizerFast", {"<pad>": 0, "<unk>": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4}),
    "mbert": ("BertTokenizerFast", {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4}),
    "bert": ("BertTokenizerFast", {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4}),
    "distilbert": ("DistilBertTokenizerFast", {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4}),
    "xlm": ("XLMTokenizer", {"<s>": 0, "</s>": 1, "<pad>": 2, "<unk>": 3, "<special1>": 5}),
}
SIZE = 900


def make(kind: str, folder: Path, size: int = SIZE, byte_fallback: bool = False, coverage: float = 1.0) -> Path:
    if kind == "xlm":
        pytest.importorskip("sacremoses", reason="XLM's words need sacremoses")
    sample = [prepared(line, kind) for text in TEXTS for line in lines(text)] * 3
    train(kind, lambda: iter(sample), folder, size, coverage, byte_fallback)
    stored = {"format": FORMAT, "for": kind, "byte_fallback": byte_fallback}
    (folder / FILE_NAME).write_text(json.dumps(stored))
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders by kind, each made when it is first asked for."""

    class Made(dict[str, Path]):
        def __missing__(self, kind: str) -> Path:
            self[kind] = make(kind, tmp_path_factory.mktemp("vocabulary") / kind)
            return self[kind]

    return Made()


@pytest.mark.parametrize("kind", KINDS)
def test_transformers_own_class_loads_it_and_cuts_alike(kind: str, made: dict[str, Path]) -> None:
    ours = load_vocabulary(made[kind])
    name, ids = CLASSES[kind]
    theirs = getattr(transformers, name).from_pretrained(made[kind])
    assert len(theirs) == len(ours) and 300 < len(ours) <= SIZE + 2
    assert theirs.convert_ids_to_tokens(list(range(len(ours)))) == list(ours.tokens)
    for token, number in ids.items():
        assert theirs.convert_tokens_to_ids(token) == number % len(ours), token
    assert (theirs.pad_token_id, theirs.unk_token_id) == (ids[str(theirs.pad_token)], ours.unknown_id)
    assert theirs.mask_token in ids and theirs.sep_token_id == ours.end_id
    for text in TEXTS + STRANGE:
        pieces = theirs.convert_tokens_to_ids(theirs.tokenize(text))
        assert ours.encode([text]) == [pieces], text
        assert len(ours.pieces([text])[0]) == len(pieces)
    framed = theirs(TEXTS[0])["input_ids"]
    first = theirs.bos_token_id if kind == "xlm" else theirs.cls_token_id
    assert framed == [first, *ours.encode(TEXTS[:1])[0], theirs.sep_token_id]


@pytest.mark.parametrize("kind", KINDS)
def test_auto_tokenizer_knows_the_class(kind: str, made: dict[str, Path]) -> None:
    assert type(transformers.AutoTokenizer.from_pretrained(made[kind])).__name__ == KINDS[kind].tokenizer_class


@pytest.mark.parametrize("kind", ["xlm-r", "albert"])
def test_pieces_are_those_of_the_trained_model_itself(kind: str, made: dict[str, Path]) -> None:
    model = sentencepiece.SentencePieceProcessor(model_file=str(made[kind] / model_file(kind)))
    theirs = transformers.AutoTokenizer.from_pretrained(made[kind])
    for text in TEXTS + STRANGE[:-3]:
        assert [model.piece_to_id(piece) for piece in model.encode(text, out_type=str)] == model.encode(text)
        shift = 1 if kind == "xlm-r" else 0
        known = [i + shift if i != model.unk_id() else theirs.unk_token_id for i in model.encode(text)]
        assert theirs(text, add_special_tokens=False)["input_ids"] == known
        assert "".join(theirs.decode(known).split()) == "".join(model.decode(model.encode(text)).split()) or (
            theirs.unk_token_id in known
        )


def test_case_accents_and_chinese_are_as_berts_multilingual_cased_model_has_them(made: dict[str, Path]) -> None:
    theirs = transformers.BertTokenizerFast.from_pretrained(made["mbert"])
    said = theirs.tokenize("Jürgen 图书馆")
    assert said[0].startswith("J") and "ü" in "".join(said) and said[-3:] == ["图", "书", "馆"]
    assert theirs.decode(theirs("der Bahnhof")["input_ids"], skip_special_tokens=True) == "der Bahnhof"


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_is_never_special_ids(kind: str, made: dict[str, Path]) -> None:
    ours = load_vocabulary(made[kind])
    special = {ours.tokens.index(t) for t in (*KINDS[kind].specials, "<mask>") if t in ours.tokens}
    text = "<mask> <s> [MASK] x[SEP]y </s> <unk> <special1> <pad>"
    assert set(ours.encode([text])[0]) & special <= {ours.unknown_id}
    assert not {*KINDS[kind].specials, "<mask>"} & set(ours.learned)
    if KINDS[kind].algorithm == "wordpiece":
        assert len(ours.encode(["x[SEP]y"])[0]) > 3  # it is text, not one unknown token between two


@pytest.mark.parametrize("kind", KINDS)
def test_equal_lines_give_equal_files_in_every_process(kind: str, made: dict[str, Path], tmp_path: Path) -> None:
    names = sorted(path.name for path in made[kind].iterdir())
    code = (
        "from pathlib import Path; from tests.pretraining.test_vocabulary import make;"
        f"make({kind!r}, Path({str(tmp_path)!r}))"
    )
    environment = {**os.environ, "RAYON_NUM_THREADS": "1", "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    for name in names:
        assert (tmp_path / name).read_bytes() == (made[kind] / name).read_bytes(), name


def test_byte_fallback_leaves_nothing_unknown(tmp_path: Path) -> None:
    ours = load_vocabulary(make("xlm-r", tmp_path, 1200, byte_fallback=True))
    theirs = transformers.AutoTokenizer.from_pretrained(tmp_path)
    assert len(ours.byte_ids) == 256 and not load_vocabulary(make("xlm-r", tmp_path / "not")).byte_ids
    text = "ᚠᚢ x"
    ids = ours.encode([text])[0]
    assert ours.unknown_id not in ids and ours.byte_ids & set(ids)
    assert theirs(text, add_special_tokens=False)["input_ids"] == ids and theirs.decode(ids) == text
    with pytest.raises(UserError, match="--byte-fallback is SentencePiece's"):
        make("mbert", tmp_path / "other", byte_fallback=True)


@pytest.mark.parametrize("kind", ["xlm-r", "mbert"])
def test_sizes_that_cannot_be_are_refused_and_rare_characters_left_out(kind: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"--size 50 is too small for \d+ characters"):
        make(kind, tmp_path, 50)
    sized = load_vocabulary(make(kind, tmp_path / "some", coverage=0.98))
    unknown = [sized.unknown_id in ids for ids in sized.encode([*TEXTS, "the"])]
    assert any(unknown) and not unknown[-1]
    with pytest.raises(UserError, match=r"--coverage 0\.9: give a share of the characters, from 0\.98 to 1"):
        make(kind, tmp_path, coverage=0.9)
    with pytest.raises(UserError, match="no text to train"):
        train(kind, lambda: iter(()), tmp_path / "none", 500)


def test_xlm_ids_go_by_frequency_as_its_own_dictionary_has_them(made: dict[str, Path]) -> None:
    ours: Vocabulary = load_vocabulary(made["xlm"])
    counted = [line.rsplit(" ", 1) for line in (made["xlm"] / "vocab").read_text().splitlines()]
    assert [token for token, _ in counted] == list(ours.tokens[14:])
    assert [int(count) for _, count in counted] == sorted((int(count) for _, count in counted), reverse=True)
    seen = Counter(piece for pieces in ours.pieces(TEXTS * 3) for piece in pieces)
    assert {token: int(count) for token, count in counted if int(count)} == dict(seen)


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"has no vocabulary.json: give the folder"):
        load_vocabulary(tmp_path)
    (tmp_path / FILE_NAME).write_text('{"format": "other"}')
    with pytest.raises(UserError, match="is damaged"):
        load_vocabulary(tmp_path)
    with pytest.raises(ValueError, match="wire type"):
        character_map(b"\x07abc")
