"""Train a tiny model of one of the six on a finished run's corpus, from its real class in transformers.

    python examples/pretrain.py --model xlm-r --run RUN --vocab VOCABULARY --steps 200

VOCABULARY is a folder of `ccnet-lite train-vocab RUN --for MODEL`. The same command uses a GPU where there is one.
Held-out loss is measured on the corpus' validation split, on the same masks each time; the command fails where it
has not fallen by --margin. Sizes are the only thing that is small: for the real model, change `model_of`.

    model        class                    what it is trained on
    xlm-r        XLMRobertaForMaskedLM    masked tokens; rows full of documents
    xlm          XLMWithLMHeadModel       masked tokens, a language a row; with --parallel, by turns, translations
    mbert, bert  BertForPreTraining       masked tokens, next sentences; bert whole words
    albert       AlbertForPreTraining     masked tokens, sentence order
    distilbert   DistilBertForMaskedLM    masked tokens, a BERT teacher's logits (--teacher, else trained first)
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import torch
import transformers

from ccnet_lite.errors import UserError
from ccnet_lite.pretraining.collating import Masking, distillation_loss, row_tokens
from ccnet_lite.pretraining.objectives import Examples, masked_pieces, next_sentences, sentence_order
from ccnet_lite.pretraining.reader import PretrainingReader
from ccnet_lite.pretraining.torch_dataset import PretrainingDataset
from ccnet_lite.pretraining.translation import TranslationPairs
from ccnet_lite.pretraining.vocabulary import Vocabulary, load_vocabulary
from ccnet_lite.sampling.mixture import read_mix

MODELS = ("xlm-r", "xlm", "mbert", "bert", "albert", "distilbert")
HELD_OUT_BATCHES = 24
MOST_HELD_OUT = 1000
"""Batches of the validation side, of which those are taken that loss is measured on."""
Batch = dict[str, torch.Tensor]


def model_of(kind: str, vocabulary: Vocabulary, given: argparse.Namespace, languages: int) -> Any:
    """A model of the real class, as small as --hidden and --layers say."""
    size, hidden, layers, heads = len(vocabulary), given.hidden, given.layers, max(given.hidden // 32, 1)
    common = {"vocab_size": size, "hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": heads}
    common |= {"intermediate_size": 4 * hidden, "max_position_embeddings": given.length + 8}
    if kind == "xlm-r":
        return transformers.XLMRobertaForMaskedLM(
            transformers.XLMRobertaConfig(
                **common, pad_token_id=1, bos_token_id=0, eos_token_id=2, type_vocab_size=1
            )
        )
    if kind == "xlm":
        config = transformers.XLMConfig(
            vocab_size=size, emb_dim=hidden, n_layers=layers, n_heads=heads,
            max_position_embeddings=given.length + 8, n_langs=languages, use_lang_emb=True,
            bos_index=0, eos_index=1, pad_index=2, unk_index=3, mask_index=5, pad_token_id=2, bos_token_id=0,
        )  # fmt: skip
        return transformers.XLMWithLMHeadModel(config)
    if kind == "albert":
        config = transformers.AlbertConfig(**common, embedding_size=hidden, pad_token_id=0)
        return transformers.AlbertForPreTraining(config)
    if kind == "distilbert":
        config = transformers.DistilBertConfig(
            vocab_size=size, dim=hidden, n_layers=max(layers // 2, 1), n_heads=heads, hidden_dim=4 * hidden,
            max_position_embeddings=given.length + 8, pad_token_id=0,
        )  # fmt: skip
        return transformers.DistilBertForMaskedLM(config)
    return transformers.BertForPreTraining(transformers.BertConfig(**common, pad_token_id=0))


def batches(
    kind: str, reader: PretrainingReader, vocabulary: Vocabulary, ids: dict[str, int], given: argparse.Namespace
) -> Iterator[Batch]:
    """Masked batches of a reader's documents, as the model wants them."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(given.vocab)
    masking = Masking(tokenizer, vocabulary, whole_words=kind == "bert", seed=given.seed)
    if kind == "xlm-r":
        dataset = PretrainingDataset(reader, 0, 1, row_tokens(vocabulary), given.length, pad_id=1)
        yield from torch.utils.data.DataLoader(dataset, given.batch, collate_fn=masking.rows)
        return
    if kind == "xlm":
        make = masked_pieces(vocabulary, given.length, ids)
    elif kind == "albert":
        make = sentence_order(vocabulary, given.length)
    elif kind == "distilbert":
        make = masked_pieces(vocabulary, given.length)
    else:
        make = next_sentences(vocabulary, given.length)
    examples = Examples(reader, make, given.seed, another=kind in ("bert", "mbert"))
    while some := list(islice(examples, given.batch)):
        yield masking(some)


