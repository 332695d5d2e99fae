"""What every group of commands is built with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditor.messages import Messages


@dataclass(frozen=True)
class Kit:
    """Makers of one language's commands: `option` words an option, `register` adds a command to a group.

    `language` is the option `--lang`; `now` the clock.
    """

    messages: Messages
    option: Callable[..., Any]
    register: Callable[..., None]
    language: Callable[..., Any]
    now: Callable[[], datetime]
