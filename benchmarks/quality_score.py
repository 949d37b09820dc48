"""Quality scores: how well each tells held-out good documents from bad ones, alone and two together.

    python benchmarks/quality_score.py --data DATA [--json]

DATA/text as it lies. Good: prose/LANG/*.jsonl, sentences of news in lid/lingua_leipzig,
noisy/en_article_bodies.jsonl, and of noisy/en_sms_spam.jsonl what is ham. Bad: the boilerplate of the articles'
pages, navigation in noisy/boilerplate/LANG.jsonl, and spam, which is fluent. Messages stand by themselves, the
rest in blocks of 250 characters or more. Two thirds, by the hash of the host or of the text, are learnt from: a
language model by the good ones but for messages, a classifier by both sides (train-quality). The rest is judged.
`unseen`: by a classifier that saw no bad text of this kind, where there is another kind.

AUC: the probability that a good document scores higher than a bad one. `max` and `mean` combine the two scores'
percentiles over the language's judged documents, as quality.combine does. Perplexity on text of this kind depends
on its length, so `good` is what the bad text would be taken for: articles, messages.
"""

import argparse
import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import numpy as np

from ccnet_lite.errors import UserError
from ccnet_lite.models.perplexity import PerplexityModel, available_models
from ccnet_lite.models.quality_scores import QualityClassifier
from ccnet_lite.models.train import TrainOptions, train_languages
from ccnet_lite.models.train_quality import QualityOptions, Sample, train_quality
from ccnet_lite.quality.ranks import auc, combined
from ccnet_lite.report.columns import align

BLOCK = 250
LEAST = 20
"""Judged documents of each side."""


class Text(NamedTuple):
    """A document of some kind, whose bad side has the same kind."""

    kind: str
    good: bool
    text: str
    host: str = ""

    @property
    def learnt(self) -> bool:
        """Whether it is of the two thirds that are learnt from."""
        digest = hashlib.blake2b((self.host or self.text).encode(), digest_size=1).digest()
        return digest[0] < 171


def read(path: Path) -> list[dict[str, Any]]:
    """Rows of a jsonl file; none where it is not there."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def blocks(text: str) -> list[str]:
    """Lines in blocks of BLOCK characters or more."""
    found, held = [], ""
    for line in text.split("\n"):
        held = f"{held}\n{line}".strip()
        if len(held) >= BLOCK:
            found.append(held)
            held = ""
    return found


def documents(data: Path) -> dict[str, list[Text]]:
    """All documents by language, of languages that have both sides."""
    noisy = data / "text" / "noisy"
    found: dict[str, list[Text]] = {"en": []}
    for name, good in (("en_article_bodies", True), ("en_article_boilerplate", False)):
        found["en"] += [
            Text("boilerplate", good, block, urlsplit(row["url"]).netloc)
            for row in read(noisy / f"{name}.jsonl")
            for block in blocks(row["text"])
        ]
    found["en"] += [
        Text("spam", row["quality"] == "ham", row["text"]) for row in read(noisy / "en_sms_spam.jsonl")
    ]
    for file in sorted((noisy / "boilerplate").glob("*.jsonl")):
        found.setdefault(file.stem, []).extend(
            Text("navigation", False, block, urlsplit(row["url"]).netloc)
            for row in read(file)
            for block in blocks(row["text"])
        )
    for language, texts in found.items():
        kind = "prose" if language == "en" else "navigation"
        for file in sorted((data / "text" / "prose" / language).glob("*.jsonl")):
            texts += [Text(kind, True, block) for row in read(file) for block in blocks(row["text"])]
        news = data / "text" / "lid" / "lingua_leipzig" / "sentences" / f"{language}.txt"
        if news.exists():
            texts += [Text(kind, True, block) for block in blocks(news.read_text(encoding="utf-8"))]
    return {language: texts for language, texts in found.items() if len({each.good for each in texts}) == 2}


def classifier(texts: list[Text], folder: Path, language: str) -> QualityClassifier | None:
    """Learnt from the half of these that is; None where they are too few."""
    sides = [[Sample(t.text, t.host) for t in texts if t.learnt and t.good is good] for good in (True, False)]
    try:
        train_quality({language: sides[0]}, {language: sides[1]}, folder, QualityOptions(held_out=0.01))
    except UserError:
        return None
    return QualityClassifier(folder / f"{language}.quality.bin")


def language_model(texts: list[Text], folder: Path, language: str) -> PerplexityModel:
    """Of the good prose and articles that are learnt from."""
    chosen = [t.text for t in texts if t.good and t.learnt and t.kind != "spam"]
    (folder / "reference").mkdir(parents=True)
    lines = [json.dumps({"text": text}) for text in chosen]
    (folder / "reference" / f"{language}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    train_languages([folder / "reference"], folder / "lm", options=TrainOptions(vocab_size=10_000, held_out=0.0))
    return PerplexityModel.load(available_models(folder / "lm")[language], "script_safe")


def ranks(values: np.ndarray) -> np.ndarray:
    """[documents] the percentile of each."""
    _, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    return ((np.cumsum(counts) - counts / 2) / len(values))[at]


def table(data: Path) -> list[dict[str, Any]]:
    """A row a language and kind: how many are judged, and the AUC of each score."""
    rows = []
    for language, texts in sorted(documents(data).items()):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            model = language_model(texts, folder, language)
            known = classifier(texts, folder / "all", language)
            judged = [t for t in texts if not t.learnt]
            said = [t.text for t in judged]
            perplexity = -np.nan_to_num(model.score(said)[0], nan=1e9)
            columns = {"perplexity": perplexity}
            if known is not None:
                columns["classifier"] = np.nan_to_num(known.score(said), nan=0.5)
                both = np.array([ranks(each) for each in columns.values()])
                columns |= {"max": combined(both, "max"), "mean": combined(both, "mean_rank")}
            for kind in dict.fromkeys(t.kind for t in judged if not t.good):
                others = [t for t in texts if t.good or t.kind != kind]
                unseen = classifier(others, folder / f"without-{kind}", language)
                own = dict(columns)
                if unseen is not None:
                    own["unseen"] = np.nan_to_num(unseen.score(said), nan=0.5)
                good = np.array([t.good and t.kind == kind for t in judged])
                bad = np.array([not t.good and t.kind == kind for t in judged])
                if min(good.sum(), bad.sum()) >= LEAST:
                    found = {key: round(auc(each[good], each[bad]), 3) for key, each in own.items()}
                    rows.append(
                        {"language": language, "kind": kind, "good": int(good.sum()), "bad": int(bad.sum())}
                        | found
                    )
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = table(arguments.data)
    if arguments.json:
        print(json.dumps(rows))
        return
    heads = ("language", "kind", "good", "bad", "perplexity", "classifier", "max", "mean", "unseen")
    body = [[str(row.get(head, "")) for head in heads] for row in rows]
    print("\n".join(align([list(heads), *body], left=2)))


if __name__ == "__main__":
    main()
