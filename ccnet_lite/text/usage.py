"""Preferences on how content is used: the IETF's AIPREF (`Content-Usage`) and Cloudflare's `Content-Signal`.

Both are lists of `category=preference`, in robots.txt and in the heads of answers, as `search=y, train-ai=n` and
`search=yes, ai-train=no`. Asked is only whether they forbid the training of models. After draft-ietf-aipref-vocab
and contentsignals.org; names of the draft's earlier versions count, too.
"""

import re

SIGNALS = ("content-signal", "content-usage")
_TRAINING = ("train-ai", "ai-train", "train-genai")
_BROADER = ("ai", "tdm", "bots")
"""Categories of which training is a part, the narrowest first."""
_SAID = re.compile(r"(?<![a-z-])([a-z-]{1,30})[ \t]{0,8}=[ \t]{0,8}([a-z]+)")


def forbids_training(value: str) -> bool | None:
    """Whether a list of preferences forbids training; None where it says nothing of that.

    >>> [forbids_training(value) for value in ("search=yes, ai-train=no", "bots=n, train-ai=y", "search=n")]
    [True, False, None]
    """
    said = {category: preference[0] for category, preference in _SAID.findall(value[:1000].lower())}
    training = [said[category] for category in _TRAINING if category in said]
    found = training or [said[category] for category in _BROADER if category in said][:1]
    return "n" in found if found else None
