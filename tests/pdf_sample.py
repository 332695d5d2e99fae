"""A small PDF, written by hand."""

from __future__ import annotations

_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
_STEP = 30


def make_pdf(text):
    """Return a PDF of one page with ASCII text, or of a page without any."""
    return _bind([f"BT /F1 12 Tf 20 700 Td ({text}) Tj ET".encode() if text else b""])


def make_ruled_pdf(pages):
    """Return a PDF with a ruled table of ASCII cells on each page; each page is the line above, rows, the line below."""
    return _bind([_draw_page(*page) for page in pages])


def _draw_page(above, rows, below):
    left, top, width = 50, 700, 100
    end = top - _STEP * len(rows)
    drawn = [
        f"{left} {top - _STEP * place} m {left + width * len(rows[0])} {top - _STEP * place} l S"
        for place in range(len(rows) + 1)
    ]
    drawn += [f"{left + width * place} {top} m {left + width * place} {end} l S" for place in range(len(rows[0]) + 1)]
    drawn += [
        _write(left + width * place + 5, top - _STEP * row - 20, cell)
        for row, cells in enumerate(rows)
        for place, cell in enumerate(cells)
    ]
    drawn += [_write(left, top + 20, above), _write(left, end - 40, below)]
    return "\n".join(drawn).encode()


def _write(left, height, text):
    return f"BT /F1 12 Tf {left} {height} Td ({text}) Tj ET" if text else ""


def _bind(contents):
    pages = range(len(contents))
    kids = b" ".join(b"%d 0 R" % (4 + 2 * page) for page in pages)
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(contents)),
        _FONT,
    ]
    for page, content in zip(pages, contents, strict=True):
        font = b"/Resources << /Font << /F1 3 0 R >> >>"
        parts += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R %s >>" % (5 + 2 * page, font),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        ]
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(body)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    size = b"trailer << /Size %d /Root 1 0 R >>\n" % (len(parts) + 1)
    return body + head + table + size + b"startxref\n%d\n%%%%EOF" % start
