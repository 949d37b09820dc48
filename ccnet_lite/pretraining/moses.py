"""Words as XLM's tokenizer cuts them: Moses' rules, by sacremoses.

What transformers' XLMTokenizer does before its BPE, case and accents kept (do_lowercase_and_remove_accent=False).
It takes any text for English: its `lang` does not reach its rules, as transformers calls them.
"""

from functools import cache
from typing import Any

from ccnet_lite.pretraining.extra import extra


def moses_words(line: str) -> list[str]:
    """The words and punctuation marks of a line.

    Raises:
        UserError: sacremoses or transformers is not installed.
    """
    normalizer, tokenizer, replace_punctuation, remove_controls = _tools()
    normal = remove_controls(normalizer.normalize(replace_punctuation(line)))
    words: list[str] = tokenizer.tokenize(normal, return_str=False, escape=False)
    return [word for word in words if word]


@cache
def _tools() -> tuple[Any, Any, Any, Any]:
    sacremoses = extra("sacremoses", "XLM's vocabulary", "sacremoses")
    theirs = extra("transformers.models.xlm.tokenization_xlm", "XLM's vocabulary")
    return (
        sacremoses.MosesPunctNormalizer(lang="en"),
        sacremoses.MosesTokenizer(lang="en"),
        theirs.replace_unicode_punct,
        theirs.remove_non_printing_char,
    )
