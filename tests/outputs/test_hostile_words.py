"""Hostile words in every field of a result come out harmless in everything that is made of it."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from every_output import OUTPUTS, list_desk, list_listed, sample, unpack
from lxml import etree
from markdown_it import MarkdownIt
from poison import make_poisoned
from wacz.main import main as validate_wacz

from auditor.desk.bundle import name_bundle
from auditor.harmless import HARMFUL, REPLACEMENT, escape_json
from auditor.model.evidence import RecordEvidence
from auditor.model.findings import Subject
from auditor.model.outcomes import Outcome
from auditor.report.sheet import cut_cell
from auditor.result import dump_result, load_result

WORDS = {
    "markup": '</script><script>alert(1)</script><img src=//evil.example/x onerror=alert(1)>"\' onclick="alert(1)'
    "]]>-->*/</w:t></failure><testcase/>{{7*7}}{% for x in y %}{where}%s[x](//evil.example)![x](//evil.example)"
    "|a|@everyone www.evil.example https://evil.example [red]x[/blue] :bomb: ../../etc/passwd&amp;&lt;",
    "formula": '=HYPERLINK("http://evil.example","x")',
    "blank_formula": "\t \r=cmd|' /C calc'!A0",
    "invisible": "\u202eevil\u202c\u2066x\u2069\u200f\u061c\u200b\u00ada\x00b\x01\x1b[31mc\x07\x9b\x85\u2028\ufffe\uffff\ufeff\U000e0041",
    "half": "云\ud800河\udfff",
}
LONG = "题" * 1_000_000
FORMULA = ("=", "+", "-", "@")


def make_long():
    """Return a result in which one failure, its evidence and the site have names of a million signs."""
    failed = next(one for one in sample.make_result().findings if one.outcome is Outcome.FAILED)
    page = RecordEvidence(f"http://{sample.HOST}/{LONG}", None, LONG, LONG, None)
    finding = replace(failed, id=LONG, decision=None, subject=Subject("unit", LONG, LONG), evidence=(page,))
    return sample.make_result(findings=[finding], target=sample.make_target(name=LONG))


def check_text(name, content):
    text = content.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n").replace(REPLACEMENT, "")
    found = HARMFUL.search(text)
    assert found is None, (name, text[max(0, found.start() - 80) : found.start() + 20])
    return text


def check_markup(name, content):
    page = BeautifulSoup(check_text(name, content), "lxml")
    kinds = {node.get("type", "") for node in page.find_all("script")}
    assert kinds <= {"", "application/json"}
    for node in page.find_all(True):
        assert not [attribute for attribute in node.attrs if attribute.startswith("on")]
        address = node.get("href") or node.get("src") or "#"
        assert not re.match(r"\s*(javascript|vbscript):|//", address), (name, address[:80])
        assert not address.startswith("data:") or node.name in {"img", "image"}
    assert not any("alert(1)" in script.text for script in page.find_all("script"))


def check_xml(name, content):
    tree = etree.fromstring(content)
    for node in tree.iter():
        for text in (node.text, node.tail, *node.attrib.values()):
            assert text is None or not HARMFUL.search(text), (name, text[:80])
    tags = {etree.QName(node).localname for node in tree.iter() if isinstance(node.tag, str)}
    assert not tags & {"f", "fldSimple", "script"}, name
    assert {node.text.strip() for node in tree.iter("{*}instrText")} <= {"PAGE"}
    for node in tree.iter("{*}Relationship"):
        if node.get("TargetMode") == "External":
            assert re.match(r"https?://", node.get("Target")), node.get("Target")[:80]


def check_junit(name, content):
    tree = etree.fromstring(check_text(name, content).encode())
    assert {node.tag for node in tree.iter()} <= {
        "testsuites", "testsuite", "testcase", "failure", "skipped", "error", "system-out",
    }  # fmt: skip
    check_xml(name, content)


def check_table(name, content):
    rows = list(csv.reader(io.StringIO(check_text(name, content))))
    assert len({len(row) for row in rows}) == 1
    assert not [cell for row in rows for cell in row if cell.lstrip().startswith(FORMULA)]


def check_summary(name, content):
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table"]).parse(check_text(name, content))
    inner = [child for token in tokens for child in token.children or ()]
    assert not {token.type for token in (*tokens, *inner)} & {"html_block", "html_inline", "image", "code_inline"}
    assert all(child.info == "auto" for child in inner if child.type == "link_open")
    shown = "".join(child.content for child in inner)
    assert "@" not in shown
    plain = re.sub(r"<https?://[^>]*>", "", content.decode())
    assert not re.search(r"(?<!\\)://|www\.", plain)


def check_document(name, content):
    check_text(name, content)
    if name.endswith(".jsonl"):
        assert all(json.loads(line)["event"] for line in content.splitlines())
    else:
        json.loads(content)


def check_script(name, content):
    assert not re.search("[<>&]", check_text(name, content))


CHECKS = {
    ".html": check_markup,
    ".js": check_script,
    ".csv": check_table,
    ".md": check_summary,
    ".json": check_document,
    ".sarif": check_document,
    ".jsonl": check_document,
    ".txt": check_text,
    ".rels": check_xml,
    ".xml": check_xml,
    "SHA256SUMS": check_text,
    ".css": check_text,
}


def check_wacz(content, folder):
    path = folder / "evidence.wacz"
    path.write_bytes(content)
    assert validate_wacz(["validate", "-f", str(path)]) == 0
    with zipfile.ZipFile(path) as bundle:
        for line in bundle.read("pages/pages.jsonl").splitlines():
            json.loads(line)
        check_document("datapackage.json", bundle.read("datapackage.json"))


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("output", OUTPUTS)
def test_hostile_words_come_out_harmless(words, output, tmp_path):
    text = WORDS[words]
    files = dict(unpack(OUTPUTS[output](make_poisoned(text), text)))
    assert files
    for name, content in files.items():
        assert ".." not in Path(name).parts
        if name.endswith("junit.xml"):
            check_junit(name, content)
        elif name.endswith(".wacz"):
            check_wacz(content, tmp_path)
        elif not name.endswith((".png", ".ttf")):
            suffix = Path(name).suffix or Path(name).name
            CHECKS[suffix](name, content)


@pytest.mark.parametrize("output", OUTPUTS)
def test_names_of_a_million_signs_are_cut_with_a_sign(output):
    for name, content in unpack(OUTPUTS[output](make_long(), LONG)):
        is_for_machines = name.endswith((".json", ".jsonl", ".wacz"))
        if is_for_machines or b"\xe9\xa2\x98" * 20 not in content:
            continue
        assert len(content) < 1_000_000, name
        assert "…" in content.decode("utf-8", "replace"), name


def test_templates_in_words_are_not_filled():
    text = WORDS["markup"]
    for name, content in unpack(list_desk(make_poisoned(text), text) | list_listed(make_poisoned(text), text)):
        assert name.endswith((".wacz", ".png")) or b"49{%" not in content


def test_a_result_with_half_a_character_is_written_and_read_again(tmp_path):
    (tmp_path / "result.json").write_bytes(dump_result(make_poisoned("云\ud800河")))
    assert load_result(tmp_path / "result.json").target.name == "云\ufffd河"


def test_escaped_documents_are_the_same_data():
    data = {"name": "\u202e甲\u200f\U000e0041\u2028\ufeff"}
    escaped = escape_json(json.dumps(data, ensure_ascii=False))
    assert json.loads(escaped) == data
    assert not HARMFUL.search(escaped.decode())


@pytest.mark.parametrize("about", ["../../etc/passwd", "甲" * 300, "\U00020000" * 300, "\x00\u202e", "...", "a\ud800"])
def test_names_of_bundles_fit_every_disk(about, tmp_path):
    name = name_bundle(about)
    (tmp_path / f"{name}.zip").write_bytes(b"")
    assert [path.name for path in tmp_path.iterdir()] == [f"{name}.zip"]


def test_a_cell_that_is_cut_says_so():
    assert cut_cell("甲" * 32_000) == "甲" * 32_000
    assert cut_cell("甲" * 40_000).endswith("甲…")
    assert len(cut_cell("甲" * 40_000)) == 32_000
