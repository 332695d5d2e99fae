"""The process that opens files of a site: one file in, its text and tables out, within bounds of memory.

Run as `python -m auditor.extract.filereading PAGE_NUMBER`, the pattern of a line that is the number of a page: on
standard input a line with the length of a file and the file, again and again; on standard output one line of JSON
each: `form`, `lines`, `grids`, `reason`. A hostile file can end this process, never the extraction.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO

import re2

MAX_CHARACTERS = 400_000
MAX_PAGES = 300
MAX_TABLE_PAGES = 30
MAX_GRIDS = 40
MAX_ROWS = 1_000
MAX_COLUMNS = 60
MAX_UNPACKED = 200 << 20
MAX_MEMORY = 1_500 << 20
MAX_MEMBERS = 5_000
_MAX_CELL = 400
_SCAN = 15
_TABLE_SIGNS = ("自然人", "表", "合计", "总计", "金额", "序号")
_LEAST_DIGITS = 20


class FileReadError(Exception):
    """A file that cannot be read; its argument is the reason."""


def recognise_form(body: bytes) -> str:
    """Return what a file is by its first bytes and members: pdf, docx, xlsx. Raises FileReadError."""
    if b"%PDF-" in body[:1024]:
        return "pdf"
    if not body.startswith(b"PK"):
        raise FileReadError("format")
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        members = package.infolist()
        if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
            raise FileReadError("too_large")
        names = {member.filename for member in members}
        if any(member.flag_bits & 1 for member in members):
            raise FileReadError("encrypted")
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    raise FileReadError("format")


# ---- PDF -----------------------------------------------------------------------------------------


def read_pdf(body: bytes, page_number: str) -> tuple[list[str], list[list[list[str]]]]:
    """Return lines and tables of a PDF. Raises FileReadError (encrypted, image)."""
    import pypdfium2  # noqa: PLC0415 - only this process needs it, and only for a PDF

    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        raise FileReadError("encrypted" if "assword" in str(error) else "broken") from error
    texts: list[str] = []
    for number in range(min(len(document), MAX_PAGES)):
        texts.append(document[number].get_textpage().get_text_bounded())
        if sum(map(len, texts)) > MAX_CHARACTERS:
            break
    if sum(len(text.strip()) for text in texts) < _SCAN * len(texts) or not texts:
        raise FileReadError("image")
    lines = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
    return lines, list(read_pdf_tables(body, texts, page_number))


def read_pdf_tables(body: bytes, texts: Sequence[str], page_number: str) -> Iterator[list[list[str]]]:
    """Yield the tables of the pages whose texts tell of some; one that goes on over pages is one table.

    It goes on where nothing but the number of a page stands below it, and nothing above what has as many columns.
    `page_number` is the pattern of a line that is such a number.
    """
    import pdfplumber  # noqa: PLC0415 - as above

    wanted = [
        number
        for number, text in enumerate(texts)
        if any(sign in text for sign in _TABLE_SIGNS) and sum(map(str.isdigit, text)) >= _LEAST_DIGITS
    ]
    with pdfplumber.open(io.BytesIO(body), pages=[number + 1 for number in wanted[:MAX_TABLE_PAGES]]) as document:
        waiting: list[list[str]] = []  # the table that ended the page before, with nothing below it
        last = 0
        for page in document.pages if wanted else ():
            tables = _read_page_tables(page, page_number)
            for place, (rows, touches_top, touches_end) in enumerate(tables):
                goes_on = place == 0 and touches_top and page.page_number == last + 1 and _fit(waiting, rows)
                if waiting and not goes_on:
                    yield waiting
                waiting = [*waiting, *(rows[1:] if rows[0] == waiting[0] else rows)] if goes_on else rows
                if place + 1 < len(tables) or not touches_end:
                    yield waiting
                    waiting = []
            last = page.page_number
            page.close()
        if waiting:
            yield waiting


def _read_page_tables(page: Any, page_number: str) -> list[tuple[list[list[str]], bool, bool]]:
    """Return the tables of a page, and whether each touches its top and its end; the number of a page is no word."""
    found = page.find_tables()[:MAX_GRIDS]
    shown = page.extract_text_lines(return_chars=False) if found else []
    number = re2.compile(page_number)
    lines = [line for line in shown if any(map(str.isalpha, line["text"])) and not number.fullmatch(line["text"])]
    tables = []
    for table in found:
        _, top, _, bottom = table.bbox
        rows = [[(cell or "").replace("\n", "") for cell in row] for row in table.extract()]
        above = any(line["bottom"] <= top for line in lines)
        below = any(line["top"] >= bottom for line in lines)
        tables.append((rows, not above, not below))
    return [one for one in tables if one[0]]


def _fit(before: list[list[str]], after: list[list[str]]) -> bool:
    """Tell whether one table can go on with another: as many columns, and more than one."""
    return bool(before) and len(before[0]) == len(after[0]) > 1


# ---- office files --------------------------------------------------------------------------------


def read_docx(body: bytes) -> tuple[list[str], list[list[list[str]]]]:
    """Return lines and tables of a Word file."""
    import docx  # noqa: PLC0415 - as above

    document = docx.Document(io.BytesIO(body))
    lines = [paragraph.text.strip() for paragraph in document.paragraphs if paragraph.text.strip()]
    grids = [
        [[cell.text.strip() for cell in row.cells[:MAX_COLUMNS]] for row in table.rows[:MAX_ROWS]]
        for table in document.tables[:MAX_GRIDS]
    ]
    return lines, grids


def read_xlsx(body: bytes) -> tuple[list[str], list[list[list[str]]]]:
    """Return the names of the sheets as lines, and each sheet as a table."""
    import openpyxl  # noqa: PLC0415 - as above

    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
    lines: list[str] = []
    grids = []
    for sheet in book.worksheets[:MAX_GRIDS]:
        lines.append(sheet.title)
        rows = []
        for row in sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True):
            cells = ["" if cell is None else str(cell).strip() for cell in row]
            last = max((place for place, cell in enumerate(cells) if cell), default=-1)
            if last >= 0:
                rows.append(cells[: last + 1])
        grids.append(rows)
        lines += [cells[0] for cells in rows if sum(map(bool, cells)) == 1]
    return lines, grids


_READERS: dict[str, Callable[[bytes], tuple[list[str], list[list[list[str]]]]]] = {
    "docx": read_docx,
    "xlsx": read_xlsx,
}


def read_file(body: bytes, page_number: str) -> dict[str, Any]:
    """Return what a file holds, or why it could not be read: as plain data for JSON."""
    form = ""
    try:
        form = recognise_form(body)
        lines, grids = read_pdf(body, page_number) if form == "pdf" else _READERS[form](body)
    except FileReadError as error:
        return {"form": form, "lines": [], "grids": [], "reason": str(error.args[0])}
    except MemoryError:
        return {"form": form, "lines": [], "grids": [], "reason": "too_large"}
    except Exception:  # noqa: BLE001 - a library that stumbles over a file says that the file is broken
        return {"form": form, "lines": [], "grids": [], "reason": "broken"}
    return {"form": form, "lines": list(_bound_lines(lines)), "grids": _bound_grids(grids), "reason": ""}


def _bound_lines(lines: Sequence[str]) -> Iterator[str]:
    length = 0
    for line in lines:
        length += len(line)
        if length > MAX_CHARACTERS:
            return
        yield line


def _bound_grids(grids: Sequence[list[list[str]]]) -> list[list[list[str]]]:
    length = 0
    kept = []
    for grid in grids[:MAX_GRIDS]:
        cut = [[cell[:_MAX_CELL] for cell in row[:MAX_COLUMNS]] for row in grid[:MAX_ROWS]]
        length += sum(len(cell) for row in cut for cell in row)
        if length > MAX_CHARACTERS:
            break
        kept.append(cut)
    return kept


def _limit_memory() -> None:
    """Bound the memory of this process where the system can."""
    try:
        import resource  # noqa: PLC0415 - not every system has it
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def serve(source: BinaryIO, sink: BinaryIO, page_number: str) -> None:
    """Answer files until the source ends."""
    while head := source.readline():
        answer = read_file(source.read(int(head)), page_number)
        sink.write(json.dumps(answer).encode("ascii") + b"\n")
        sink.flush()


if __name__ == "__main__":
    _limit_memory()
    serve(sys.stdin.buffer, sys.stdout.buffer, sys.argv[1])
