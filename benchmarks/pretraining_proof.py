"""Is this corpus better to train on? Tiny XLM-R models and 4-gram models, equal tokens, several seeds.

    python benchmarks/pretraining_proof.py --work WORK
    python benchmarks/pretraining_proof.py --work WORK --crawl 'CRAWL/*.gz' --held-out TEXTS --languages de,en,ru

Without --crawl, a sample crawl of 8,000 documents is made, and held-out text: articles of a sample with another
seed. TEXTS holds xx.jsonl, a document a line ({"text": ...}). Of each language's held-out documents the first half
trains the vocabulary, which is the same for all sides; on the second half loss is measured. Lines of it that stand
in any side's corpus are left out.

Sides, each a run on the same archives: ours (conf/local.toml), CCNet's output (conf/ccnet.toml), and the crawl
unfiltered (language identification alone). Of every seed: the same first weights, masks and number of tokens of
each language; what differs is the text. Told is the mean difference of held-out loss in nats a token, and its 95 %
interval: Student's t, by the variances over seeds and over pieces of the held-out text together (Welch).

Besides, on our run: loss on the validation split of each language after training at alpha = 0.3 and at 1, at the
same number of tokens.

The models predict each next token (XLMRobertaForCausalLM): XLM's causal objective, of which every token of a batch
teaches something. --objective masked trains XLMRobertaForMaskedLM, which a budget of minutes says less of.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parent.parent
OFF = (
    *("lines.enabled=false", "near_duplicates.enabled=false", "paragraphs.policy=none"),
    *("quality.heuristics=false", "ingest.min_chars=1"),
)
SIDES: dict[str, tuple[str, tuple[str, ...]]] = {
    "ours": ("conf/local.toml", ()),
    "ccnet": ("conf/ccnet.toml", ()),
    "raw": ("conf/local.toml", OFF),
}
HELD_OUT_SHARE = 0.1
LENGTH, PIECES, ROWS_OF_PIECE = 64, 40, 3
"""Tokens of a row; of a language's held-out text, pieces of so many rows."""


def call(*words: str) -> None:
    """Run one of the project's scripts, silently."""
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def prepare(given: argparse.Namespace) -> None:
    """Make what WORK does not hold yet: crawl, held-out text, the three runs."""
    work = Path(given.work).resolve()
    given.work = str(work)
    if not given.crawl:
        given.crawl, given.held_out = f"{work}/crawl/*.gz", f"{work}/other/web"
        for name, documents, seed in (("crawl", given.documents, "7"), ("other", "3000", "1007")):
            if not (work / name / "truth.jsonl").exists():
                call(
                    "jobs/make_sample.py",
                    "--output",
                    f"{work}/{name}",
                    "--documents",
                    str(documents),
                    "--seed",
                    seed,
                )
    for name, (config, more) in SIDES.items():
        if (work / name / "sampling.json").exists():
            continue
        words = [word for each in (*more, f"export.validation_share={HELD_OUT_SHARE}") for word in ("--set", each)]
        call(
            "jobs/run_pipeline.py",
            "--config",
            config,
            "--input",
            given.crawl,
            "--output",
            f"{work}/{name}",
            *words,
        )


