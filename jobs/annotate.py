"""Documents to signals: language, script, heuristics, MinHash signatures."""

from ccnet_lite.commands.cli import main, run_parser
from ccnet_lite.run.pipeline import run_job

if __name__ == "__main__":
    parser = run_parser(__doc__, with_input=False)
    main(parser, lambda arguments: run_job(arguments, "annotate", "annotate"))
