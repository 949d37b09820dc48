"""Write finished runs' documents in a trainer's own layout: fairseq, XLM, Megatron, MDS or JSON lines."""

from ccnet_lite.commands.console import script

if __name__ == "__main__":
    script("export-training")
