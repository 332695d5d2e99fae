"""The errors that reach a person.

    AuditorError                 code, place, parameters of the sentence; exit code
    +-- InputError        2      what the user gave is wrong
    |   +-- RulesetError         one or more problems in rulesets, profiles, waivers
    |   |   +-- SheetError       one or more problems in answered sheets
    |   +-- ArchiveError         an archive or run folder that cannot be read
    |   +-- OutputError          a place that cannot be written
    +-- CollectError      3      nothing could be collected
    +-- ToolError         4      the tool itself failed
    +-- Interrupted     130      the user stopped the run; what was collected is kept

The sentence and the hint of each code stand in `reports/messages/errors.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file of the user's: where it stands, what was expected, what would mend it.

    `code` names the sentence in the message catalogue, `values` fill it. `path` is the path inside the
    document (`clauses[3].params.after`).
    """

    code: str
    file: str
    line: int | None = None
    path: str = ""
    values: dict[str, str] = field(default_factory=dict)


class AuditorError(Exception):
    """An error with a sentence and a hint for a person, found by `code` in the message catalogue."""

    exit_code = 4

    def __init__(self, code: str, where: str = "", **values: object) -> None:
        """Keep the code, the place and what fills the sentence."""
        super().__init__(code, where, values)
        self.code = code
        self.where = where
        self.values = {name: str(value) for name, value in values.items()}

    def __str__(self) -> str:
        """Return a terse form for logs; people read the catalogue's sentence."""
        filled = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return " ".join(part for part in (self.code, self.where, filled) if part)


class InputError(AuditorError):
    """What the user gave is wrong."""

    exit_code = 2


class RulesetError(InputError):
    """Rulesets, profiles or decision files with problems: all of them at once."""

    def __init__(self, problems: tuple[Problem, ...], code: str = "ruleset_problems") -> None:
        """Keep every problem."""
        super().__init__(code, count=len(problems))
        self.problems = problems


class SheetError(RulesetError):
    """Answered sheets with problems: all of them at once, and nothing was written."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep every problem."""
        super().__init__(problems, "sheet_problems")


class ArchiveError(InputError):
    """An archive or run folder that cannot be read."""


class OutputError(InputError):
    """A place that cannot be written."""


class CollectError(AuditorError):
    """Nothing could be collected."""

    exit_code = 3


class ToolError(AuditorError):
    """The tool itself failed."""


class Interrupted(AuditorError):  # noqa: N818 - the word that the contract uses
    """The user stopped the run; what was collected is kept."""

    exit_code = 130
