"""Archives to documents, line keys and boilerplate masks."""

from ccnet_lite.commands.cli import main, run_parser
from ccnet_lite.run.pipeline import run_job

if __name__ == "__main__":
    parser = run_parser(__doc__, with_input=True)
    main(parser, lambda arguments: run_job(arguments, "ingest", "ingest"))
