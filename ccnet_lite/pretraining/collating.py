"""Batches for transformers' models: padded tensors, masked anew each time, and a teacher's logits in the loss.

Which tokens are masked, and what stands in their place, is `DataCollatorForLanguageModeling`'s: 15 %, of these
80 % the mask, 10 % another token, 10 % unchanged; whole words at a time where asked for, then always the mask.
"""

from collections.abc import Sequence
from typing import Any

from ccnet_lite.pretraining.extra import WITHOUT_TORCH, extra
from ccnet_lite.pretraining.objectives import Example, specials
from ccnet_lite.pretraining.packing import TokenRow
from ccnet_lite.pretraining.vocabulary import KINDS, Vocabulary

try:
    import torch
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(WITHOUT_TORCH, name=error.name) from None

IGNORED = -100
"""The label of what is not predicted."""


class Masking:
    """Makes a batch of examples, or of rows of packing.py.

    Args:
        tokenizer: transformers' own, of the vocabulary's folder.
        vocabulary: The same, as ours.
        whole_words: Mask all pieces of a word or none: WordPiece's and SentencePiece's marks say what a word is.
        seed: Of the masks; the n-th batch of equal examples is masked equally.

    Its state is that of its random numbers: `generator.get_state()`.
    """

    def __init__(
        self,
        tokenizer: Any,
        vocabulary: Vocabulary,
        whole_words: bool = False,
        seed: int = 0,
        share: float = 0.15,
    ):
        transformers = extra("transformers", "masking tokens")
        more = (
            {"whole_word_mask": True, "mask_replace_prob": 1.0, "random_replace_prob": 0.0} if whole_words else {}
        )
        self._collator = transformers.DataCollatorForLanguageModeling(
            tokenizer, mlm_probability=share, seed=seed, **more
        )
        self.generator = self._collator.generator = self._collator.get_generator(seed)
        kind = KINDS[vocabulary.kind]
        self._whole_words = whole_words
        self._pad = tokenizer.pad_token_id
        self._special = torch.tensor([token in (*kind.specials, "<mask>") for token in vocabulary.tokens])
        self._special[vocabulary.unknown_id] = False
        self._begins = torch.tensor(
            [
                not t.startswith("##") if kind.algorithm == "wordpiece" else t.startswith("▁")
                for t in vocabulary.tokens
            ]
        )

    def __call__(self, examples: Sequence[Example]) -> dict[str, torch.Tensor]:
        """input_ids, attention_mask, token_type_ids, labels (-100: not predicted), each (examples, tokens).

        Besides, where the examples have them: langs and position_ids likewise, pair_labels (examples,).
        """
        width = max(len(example.input_ids) for example in examples)

        def padded(rows: list[Sequence[int]], fill: int) -> torch.Tensor:
            return torch.tensor([[*row] + [fill] * (width - len(row)) for row in rows])

        ids = padded([example.input_ids for example in examples], self._pad)
        batch = {
            "attention_mask": padded([[1] * len(example.input_ids) for example in examples], 0),
            "token_type_ids": padded([example.token_types for example in examples], 0),
        }
        if examples[0].languages:
            batch["langs"] = padded([example.languages for example in examples], 0)
        if examples[0].positions:
            batch["position_ids"] = padded([example.positions for example in examples], 0)
        if examples[0].label is not None:
            batch["pair_labels"] = torch.tensor([example.label for example in examples])
        return batch | self._masked(ids)

    def rows(self, rows: Sequence[TokenRow]) -> dict[str, torch.Tensor]:
        """The same of full rows; a row's documents see one another, as XLM-R's did."""
        return self([Example(row.input_ids.tolist(), [0] * len(row.input_ids)) for row in rows])

    def _masked(self, ids: torch.Tensor) -> dict[str, torch.Tensor]:
        special = self._special[ids].long()
        offsets = None
        if self._whole_words:
            # Numbers as if of characters: a piece begins where the one before it in its word ends.
            starts = torch.arange(ids.shape[1]) + torch.cumsum(self._begins[ids].long(), 1)
            offsets = torch.stack([starts, starts + 1], 2)
        inputs, labels = self._collator.torch_mask_tokens(ids, special_tokens_mask=special, offset_mapping=offsets)
        return {"input_ids": inputs, "labels": labels}


def row_tokens(vocabulary: Vocabulary) -> Any:
    """`tokenize` for PackedReader: each document as its ids between the tokens that begin and end a segment."""
    first, end = specials(vocabulary)
    return lambda texts: [[first, *ids, end] for ids in vocabulary.encode(texts)]


def distillation_loss(
    student: torch.Tensor, teacher: torch.Tensor, keep: torch.Tensor, temperature: float = 2.0
) -> torch.Tensor:
    """DistilBERT's loss: KL divergence of the softened student from the teacher, at tokens that are kept; in nats.

    student, teacher: logits (examples, tokens, vocabulary), of one vocabulary. keep: (examples, tokens), 0 or 1.
    """
    chosen = keep.bool()
    of_student = torch.log_softmax(student[chosen] / temperature, -1)
    of_teacher = torch.log_softmax(teacher[chosen] / temperature, -1)
    loss = torch.nn.functional.kl_div(of_student, of_teacher, reduction="batchmean", log_target=True)
    return loss * temperature**2
