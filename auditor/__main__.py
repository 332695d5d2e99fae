"""The entry of the command line: a Ctrl-C while the tool is still loading ends it with the contract's code too.

SIGTERM, by which service managers and containers stop a process, is taken for a Ctrl-C.
"""

from __future__ import annotations

import os
import signal
import sys


def main() -> None:
    """Run the command line and exit with the contract's code."""
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        from auditor.cli.commands import run_arguments  # noqa: PLC0415 - loading takes a second, and may be interrupted

        code = run_arguments(sys.argv[1:], dict(os.environ))
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
