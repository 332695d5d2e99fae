"""Every problem that reading can find has its sentence in both languages."""

from __future__ import annotations

import re
from pathlib import Path

from auditor.messages import load_messages

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("yamlfile", "yamlshape", "profile", "score/models")


def list_codes():
    text = "".join((ROOT / "auditor" / f"{name}.py").read_text(encoding="utf-8") for name in SOURCES)
    quoted = re.findall(r'(?:Problem\(|_Refused\(|return |Refusal\()"([a-z_]+)"', text)
    return set(quoted) | {"unknown_scored_clause"}


def test_every_code_has_its_sentence_and_no_sentence_is_idle():
    messages = load_messages("en")
    known = {key.removeprefix("profile.") for key in messages.texts if key.startswith("profile.")}
    codes = list_codes()
    assert len(codes) > 20
    assert codes == {key for key in known if ".hint" not in key}
    assert {key.removesuffix(".far").removesuffix(".hint") for key in known} == codes
