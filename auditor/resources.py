"""Where the data that ships with the package stands: rulesets and report templates."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def find_resource(name: str) -> Path:
    """Return the folder `rulesets` or `reports`: inside an installed package, else beside it in a checkout.

    Raises FileNotFoundError where neither exists.
    """
    for candidate in (_PACKAGE / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(name)
