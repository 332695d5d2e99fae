"""How several collections go at once: one line each on standard error while they run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Lines
from rich.table import Column

from auditor.cli.console import clean_text
from auditor.collect.progress import Progress
from auditor.messages import Messages

_WIDEST = 120
_BAR, _COUNTS, _CLOCK, _GAPS = 8, 11, 7, 4
_NAMES, _LEAST = 0.45, 10
"""The part of what numbers and bars leave of a line that names get, and what they get at the least."""


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
            self._known[target] = self.lines.add_task(escape(_name_line(target)), total=None, note="")
        note = self.messages.say(f"cli.phase_{progress.phase}")
        if progress.failed:
            note = f"{note}  {self.messages.say('cli.progress_failed', count=progress.failed)}"
        total = max(progress.discovered, progress.done) or None
        done = progress.done if progress.discovered else None
        self.lines.update(self._known[target], completed=done, total=total, note=note)

    @contextmanager
    def end(self, target: str) -> Iterator[None]:
        """Take a target's line away, and all of them from the screen while the block prints."""
        if self.lines is None:
            yield
            return
        if target in self._known:
            self.lines.remove_task(self._known.pop(target))
        self.lines.stop()
        yield
        self.lines.start()


@contextmanager
def show_bars(messages: Messages, *, quiet: bool) -> Iterator[Bars]:
    """Show the lines of several targets while the block runs."""
    console = Console(stderr=True, highlight=False)
    if quiet or not console.is_terminal:
        yield Bars(messages)
        return
    with Lines(*lay_columns(console.width), console=console, transient=True) as lines:
        yield Bars(messages, lines)


def lay_columns(width: int) -> tuple[ProgressColumn, ...]:
    """Return the columns of a line: on a narrow terminal names and words are cut short, the numbers never."""
    free = max(width - _BAR - _COUNTS - _CLOCK - _GAPS, 2 * _LEAST)
    names = max(int(free * _NAMES), _LEAST)
    return (
        TextColumn("{task.description}", table_column=Column(width=names, no_wrap=True, overflow="ellipsis")),
        BarColumn(_BAR, table_column=Column(width=_BAR)),
        MofNCompleteColumn(table_column=Column(min_width=_COUNTS, no_wrap=True)),
        TimeElapsedColumn(table_column=Column(min_width=_CLOCK, no_wrap=True)),
        TextColumn("{task.fields[note]}", table_column=Column(max_width=free - names, no_wrap=True)),
    )


def _name_line(target: str) -> str:
    """Return what a line calls its target: an address without its scheme."""
    return clean_text(target.partition("://")[2] or target, _WIDEST)
