"""Near-duplicates, repeated paragraphs, and the decision about every document."""

from ccnet_lite.commands.cli import main, run_parser
from ccnet_lite.run.pipeline import run_job

if __name__ == "__main__":
    parser = run_parser(__doc__, with_input=False, with_index=True)
    main(parser, lambda arguments: run_job(arguments, "deduplicate", "deduplicate"))
