"""Signals that are measured where a policy asks for them: their columns in `signals`, and what each means.

The one list of them: the schema of `signals`, what a policy file may name, and the docs are made from it. How
they are measured: quality/rule_signals.py; what rules over lines look at: quality/line_measures.py.
"""

from typing import Literal, NamedTuple


class RuleSignal(NamedTuple):
    """A column of `signals`; null where no policy asks for it."""

    column: str
    comment: str


TOP_SIZES, DUPLICATE_SIZES = (2, 3, 4), (5, 6, 7, 8, 9, 10)
"""Words of the n-grams whose shares are measured."""

RULE_SIGNALS = (
    RuleSignal("hash_word_ratio", "Hash signs (#) a word (Gopher)."),
    RuleSignal("ellipsis_word_ratio", "Ellipses (three dots, or …) a word (Gopher)."),
    RuleSignal("list_line_share", "Share of lines that begin with a bullet or a hyphen (Gopher)."),
    RuleSignal("ellipsis_line_share", "Share of lines that end with an ellipsis (Gopher)."),
    RuleSignal("letter_word_share", "Share of words that have a letter (Gopher)."),
    RuleSignal(
        "n_stop_words",
        "How many of eight stop words it holds: Gopher's in English, else its language's eight commonest words.",
    ),
    RuleSignal("duplicate_line_number_share", "Share of lines that repeat an earlier one, by number (Gopher)."),
    *(
        RuleSignal(f"top_{n}gram_share", f"Share of characters of words in the commonest word {n}-gram (Gopher).")
        for n in TOP_SIZES
    ),
    *(
        RuleSignal(
            f"duplicate_{n}gram_share",
            f"Share of characters of words in {n}-grams that came before, none counted twice (Gopher).",
        )
        for n in DUPLICATE_SIZES
    ),
    RuleSignal("terminal_line_share", "Share of lines that end a sentence, in the marks of any script (FineWeb)."),
    RuleSignal("brief_line_share", "Share of lines of 30 characters (12 in unspaced scripts) or fewer (FineWeb)."),
    RuleSignal("newline_word_ratio", "Line feeds a word (FineWeb)."),
    RuleSignal("few_word_line_share", "Share of lines of fewer than three words (C4)."),
    RuleSignal("javascript_line_share", "Share of lines that say javascript (C4)."),
    RuleSignal("policy_line_share", "Share of lines that speak of cookies or terms of use, in English (C4)."),
    RuleSignal("lorem_ipsum_lines", "Lines that C4 would keep, but for lorem ipsum in them."),
    RuleSignal("curly_bracket_lines", "Lines that C4 would keep, but for a curly bracket in them."),
    RuleSignal("prose_sentences", "Sentences in lines that C4 keeps."),
)
"""Shares of lines leave blank ones aside; shares and ratios of nothing are 0."""

LineMeasure = Literal["ends_sentence", "ends_ellipsis", "words", "longest_word", "chars", "phrases"]
LINE_MEASURES: dict[LineMeasure, str] = {
    "ends_sentence": "1 where its last character ends a sentence or is a quotation mark (not » alone), "
    "closing brackets, quotation marks and citations ([1], [edit], [citation needed]) after it aside; else 0.",
    "ends_ellipsis": "1 where it ends with three dots or with …; else 0.",
    "words": "What lies between white space; in scripts without spaces, each letter.",
    "longest_word": "Characters of the longest of these.",
    "chars": "Code points without white space at its ends.",
    "phrases": "How often it holds one of the rule's phrases.",
}
"""What a rule over lines may look at."""