def held_out_texts(given: argparse.Namespace) -> dict[str, tuple[list[str], list[str]]]:
    """Of each language, the documents that train the vocabulary, and those that are measured on."""
    import pyarrow.parquet as pq

    seen: set[str] = set()
    for side in SIDES:
        column = json.loads(Path(given.work, side, "sampling.json").read_text())["corpus"]["text_column"]
        for path in Path(given.work, side).glob("corpus/*/*/*.parquet"):
            if path.name.split("_")[0].removeprefix("part-") in given.languages:
                for text in pq.ParquetFile(path).read([column])[column].to_pylist():
                    seen.update(text.split("\n"))
    found = {}
    for language in given.languages:
        rows = Path(given.held_out, f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
        texts = [json.loads(row)["text"] for row in rows]
        fresh = ["\n".join(line for line in text.split("\n") if line not in seen) for text in texts]
        half = len(texts) // 2
        found[language] = (texts[:half], [text for text in fresh[half:] if text.strip()])
    return found


def train_vocabulary(texts: Sequence[str], folder: Path, size: int) -> None:
    """An xlm-r vocabulary."""
    from ccnet_lite.pretraining.vocabulary import FILE_NAME, FORMAT
    from ccnet_lite.pretraining.vocabulary_training import train

    train("xlm-r", lambda: (line for text in texts for line in text.split("\n") if line), folder, size)
    stored = {"format": FORMAT, "for": "xlm-r", "byte_fallback": False}
    (folder / FILE_NAME).write_text(json.dumps(stored), encoding="utf-8")


def rows_of(tokens: Sequence[Sequence[int]]) -> list[list[int]]:
    """Documents, one after another, in full rows."""
    flat = [i for document in tokens for i in document]
    return [flat[at : at + LENGTH] for at in range(0, len(flat) - LENGTH + 1, LENGTH)]


def trained_losses(job: dict[str, Any]) -> dict[str, list[float]]:
    """Train a model as the job says; its loss on each piece of each language's held-out text."""
    import torch
    from transformers import AutoTokenizer, XLMRobertaConfig, XLMRobertaForCausalLM, XLMRobertaForMaskedLM

    from ccnet_lite.pretraining.collating import Masking, row_tokens
    from ccnet_lite.pretraining.objectives import Example
    from ccnet_lite.pretraining.packing import PackedReader
    from ccnet_lite.pretraining.reader import PretrainingReader
    from ccnet_lite.pretraining.vocabulary import load_vocabulary

    torch.set_num_threads(1)
    seed = job["seed"]
    vocabulary = load_vocabulary(Path(job["vocabulary"]))
    tokenizer = AutoTokenizer.from_pretrained(job["vocabulary"])
    tokenize = row_tokens(vocabulary)
    causal = job["objective"] == "causal"
    if job["alpha"] is None:  # as many tokens of each language in each batch
        readers = [PretrainingReader(job["run"], seed=seed, languages=[name]) for name in job["languages"]]
    else:
        readers = [PretrainingReader(job["run"], seed=seed, alpha=job["alpha"], languages=job["languages"])]
    sources = [PackedReader(reader, tokenize, LENGTH, pad_id=1) for reader in readers]
    torch.manual_seed(seed)
    config = XLMRobertaConfig(
        vocab_size=len(vocabulary), hidden_size=job["hidden"], num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=4 * job["hidden"], max_position_embeddings=LENGTH + 8, pad_token_id=1, bos_token_id=0,
        eos_token_id=2, type_vocab_size=1, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
        is_decoder=causal,
    )  # fmt: skip
    model = (XLMRobertaForCausalLM if causal else XLMRobertaForMaskedLM)(config)
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3, weight_decay=0.01)
    steps = job["steps"]
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min((n + 1) / 20, (steps - n) / steps + 0.02)
    )
    masking = Masking(tokenizer, vocabulary, seed=seed)

    def loss_of(rows: Sequence[Sequence[int]], masks: Masking) -> torch.Tensor:
        if causal:
            ids = torch.tensor(rows)
            hidden, wanted = model.roberta(ids)[0][:, :-1], ids[:, 1:]
        else:
            batch = masks([Example(list(row), [0] * len(row)) for row in rows])
            chosen = (
                batch["labels"] >= 0
            )  # the head sees masked tokens alone: the same loss, in a third of the time
            hidden = model.roberta(batch["input_ids"], attention_mask=batch["attention_mask"])[0][chosen]
            wanted = batch["labels"][chosen]
        return torch.nn.functional.cross_entropy(
            model.lm_head(hidden).reshape(-1, len(vocabulary)), wanted.flatten()
        )

    rows = job["rows"] // len(sources)
    for _ in range(steps):
        loss = loss_of([row.input_ids.tolist() for source in sources for row in islice(source, rows)], masking)
        loss.backward()
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    for reader in readers:
        reader.close()
    model.eval()
    found: dict[str, list[float]] = {}
    with torch.no_grad():
        for name, texts in job["held_out"].items():
            own = rows_of(tokenize(texts))[: PIECES * ROWS_OF_PIECE]
            masks = Masking(tokenizer, vocabulary, seed=0, share=0.3)  # the same for all sides and seeds
            pieces = [own[at : at + ROWS_OF_PIECE] for at in range(0, len(own), ROWS_OF_PIECE)]
            found[name] = [
                float(loss_of(piece, masks)) for piece in pieces if len(piece) == ROWS_OF_PIECE or len(pieces) == 1
            ]
    return found


