"""How several collections go at once: one line each on standard error while they run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Lines

from auditor.cli.console import clean_text
from auditor.collect.progress import Progress
from auditor.messages import Messages

_WIDEST = 48


@dataclass
class Bars:
    """One line a target, from its first word to its end; without `lines` nothing is shown."""

    messages: Messages
    lines: Lines | None = None
    _known: dict[str, TaskID] = field(default_factory=dict)

    def show(self, target: str, progress: Progress) -> None:
        """Show how far a target is."""
        if self.lines is None:
            return
        if target not in self._known:
            self._known[target] = self.lines.add_task(escape(clean_text(target, _WIDEST)), total=None, note="")
        note = self.messages.say(f"cli.phase_{progress.phase}")
        if progress.failed:
            note = f"{note}  {self.messages.say('cli.progress_failed', count=progress.failed)}"
        total = max(progress.discovered, progress.done) or None
        self.lines.update(self._known[target], completed=progress.done, total=total, note=note)

    def end(self, target: str) -> None:
        """Take a target's line away."""
        if self.lines is not None and target in self._known:
            self.lines.remove_task(self._known.pop(target))


@contextmanager
def show_bars(messages: Messages, *, quiet: bool) -> Iterator[Bars]:
    """Show the lines of several targets while the block runs."""
    if quiet:
        yield Bars(messages)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Lines(*columns, console=Console(stderr=True, highlight=False), transient=True) as lines:
        yield Bars(messages, lines)
