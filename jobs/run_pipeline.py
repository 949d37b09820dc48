"""The whole pipeline: archives to corpus, ledger, statistics and report."""

from ccnet_lite.commands.cli import main, run_parser
from ccnet_lite.run.pipeline import run_job

if __name__ == "__main__":
    parser = run_parser(__doc__, with_input=True, with_index=True)
    main(parser, lambda arguments: run_job(arguments, "ingest", "sampling"))