def ngram_losses(job: dict[str, Any]) -> list[float]:
    """A 4-gram model of a side's first tokens in the seed's order: nats a token on pieces of the held-out text."""
    import kenlm

    from ccnet_lite.models.build import find_program
    from ccnet_lite.pretraining.reader import PretrainingReader
    from ccnet_lite.pretraining.vocabulary import load_vocabulary

    vocabulary = load_vocabulary(Path(job["vocabulary"]))
    reader = PretrainingReader(job["run"], seed=job["seed"], languages=[job["language"]])
    left = job["tokens"]
    with tempfile.TemporaryDirectory() as folder:
        with Path(folder, "text").open("w", encoding="utf-8") as file:
            while left > 0:
                for line in next(reader).text.split("\n"):
                    ids = vocabulary.encode([line])[0][:left]
                    left -= len(ids)
                    file.write(" ".join(map(str, ids)) + "\n" if ids else "")
        reader.close()
        words = ["-o", "4", "--discount_fallback", "--text", f"{folder}/text", "--arpa", f"{folder}/arpa"]
        subprocess.run(
            [find_program("lmplz"), *words, "-S", "200M", "-T", folder], check=True, stderr=subprocess.DEVNULL
        )
        quiet = kenlm.Config()
        quiet.show_progress, quiet.arpa_complain = False, kenlm.ARPALoadComplain.NONE
        model = kenlm.Model(f"{folder}/arpa", quiet)
    lines = [vocabulary.encode([line])[0] for text in job["texts"] for line in text.split("\n") if line.strip()]
    found = []
    for piece in np.array_split(np.arange(len(lines)), PIECES):
        scores = [model.score(" ".join(map(str, lines[i]))) for i in piece]
        found.append(-sum(scores) * np.log(10) / sum(len(lines[i]) + 1 for i in piece))
    return found


def tokens_of(job: dict[str, Any]) -> int:
    """Tokens of a language in an epoch of a run's training side."""
    from ccnet_lite.pretraining.reader import PretrainingReader
    from ccnet_lite.pretraining.vocabulary import load_vocabulary

    vocabulary = load_vocabulary(Path(job["vocabulary"]))
    reader = PretrainingReader(job["run"], languages=[job["language"]])
    documents = reader.read(reader.sizes[job["language"]])
    reader.close()
    return sum(map(len, vocabulary.encode([document.text for document in documents])))


def validation_texts(run: str) -> dict[str, list[str]]:
    """The held-out side of a run, by language."""
    from ccnet_lite.pretraining.reader import PretrainingReader

    found: dict[str, list[str]] = {}
    for document in PretrainingReader(run, split="validation"):
        found.setdefault(document.language, []).append(document.text)
    return found


def interval(pairs: Sequence[tuple[np.ndarray, np.ndarray]]) -> dict[str, float]:
    """The mean over languages of other - one, and half its 95 % interval.

    pairs: of each language, one and other, (seeds, pieces), paired. Seeds are shared by languages, pieces are not.
    """
    from scipy.stats import t

    differences = [other - one for one, other in pairs]
    n = len(pairs)
    by_seed = np.mean([each.mean(1) for each in differences], axis=0)
    parts = [(by_seed.var(ddof=1) / len(by_seed), len(by_seed) - 1)] if len(by_seed) > 1 else []
    for each in differences:
        by_piece = each.mean(0)
        if len(by_piece) > 1:
            parts.append((by_piece.var(ddof=1) / len(by_piece) / n**2, len(by_piece) - 1))
    variance = sum(part for part, _ in parts)
    freedom = variance**2 / sum(part**2 / k for part, k in parts) if variance else 1.0
    return {
        "of": float(np.mean([one.mean() for one, _ in pairs])),
        "difference": float(by_seed.mean()),
        "half": float(t.ppf(0.975, freedom) * variance**0.5),
    }


def said(title: str, rows: dict[str, dict[str, float]]) -> None:
    """A table; a difference whose interval holds 0 is said to be none."""
    print(f"\n{title}\n{'':12}{'loss':>8}{'difference':>12}{'+-':>8}")
    for name, row in rows.items():
        sure = "" if abs(row["difference"]) > row["half"] else "  (not told apart)"
        print(f"{name:12}{row['of']:8.3f}{row['difference']:+12.3f}{row['half']:8.3f}{sure}")


def compare_sides(given: argparse.Namespace, pool: ProcessPoolExecutor, result: dict[str, Any]) -> None:
    """Ours against CCNet's and the unfiltered crawl, by both judges."""
    texts = held_out_texts(given)
    vocabulary = Path(given.work, "vocabulary")
    train_vocabulary([text for language in given.languages for text in texts[language][0]], vocabulary, given.size)
    measured = {language: texts[language][1] for language in given.languages}
    common = {"vocabulary": str(vocabulary), "languages": given.languages}
    seeds = range(given.seeds)
    runs = {side: f"{given.work}/{side}" for side in SIDES}
    keys = [(side, language) for side in SIDES for language in given.languages]
    counted = pool.map(tokens_of, [common | {"run": runs[side], "language": name} for side, name in keys])
    tokens = dict(zip(keys, counted, strict=True))
    result["tokens"] = {side: {name: tokens[side, name] for name in given.languages} for side in SIDES}
    gram_seeds = range(given.gram_seeds)
    grams = [(side, name, seed) for side, name in keys for seed in gram_seeds]
    least = {name: int(0.9 * min(tokens[side, name] for side in SIDES)) for name in given.languages}
    jobs = [
        common | {"run": runs[s], "language": n, "seed": k, "tokens": least[n], "texts": measured[n]}
        for s, n, k in grams
    ]
    by_grams = dict(zip(grams, pool.map(ngram_losses, jobs), strict=True))
    models = [(side, seed) for seed in seeds for side in SIDES]
    how = {
        "alpha": None,
        "objective": given.objective,
        "steps": given.steps,
        "rows": given.rows,
        "hidden": given.hidden,
        "held_out": measured,
    }
    judges = ["4-gram"]
    if given.steps:
        found = pool.map(trained_losses, [common | how | {"run": runs[s], "seed": k} for s, k in models])
        by_models = dict(zip(models, found, strict=True))
        judges.append("XLM-R")
    for judge in judges:
        for other in ("raw", "ccnet"):
            pairs = {}
            for name in given.languages:
                if judge == "4-gram":
                    one, two = (np.array([by_grams[s, name, k] for k in gram_seeds]) for s in ("ours", other))
                else:
                    one, two = (np.array([by_models[s, k][name] for k in seeds]) for s in ("ours", other))
                pairs[name] = (one, two)
            table = {name: interval([pair]) for name, pair in pairs.items()}
            table["all"] = interval(list(pairs.values()))
            result[f"{judge} {other} - ours"] = table
            said(f"{judge}, held-out loss of ours, and {other} minus ours (nats a token)", table)