def translations(vocabulary: Vocabulary, ids: dict[str, int], given: argparse.Namespace) -> Iterator[Batch]:
    """Masked batches of XLM's translation pairs."""
    masking = Masking(transformers.AutoTokenizer.from_pretrained(given.vocab), vocabulary, seed=given.seed + 1)
    source, target = given.parallel_languages.split("-")
    pairs = TranslationPairs(given.parallel, (source, target), vocabulary, ids, given.length, given.seed)
    while True:
        yield masking(list(islice(pairs, given.batch)))


def loss_of(kind: str, model: Any, batch: Batch, teacher: Any = None) -> tuple[torch.Tensor, torch.Tensor]:
    """(what is trained on, masked tokens' cross entropy alone), in nats."""
    inputs = {"input_ids": batch["input_ids"], "attention_mask": batch["attention_mask"]}
    if kind in ("bert", "mbert", "albert"):
        inputs["token_type_ids"] = batch["token_type_ids"]
    if kind == "xlm":
        inputs["langs"] = batch["langs"]
        if "position_ids" in batch:
            inputs["position_ids"] = batch["position_ids"]
    output = model(**inputs)
    logits = output.logits if "logits" in output else output.prediction_logits
    masked = torch.nn.functional.cross_entropy(logits.flatten(0, 1), batch["labels"].flatten())
    trained = masked
    pairs = output.get("seq_relationship_logits", output.get("sop_logits"))
    if "pair_labels" in batch and pairs is not None:
        trained = trained + torch.nn.functional.cross_entropy(pairs, batch["pair_labels"])
    if teacher is not None:
        with torch.no_grad():
            taught = teacher(**inputs).prediction_logits
        # DistilBERT's weights; its cosine loss between hidden states is left out.
        trained = 5 * distillation_loss(logits, taught, batch["attention_mask"]) + 2 * masked
    return trained, masked


def held_out_loss(kind: str, model: Any, held_out: list[Batch]) -> float:
    """Masked tokens' cross entropy over the held-out batches, in nats a masked token."""
    model.eval()
    with torch.no_grad():
        counts = [int((batch["labels"] >= 0).sum()) for batch in held_out]
        losses = [float(loss_of(kind, model, batch)[1]) for batch in held_out]
    model.train()
    return sum(loss * n for loss, n in zip(losses, counts, strict=True)) / sum(counts)


