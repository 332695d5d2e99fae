"""Files that pages of the sample portal offer: small Word documents, the same bytes for the same name."""

from __future__ import annotations

import io
import zipfile
from typing import Final

FILES: Final = "files/"
OFFPRINT_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_DAY: Final = (2020, 1, 2, 0, 0, 0)
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MAIN: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def make_offprint(name: str) -> bytes:
    """Return a Word document with one paragraph, its own name."""
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_MAIN}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body><w:p><w:r><w:t>{name}</w:t></w:r></w:p>'
        "</w:body></w:document>",
    }
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in members.items():
            archive.writestr(zipfile.ZipInfo(path, _DAY), '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return whole.getvalue()
