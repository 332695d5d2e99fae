"""The stored text of a run: every page's own words, searchable. A SQLite file (`text.db`) with a trigram index.

Written by the extract stage, which masks personal numbers before they come here; read by evaluation.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Self

from auditor.kinds.service import Mention, MentionSource
from auditor.model.evidence import RecordEvidence

MOST_PASSAGES = 2_000
"""Passages of one term; how many more there are is not told."""
MOST_OF_PAGE = 20
_REACH = 80
_TRIGRAM = 3
_VERSION = 1
_LAYOUT = """
CREATE TABLE page (
  id INTEGER PRIMARY KEY, url TEXT UNIQUE NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, folded TEXT NOT NULL,
  record TEXT, at TEXT, published_on TEXT, unit TEXT, source TEXT NOT NULL DEFAULT 'other'
);
CREATE VIRTUAL TABLE words USING fts5(folded, content='page', content_rowid='id', tokenize='trigram');
"""


class TextIndexError(Exception):
    """A text index that is missing, damaged or of another version."""


@dataclass(frozen=True, slots=True)
class StoredText:
    """The own text of one page or file, a line a block."""

    url: str
    title: str
    text: str
    record: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class TextLabels:
    """What the site pass knows of a page beside its text."""

    published_on: date | None
    unit: str | None
    source: MentionSource


def fold_words(text: str) -> str:
    """Return a text in the one form in which it is searched: compatibility forms folded, lower case."""
    return unicodedata.normalize("NFKC", _clean(text)).casefold()


def _clean(text: str) -> str:
    """Return a text as the store can keep it: no NUL, no half of a surrogate pair."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


class TextIndexWriter:
    """Writes an index beside the final name; `close` puts it in place, leaving without it drops it."""

    def __init__(self, path: Path) -> None:
        """Start an empty index. Raises OSError or sqlite3.Error where it cannot be written."""
        self._path = path
        self._partial = path.with_name(path.name + ".part")
        self._partial.unlink(missing_ok=True)
        self._base = sqlite3.connect(self._partial, isolation_level=None)
        self._base.executescript(
            f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA user_version={_VERSION}; {_LAYOUT}"
        )
        self._base.execute("BEGIN")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Put the index in place, or drop it where something went wrong."""
        if kind is None:
            self.close()
        else:
            self._base.close()
            self._partial.unlink(missing_ok=True)

    def add(self, stored: StoredText) -> None:
        """Add the text of one page; a second one of the same address is left out."""
        at = stored.at.isoformat() if stored.at is not None else None
        values = (stored.url, _clean(stored.title), _clean(stored.text), fold_words(stored.text), stored.record, at)
        self._base.execute(
            "INSERT OR IGNORE INTO page(url, title, text, folded, record, at) VALUES (?, ?, ?, ?, ?, ?)", values
        )

    def label(self, labels: Mapping[str, TextLabels]) -> None:
        """Add what the site pass found out, by address."""
        rows = [
            (one.published_on.isoformat() if one.published_on else None, one.unit, one.source, url)
            for url, one in labels.items()
        ]
        self._base.executemany("UPDATE page SET published_on=?, unit=?, source=? WHERE url=?", rows)

    def close(self) -> None:
        """Index the words and put the file in place."""
        self._base.execute("INSERT INTO words(words) VALUES('rebuild')")
        self._base.execute("COMMIT")
        self._base.close()
        self._partial.replace(self._path)


class TextIndex:
    """A stored index, read only."""

    def __init__(self, path: Path) -> None:
        """Open an index. Raises TextIndexError."""
        if not path.is_file():
            raise TextIndexError(str(path))
        try:
            self._base = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
            version = self._base.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.Error as error:
            raise TextIndexError(str(path)) from error
        if version != _VERSION:
            self._base.close()
            raise TextIndexError(str(path))

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._base.close()

    def find_mentions(self, terms: Iterable[str]) -> tuple[Mention, ...]:
        """Return the passages that hold each term, in the order of addresses. Raises TextIndexError for a damaged file.

        A passage is a line that holds the term, cut to the words around it; each is told once.
        """
        try:
            found = [mention for term in dict.fromkeys(terms) for mention in self._find_term(term)]
        except sqlite3.Error as error:
            raise TextIndexError(str(error)) from error
        return tuple({mention.key: mention for mention in found}.values())

    def _find_term(self, term: str) -> Iterator[Mention]:
        folded = fold_words(term)
        if not folded.strip():
            return
        count = 0
        with closing(self._base.cursor()) as cursor:
            for row in _ask(cursor, folded):
                for passage in _cut_passages(row[2], folded):
                    yield _make_mention(term, passage, row)
                    count += 1
                    if count >= MOST_PASSAGES:
                        return


_FIELDS = "page.url, page.title, page.text, page.record, page.at, page.published_on, page.unit, page.source"


def _ask(cursor: sqlite3.Cursor, folded: str) -> sqlite3.Cursor:
    """Ask for the pages that hold a term: by trigrams, or where it is too short for them by looking through all."""
    if len(folded) < _TRIGRAM:
        return cursor.execute(f"SELECT {_FIELDS} FROM page WHERE instr(folded, ?) > 0 ORDER BY url", (folded,))  # noqa: S608
    quoted = '"' + folded.replace('"', '""') + '"'
    return cursor.execute(
        f"SELECT {_FIELDS} FROM words JOIN page ON page.id = words.rowid "  # noqa: S608 - fields are ours
        "WHERE words MATCH ? AND instr(page.folded, ?) > 0 ORDER BY url",
        (quoted, folded),
    )


def _cut_passages(text: str, folded: str) -> Iterator[str]:
    """Yield the lines of a text that hold a term, cut to the words around its first place."""
    seen: set[str] = set()
    for line in text.splitlines():
        place = fold_words(line).find(folded)
        if place < 0:
            continue
        start = max(0, place - _REACH)
        passage = line[start : place + len(folded) + _REACH].strip()
        if passage not in seen:
            seen.add(passage)
            yield passage
        if len(seen) >= MOST_OF_PAGE:
            return


def _make_mention(term: str, passage: str, row: tuple[str | None, ...]) -> Mention:
    url, title, _, record, at, published_on, unit, source = row
    seen = datetime.fromisoformat(at) if at else None
    return Mention(
        evidence=(RecordEvidence(str(url), record, "text", passage[:200], seen),),
        term=term,
        url=str(url),
        title=str(title),
        published_on=date.fromisoformat(published_on) if published_on else None,
        unit=unit,
        excerpt=passage,
        source=source,  # type: ignore[arg-type]
    )