def compare_alphas(given: argparse.Namespace, pool: ProcessPoolExecutor, result: dict[str, Any]) -> None:
    """On our run, alpha 1 against 0.3, by language."""
    run = f"{given.work}/ours"
    names = [*given.large.split(","), *given.small.split(",")]
    held_out = {name: texts for name, texts in validation_texts(run).items() if name in names}
    vocabulary = Path(given.work, "vocabulary-all")
    train_vocabulary([text for texts in held_out.values() for text in texts], vocabulary, given.size)
    jobs = [(alpha, seed) for seed in range(given.seeds) for alpha in (0.3, 1.0)]
    how = {"vocabulary": str(vocabulary), "run": run, "steps": given.steps, "rows": given.rows}
    how |= {"hidden": given.hidden, "held_out": held_out, "languages": names, "objective": given.objective}
    found = pool.map(trained_losses, [how | {"alpha": alpha, "seed": seed} for alpha, seed in jobs])
    losses = dict(zip(jobs, found, strict=True))
    table = {}
    for name in sorted(held_out):
        one, other = (np.array([losses[alpha, k][name] for k in range(given.seeds)]) for alpha in (0.3, 1.0))
        if one.size:
            table[name] = interval([(one, other)])
    from ccnet_lite.pretraining.reader import PretrainingReader

    result["q"] = {str(alpha): PretrainingReader(run, alpha=alpha, languages=names).q for alpha in (0.3, 1.0)}
    table = {name: table[name] for name in sorted(table, key=lambda name: result["q"]["1.0"][name])}
    result["XLM-R alpha 1 - alpha 0.3"] = table
    said("XLM-R, held-out loss at alpha = 0.3, and alpha = 1 minus it; from the smallest language up", table)


def main() -> None:
    """Prepare, train, tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", required=True, help="a folder for crawl, runs and vocabularies, kept")
    parser.add_argument("--crawl", default="", help="archives; without it, a sample crawl is made")
    parser.add_argument("--held-out", default="", help="with --crawl: a folder of xx.jsonl")
    parser.add_argument("--documents", type=int, default=8000, help="of the sample crawl")
    parser.add_argument("--languages", default="de,en,es,fr,ru", help="that the sides are compared on")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--gram-seeds", type=int, default=8, help="of the 4-gram models, which cost little")
    parser.add_argument("--steps", type=int, default=200, help="0: 4-gram models alone")
    parser.add_argument("--objective", choices=("causal", "masked"), default="causal")
    parser.add_argument("--large", default="en,de,es,ru", help="languages of the comparison of alphas")
    parser.add_argument("--small", default="is,cy,sw,he", help="the same, those with little text")
    parser.add_argument("--rows", type=int, default=30, help="of 64 tokens, in a batch")
    parser.add_argument("--hidden", type=int, default=64)
    parser.add_argument("--size", type=int, default=3000, help="of the vocabulary")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", choices=("sides", "alphas"))
    parser.add_argument("--json", type=Path, help="write all figures there")
    given = parser.parse_args()
    given.languages = given.languages.split(",")
    began = time.monotonic()
    prepare(given)
    result: dict[str, Any] = {"arguments": {k: str(v) for k, v in vars(given).items()}}
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    with ProcessPoolExecutor(given.processes, get_context("spawn")) as pool:
        if given.only != "alphas":
            compare_sides(given, pool, result)
        if given.only != "sides":
            compare_alphas(given, pool, result)
    print(f"\n{time.monotonic() - began:.0f} s")
    if given.json:
        given.json.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
