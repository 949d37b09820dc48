"""Train a tokenizer's vocabulary on text of finished runs, drawn as pretraining draws it."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("train-vocab")
