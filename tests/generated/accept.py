"""Write the generated documents and golden files again: `python tests/generated/accept.py`."""

from __future__ import annotations

from pathlib import Path

from auditor.documents import list_documents

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Write every generated document."""
    for path, text in list_documents().items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
