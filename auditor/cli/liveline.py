"""The live line of one collection: on a narrow terminal its words are cut short, the numbers and the clock never."""

from __future__ import annotations

from datetime import timedelta

from rich.cells import cell_len
from rich.console import Console
from rich.progress import ProgressColumn, SpinnerColumn, Task
from rich.text import Text

_SPINNER, _WORDS, _LEAST, _BAR = 2, 8, 6, 20


def lay_columns(console: Console) -> tuple[ProgressColumn, ...]:
    """Return the columns of the line: something that turns, and all the rest, laid out anew for each width."""
    return (SpinnerColumn(finished_text="⠿"), _Rest(console))


class _Rest(ProgressColumn):
    """Words, bar, counts, clock and note of a task, as wide as the terminal is at the moment."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def render(self, task: Task) -> Text:
        numbers = f"{task.fields['counts']} {timedelta(seconds=int(task.elapsed or 0))}".strip()
        free = self._console.width - _SPINNER - 1 - cell_len(numbers)
        words, note = Text(task.description), Text(str(task.fields["note"]), style="dim")
        spare = free - (cell_len(note.plain) + 1 if note else 0)
        words.truncate(max(spare, min(_WORDS, free), 0), overflow="ellipsis")
        free -= cell_len(words.plain)
        if note and free > _LEAST:
            note.truncate(free - 1, overflow="ellipsis")
            free -= cell_len(note.plain) + 1
        else:
            note = Text()
        parts = (words, _draw_bar(task, min(free - 1, _BAR)), Text(numbers, style="green"), note)
        return Text(" ").join(part for part in parts if part)


def _draw_bar(task: Task, width: int) -> Text:
    """Return a bar of some cells; nothing where there is no room or nothing to measure by."""
    if width < _LEAST or not task.total:
        return Text()
    done = int(width * min(task.completed / task.total, 1))
    return Text.assemble(("━" * done, "magenta"), ("━" * (width - done), "dim"))
