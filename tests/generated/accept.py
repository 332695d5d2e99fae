"""Write the generated documents and the golden files again: `python tests/generated/accept.py [--collect]`.

`--collect` makes the stored archive of the golden run anew; without it only what is made of it is written.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "generated")]

from example_year import DOCUMENT, renew_document  # noqa: E402
from golden_run import GOLDEN, collect_golden, find_accepted, judge_golden, scrub_text  # noqa: E402

from auditor.cli.documents import list_documents  # noqa: E402


def main(arguments: list[str]) -> None:
    """Write every generated document and every golden file."""
    for path, text in list_documents().items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")
    if "--collect" in arguments or not (GOLDEN / "snapshot.wacz").exists():
        collect_golden()
    with tempfile.TemporaryDirectory() as folder:
        for name, content in judge_golden(Path(folder)).items():
            find_accepted(name).write_text(scrub_text(content), encoding="utf-8")
    DOCUMENT.write_text(renew_document(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