def train(
    kind: str, given: argparse.Namespace, device: str, teacher: Any = None
) -> tuple[Any, list[dict[str, float]]]:
    """Train; the model, and its losses as they went."""
    vocabulary = load_vocabulary(given.vocab)
    source = read_mix(given.plan) if given.plan else given.run
    of = {} if given.plan else {"alpha": given.alpha}
    reader = PretrainingReader(source, seed=given.seed, **of)
    held = PretrainingReader(source, split="validation", **of)
    if kind == "xlm":
        ids = {name: number for number, name in enumerate(sorted(reader.q))}
        named = given.parallel_languages.split("-") if given.parallel else []
        if absent := set(named) - ids.keys():
            raise UserError(f"--parallel-languages: {', '.join(sorted(absent))} is no language of {given.run}")
    else:
        ids = {}
    torch.manual_seed(given.seed)
    model = model_of(kind, vocabulary, given, max(len(ids), 1)).to(device)
    # The validation side comes language by language: batches from all over it, not the first ones.
    found = list(islice(batches(kind, held, vocabulary, ids, given), MOST_HELD_OUT))
    some = found[:: max(len(found) // HELD_OUT_BATCHES, 1)]
    held_out = [{name: tensor.to(device) for name, tensor in batch.items()} for batch in some]
    if not held_out:
        raise UserError(f"{given.run} has no validation text of {given.length} tokens: run with a greater share")
    training = batches(kind, reader, vocabulary, ids, given)
    others = translations(vocabulary, ids, given) if kind == "xlm" and given.parallel else None
    optimizer = torch.optim.AdamW(model.parameters(), given.rate, weight_decay=0.01)
    warm = max(given.steps // 10, 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min((n + 1) / warm, max(given.steps - n, 1) / max(given.steps - warm, 1))
    )
    history = [{"step": 0.0, "held_out": held_out_loss(kind, model, held_out)}]
    every = max(given.steps // 8, 1)
    for step in range(1, given.steps + 1):
        batch = next(others if others and step % 2 == 0 else training)
        batch = {name: tensor.to(device) for name, tensor in batch.items()}
        loss, masked = loss_of(kind, model, batch, teacher)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if step % every == 0 or step == given.steps:
            history.append(
                {"step": step, "train": float(masked.detach()), "held_out": held_out_loss(kind, model, held_out)}
            )
            if not given.json:
                now = history[-1]
                print(f"step {step:6}  trained {now['train']:6.3f}  held out {now['held_out']:6.3f}", flush=True)
    reader.close()
    return model, history


def arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, choices=MODELS)
    parser.add_argument("--run", required=True, help="a finished run, a path or a URI")
    parser.add_argument("--vocab", required=True, type=Path, help="a folder that train-vocab wrote for this model")
    parser.add_argument("--plan", type=Path, help="of `ccnet-lite sampling`; then --run and --alpha do not count")
    parser.add_argument("--alpha", type=float, default=0.3)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--batch", type=int, default=32, help="rows")
    parser.add_argument("--length", type=int, default=64, help="tokens a row")
    parser.add_argument("--hidden", type=int, default=64)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--rate", type=float, default=3e-3, help="the highest learning rate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="auto", help="auto: a GPU where there is one; else as torch names it")
    parser.add_argument("--parallel", type=Path, help="xlm: a file of sentence, tab, translation")
    parser.add_argument("--parallel-languages", default="en-fr", help="of its columns")
    parser.add_argument(
        "--teacher", type=Path, help="distilbert: what --model bert --to wrote, of the same --vocab"
    )
    parser.add_argument("--to", type=Path, help="write the model and its tokenizer there")
    parser.add_argument("--margin", type=float, default=0.5, help="nats that held-out loss must fall by")
    parser.add_argument("--threads", type=int, default=0, help="of torch on a CPU; 0: its own number")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def main() -> None:
    """Train a model and say whether it learned."""
    given = arguments()
    device = given.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if given.threads:
        torch.set_num_threads(given.threads)
    began = time.monotonic()
    teacher = None
    if given.model == "distilbert":
        if given.teacher:
            teacher = transformers.BertForPreTraining.from_pretrained(given.teacher).to(device)
        else:
            teacher = train("bert", given, device)[0]
        teacher.eval()
    model, history = train(given.model, given, device, teacher)
    if given.to:
        model.save_pretrained(given.to)
        transformers.AutoTokenizer.from_pretrained(given.vocab).save_pretrained(given.to)
    fell = history[0]["held_out"] - history[-1]["held_out"]
    told = {
        "model": given.model,
        "class": type(model).__name__,
        "device": device,
        "fell": fell,
        "history": history,
    }
    told |= {"parameters": sum(p.numel() for p in model.parameters()), "seconds": time.monotonic() - began}
    if given.json:
        print(json.dumps(told))
    else:
        print(f"{told['class']}, {told['parameters']:,} parameters, {given.steps} steps on {device}: "
              f"held-out loss fell by {fell:.2f} nats in {told['seconds']:.0f} s")  # fmt: skip
    if not fell >= given.margin:
        sys.exit(f"held-out loss fell by {fell:.3f} nats, less than --margin {given.margin}")


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
