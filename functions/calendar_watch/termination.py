"""Whether this process has been told to end."""

import signal


def terminating() -> bool:
    """Cloud Run sends SIGTERM ten seconds before it kills (https://cloud.google.com/run/docs/container-contract#shutdown).

    gunicorn's worker takes it by a method of its own, and functions-framework leaves no hook: its flag is looked at.
    """
    worker = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return not getattr(worker, "alive", True)
