"""Letters to units: what they say, that nothing of a site's becomes markup, that a user can change the template."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import desk_sample as desk
import office
import pdfplumber
import pytest
from docx import Document
from lxml import etree

from auditor.cli.commands import run_arguments
from auditor.desk.letters import Letter, group_problems, mark_title, name_letters, render_letter, write_numeral
from auditor.model.targets import Unit, UnitKind
from auditor.resources import find_resource
from auditor.result import dump_result

sample = desk.sample
TODAY = date(2026, 11, 22)
UNIT = "云河区民政局"


@pytest.fixture
def run(tmp_path):
    (tmp_path / "result.json").write_bytes(dump_result(sample.make_result()))
    return tmp_path


def read_text(content):
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)


def render(result, unit, language="zh", **options):
    wording = desk.make_wording(language)
    rows = group_problems(result, wording)[unit]
    return render_letter(result, wording, unit, rows, Letter(TODAY, **options))


def call(*arguments):
    return run_arguments(list(map(str, arguments)), {"AUDITOR_LANG": "en"})


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ["整改通知", UNIT, "《2020年云河区政务公开工作要点》", "XH20-1.2b", "标注的更新日期早于期限", "修订指南", "2026年12月20日前", "2018年3月2日更新"]),
        ("en", ["Notice of problems", UNIT, "XH20-1.2b", "Revise the guide", "by 20 December 2026", "1 problem(s)"]),
    ],
)  # fmt: skip
def test_letter_says_clause_evidence_remedy_and_deadline(language, words):
    text = read_text(render(sample.make_result(), UNIT, language, deadline=date(2026, 12, 20)))
    assert [word for word in words if word not in text] == []
    assert "https://www.yunhe.example.cn/zwgk/znzd/3.html" in text
    assert "{" not in text


def test_letter_names_what_lacks_and_not_what_is_there():
    text = read_text(render(sample.make_result(), "各起草单位"))
    assert "gfxwj/14.html" in text
    assert "gfxwj/0.html" not in text


def test_each_unit_gets_its_own_letter_and_the_same_twice(run, capsys):
    assert call("letter", run, "--deadline", "2099-12-31") == 0
    letters = sorted((run / "letters").iterdir())
    groups = group_problems(sample.make_result(), desk.make_wording())
    assert len(letters) == len(groups)
    before = [path.read_bytes() for path in letters]
    assert call("letter", run, "--deadline", "2099-12-31") == 0
    assert [path.read_bytes() for path in sorted((run / "letters").iterdir())] == before
    assert capsys.readouterr().err == ""


def test_letters_of_an_earlier_time_are_named(run, capsys):
    assert call("letter", run) == 0
    (run / "letters" / "old.docx").write_bytes(b"old")
    assert call("letter", run) == 0
    assert "1 letter(s)" in capsys.readouterr().err


def test_letters_are_called_by_their_unit(tmp_path):
    units = ["甲局", "a/b", "a?b", "..", "甲" * 100]
    names = [path.name for path in name_letters(tmp_path, units).values()]
    assert names == ["甲局.docx", "a_b.docx", "a_b-2.docx", "letter.docx", f"{'甲' * 60}.docx"]


@pytest.mark.parametrize(
    ("title", "marked"),
    [
        ("2020年工作要点", "《2020年工作要点》"),
        ("《2020年工作要点》", "《2020年工作要点》"),
        ("关于印发《2020年工作要点》的通知", "《关于印发〈2020年工作要点〉的通知》"),
        ("《甲》和《乙》", "《〈甲〉和〈乙〉》"),
        ("《关于印发《甲办法》的通知》", "《关于印发〈甲办法〉的通知》"),
        ("《甲》解读：《乙》", "《〈甲〉解读：〈乙〉》"),
        ("《", "《〈》"),
    ],
)
def test_a_title_within_a_title_has_the_inner_marks(title, marked):
    assert mark_title(title) == marked


def test_letter_that_was_edited_is_kept(run):
    assert call("letter", run, "--unit", UNIT) == 0
    (path,) = (run / "letters").iterdir()
    path.write_bytes(b"edited")
    assert call("letter", run, "--unit", UNIT) == 0
    assert path.with_name(f"{path.stem}.1.docx").read_bytes() == b"edited"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_words_stay_words(language):
    result = desk.make_hostile()
    for unit in group_problems(result, desk.make_wording(language)):
        content = render(result, unit, language)
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            body = bundle.read("word/document.xml")
        assert etree.fromstring(body) is not None
        text = read_text(content)
        assert not any(sign in text for sign in ("\x00", "\x01", "\u202e", "\u200b"))
        assert len(text) < 200_000
    texts = [read_text(render(result, unit, language)) for unit in group_problems(result, desk.make_wording(language))]
    assert any("<script>alert(1)</script>" in text for text in texts)
    assert any("{{ 1 + 1 }}{% for x in y %}" in text for text in texts)


def test_template_of_a_user_is_used(tmp_path):
    document = Document(find_resource("reports") / "templates" / "notice.zh.docx")
    document.paragraphs[0].insert_paragraph_before("甲市督查室 {{ unit }} {{ count }}")
    document.save(tmp_path / "own.docx")
    text = read_text(render(sample.make_result(), UNIT, template=tmp_path / "own.docx"))
    assert text.startswith(f"甲市督查室 {UNIT} 1\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{{ nobody }}", "a variable that is not there: nobody"),
        ("{% if %}", "is not right"),
        ("{{ unit.__class__.__mro__ }}", "unsafe"),
    ],
)
def test_template_with_a_mistake_is_2(run, capsys, text, sentence):
    document = Document()
    document.add_paragraph(text)
    document.save(run / "own.docx")
    assert call("letter", run, "--template", run / "own.docx") == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, b"", b"{{ unit }}"])
def test_template_that_is_none_is_2(run, content):
    if content is not None:
        (run / "own.docx").write_bytes(content)
    assert call("letter", run, "--template", run / "own.docx") == 2


@pytest.mark.parametrize("arguments", [("--deadline", "2020-01-01"), ("--unit", "火星局"), ("--unit", "云河区教育局")])
def test_letters_that_make_no_sense_are_2(run, arguments):
    assert call("letter", run, *arguments) == 2
    assert not (run / "letters").exists()


@pytest.mark.parametrize(
    ("number", "numeral"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (100, "100")]
)
def test_numerals(number, numeral):
    assert write_numeral(number) == numeral


def test_libreoffice_turns_a_letter_into_pages(tmp_path):
    if office.find_office() is None:
        pytest.skip("soffice (LibreOffice) is not on this machine")
    (tmp_path / "letter.docx").write_bytes(render(sample.make_result(), UNIT, deadline=date(2026, 12, 20)))
    with pdfplumber.open(office.make_pdf(tmp_path, Path(tmp_path / "letter.docx"))) as pages:
        assert 1 <= len(pages.pages) <= 3
        text = "".join((page.extract_text() or "") for page in pages.pages).replace("\n", "").replace(" ", "")
        assert (round(pages.pages[0].width), round(pages.pages[0].height)) == (595, 842)
    assert [word for word in (UNIT, "XH20-1.2b", "2026年12月20日前") if word not in text] == []


def test_a_unit_may_be_called_by_its_alias(tmp_path):
    target = sample.make_target(units=(Unit(UNIT, UnitKind.DEPARTMENT, ("某局",)),))
    (tmp_path / "result.json").write_bytes(dump_result(sample.make_result(target=target)))
    assert call("letter", tmp_path, "--unit", "某局") == 0
    assert [UNIT in path.name for path in (tmp_path / "letters").iterdir()] == [True]
    assert call("letter", tmp_path, "--unit", "别局") == 2
