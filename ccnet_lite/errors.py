"""The one exception that means: the user can mend this. Everything else is a fault of ours."""


class UserError(Exception):
    """A mistake of the user (settings, a missing input, a wrong checksum).

    The message is one line that names the file or the key, what was found, and what to do.
    Jobs print it without a traceback and exit with status 2.
    """


class RunFailed(Exception):
    """The run itself found its result wrong (sums that don't meet, too many bad records).

    Jobs print it without a traceback and exit with status 1; what was written stays for inspection.
    """
