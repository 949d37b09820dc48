"""Language models and perplexity cutoffs from reference prose: xx.sp.model, xx.arpa.bin, cutoffs.json."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("train-lm")
