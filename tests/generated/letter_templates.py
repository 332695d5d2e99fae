"""Make the templates of letters anew: `python tests/generated/letter_templates.py`.

The layout follows the customary form of official letters in China (GB/T 9704): A4, FangSong 16 pt at a fixed line
height, title in SimSun 22 pt, headings in SimHei, page numbers between dashes.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

TEMPLATES = Path(__file__).resolve().parents[2] / "reports" / "templates"
EPOCH = (1980, 1, 1, 0, 0, 0)
BODY, TITLE, HEAD = ("FangSong", 16), ("SimSun", 22), ("SimHei", 16)
OTHER_NAMES = {
    "FangSong": "仿宋,仿宋_GB2312,FangSong_GB2312,SimSun",
    "SimSun": "宋体,Noto Serif CJK SC",
    "SimHei": "黑体,Noto Sans CJK SC",
}


@dataclass(frozen=True)
class Line:
    """A paragraph of a template."""

    text: str
    font: tuple[str, int] = BODY
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY
    indent: bool = True
    bold: bool = False
    keep: bool = False


CENTRE, RIGHT, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT
CHINESE = (
    Line("关于{{ site }}检查发现问题的整改通知", TITLE, CENTRE, indent=False, bold=True),
    Line("", indent=False),
    Line("{{ unit }}：", indent=False, align=LEFT),
    Line(
        "依据{{ standards }}，我们对{{ site }}（{{ host }}）进行了检查。网页采集时间为{{ collected }}，"
        "评判日期为{{ as_of }}。检查发现由你单位负责整改的问题共{{ count }}项，"
        "其中核心要求{{ essential }}项、应当达到的要求{{ mandatory }}项、建议性要求{{ recommended }}项，具体如下。"
    ),
    Line("{%p for problem in problems %}"),
    Line("{{ problem.number }}、{{ problem.title }}", HEAD, keep=True),
    Line("条款：{{ problem.standard }} {{ problem.place }}（{{ problem.clause }}，{{ problem.class_word }}）"),
    Line("要求：{{ problem.asks }}"),
    Line("{%p if problem.subject %}"),
    Line("对象：{{ problem.subject }}"),
    Line("{%p endif %}"),
    Line("发现的问题：{{ problem.reason }}"),
    Line("{%p for passage in problem.passages %}"),
    Line("页面原文：“{{ passage }}”"),
    Line("{%p endfor %}"),
    Line("{%p for address in problem.addresses %}"),
    Line("网址：{{ address }}", align=LEFT),
    Line("{%p endfor %}"),
    Line("{%p if problem.more %}"),
    Line("另有{{ problem.more }}处，见附随的工作表。"),
    Line("{%p endif %}"),
    Line("{%p if problem.remedy %}"),
    Line("整改建议：{{ problem.remedy }}"),
    Line("{%p endif %}"),
    Line("结果编号：{{ problem.fingerprint }}"),
    Line("{%p endfor %}"),
    Line("{%p if deadline %}"),
    Line("请于{{ deadline }}前完成整改，并将整改情况书面反馈。期满后将对上述问题进行复查。"),
    Line("{%p else %}"),
    Line("请抓紧整改，并将整改情况书面反馈。"),
    Line("{%p endif %}"),
    Line("对检查结果有异议的，请在工作表“被评单位异议”一栏写明理由，并附证明材料。"),
    Line("", indent=False),
    Line("（发文单位）", align=RIGHT, indent=False),
    Line("{{ today }}", align=RIGHT, indent=False),
)
ENGLISH = (
    Line("Notice of problems found on {{ site }}", TITLE, CENTRE, indent=False, bold=True),
    Line("", indent=False),
    Line("To: {{ unit }}", indent=False, align=LEFT),
    Line(
        "{{ site }} ({{ host }}) was examined against {{ standards }}. Its pages were collected on {{ collected }} and "
        "judged as of {{ as_of }}. {{ count }} problem(s) were found that are yours to mend: {{ essential }} of "
        "essential, {{ mandatory }} of mandatory and {{ recommended }} of recommended demands."
    ),
    Line("{%p for problem in problems %}"),
    Line("{{ problem.number }}. {{ problem.title }}", HEAD, LEFT, indent=False, keep=True),
    Line("Clause: {{ problem.standard }}, {{ problem.place }} ({{ problem.clause }}, {{ problem.class_word }})"),
    Line("Demand: {{ problem.asks }}"),
    Line("{%p if problem.subject %}"),
    Line("Subject: {{ problem.subject }}"),
    Line("{%p endif %}"),
    Line("Found: {{ problem.reason }}"),
    Line("{%p for passage in problem.passages %}"),
    Line("The page says: “{{ passage }}”"),
    Line("{%p endfor %}"),
    Line("{%p for address in problem.addresses %}"),
    Line("Address: {{ address }}", align=LEFT),
    Line("{%p endfor %}"),
    Line("{%p if problem.more %}"),
    Line("{{ problem.more }} more stand in the working sheet."),
    Line("{%p endif %}"),
    Line("{%p if problem.remedy %}"),
    Line("Remedy: {{ problem.remedy }}"),
    Line("{%p endif %}"),
    Line("Number of the finding: {{ problem.fingerprint }}"),
    Line("{%p endfor %}"),
    Line("{%p if deadline %}"),
    Line("Please mend these by {{ deadline }} and report what was done. They will be examined again after that day."),
    Line("{%p else %}"),
    Line("Please mend these soon and report what was done."),
    Line("{%p endif %}"),
    Line("If you object to a finding, give your reasons in the column for objections of the working sheet."),
    Line("", indent=False),
    Line("(issuing office)", align=RIGHT, indent=False),
    Line("{{ today }}", align=RIGHT, indent=False),
)


def set_font(run, font):
    name, size = font
    run.font.name = "Times New Roman"
    run.font.size = Pt(size)
    properties = run._element.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), name)


def add_line(document, line, spacing):
    paragraph = document.add_paragraph()
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    shape.line_spacing = Pt(spacing if line.font is not TITLE else 36)
    shape.alignment = line.align
    shape.keep_with_next = line.keep
    if line.align is RIGHT:
        shape.right_indent = Pt(4 * line.font[1])
    if line.indent:
        shape.first_line_indent = Pt(2 * line.font[1])
    run = paragraph.add_run(line.text)
    run.bold = line.bold
    set_font(run, line.font)


def add_page_number(document):
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = CENTRE
    for kind, text in (("text", "— "), ("begin", ""), ("code", "PAGE"), ("end", ""), ("text", " —")):
        run = paragraph.add_run(text if kind == "text" else "")
        set_font(run, ("SimSun", 14))
        if kind == "code":
            element = OxmlElement("w:instrText")
            element.text = text
            run._element.append(element)
        elif kind != "text":
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
            run._element.append(element)


def make_template(lines):
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    for line in lines:
        add_line(document, line, 28)
    add_page_number(document)
    document.core_properties.author = ""
    document.core_properties.title = ""
    document.core_properties.comments = ""
    buffer = io.BytesIO()
    document.save(buffer)
    return repack(buffer.getvalue())


def repack(content):
    """Give the font table its other names, and every entry the same time."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/></w:font>'
        for name, others in OTHER_NAMES.items()
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "word/fontTable.xml":
                data = re.sub(rb"</w:fonts>", fonts.encode() + b"</w:fonts>", data)
            if entry.filename == "word/styles.xml":
                data = re.sub(rb'(<w:lang [^>]*w:eastAsia=")[^"]*', rb"\g<1>zh-CN", data)
            if entry.filename == "_rels/.rels":
                data = re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", data)
            if entry.filename != "docProps/thumbnail.jpeg":
                new.writestr(zipfile.ZipInfo(entry.filename, EPOCH), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def main():
    for language, lines in (("zh", CHINESE), ("en", ENGLISH)):
        (TEMPLATES / f"notice.{language}.docx").write_bytes(make_template(lines))


if __name__ == "__main__":
    main()
