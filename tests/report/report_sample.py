"""A result as an audit of a fictitious district's portal would leave it: every outcome, every kind of evidence."""

# ruff: noqa: PLR0917

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from auditor.decide import decide_findings
from auditor.model.attempts import AttemptReason, Part
from auditor.model.evidence import (
    AttemptEvidence,
    CoverageEvidence,
    ListEvidence,
    ListItem,
    RecordEvidence,
    RequestEvidence,
)
from auditor.model.findings import Finding, Subject, hash_key
from auditor.model.outcomes import Check, ClauseClass, Degree, Outcome, Text
from auditor.model.results import ClauseText, Result, RulesetStamp, RuleText, ToolFault
from auditor.model.snapshots import Limits, Snapshot, Vantage
from auditor.model.targets import Target, Unit, UnitKind
from auditor.page.layout import Box, embed_layout
from auditor.page.lines import Line
from auditor.profile import Attestation, Waiver
from auditor.report.copies import StoredPage
from auditor.score.models import WeightedModel
from auditor.score.tree import score_findings

HOST = "www.yunhe.example.cn"
HOME = f"https://{HOST}/"
AT = datetime(2026, 11, 20, 1, 12, tzinfo=UTC)
P, F, N, C, W = Outcome.PASSED, Outcome.FAILED, Outcome.NOT_APPLICABLE, Outcome.CANNOT_TELL, Outcome.NEEDS_PERSON
E, M, R = ClauseClass.ESSENTIAL, ClauseClass.MANDATORY, ClauseClass.RECOMMENDED
SITE = Subject("site", HOST, "云河区人民政府门户网站")
UNIT_NAMES = (
    "云河区政府办公室",
    "云河区发展和改革委员会",
    "云河区教育局",
    "云河区民政局",
    "云河区司法局",
    "云河区财政局",
    "云河区人力资源和社会保障局",
    "云河区生态环境局",
    "云河区卫生健康委员会",
    "柳塘街道办事处",
    "古桥街道办事处",
    "沙湾镇人民政府",
)


def draw_png(width=960, height=600):
    """A drawing that looks a little like a page: a dark head, a menu, lines of text."""
    rows = []
    for y in range(height):
        if y < 90:
            pixel = b"\x1f\x4e\x79"
        elif y < 130:
            pixel = b"\xd9\xe4\xee"
        elif y % 26 < 10 and y > 160:
            pixel = b"\xbb\xc2\xca"
        else:
            pixel = b"\xff\xff\xff"
        edge = b"\xff\xff\xff" * 60 if y >= 130 else pixel * 60
        rows.append(b"\x00" + edge + pixel * (width - 120 - (y * 7 % 200 if y > 160 else 0)))
        rows[-1] = rows[-1].ljust(1 + width * 3, b"\xff")

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


BOXES = (Box("云河区民政局政府信息公开指南（2018年3月2日更新）", 40, 150, 300, 24),)
SCREENSHOTS = {"urn:uuid:shot-guide": embed_layout(draw_png(), BOXES), "urn:uuid:shot-home": draw_png(height=760)}


def make_rule(title, failure, why, remedy, reasons, measures, assumes=None):
    return RuleText(
        title=Text(*title),
        failure=Text(*failure),
        why=Text(*why),
        assumes=Text(*assumes) if assumes else None,
        remedy=Text(*remedy),
        reasons={name: Text(*text) for name, text in reasons.items()},
        measures={name: Text(*text) for name, text in measures.items()},
    )


RULES = {
    "disclosure-columns-complete": make_rule(
        ("政府信息公开专栏栏目齐全", "The disclosure section has all its columns"),
        ("政府信息公开专栏缺少规定栏目", "The disclosure section lacks a required column"),
        ("公众按统一的栏目名称查找信息。", "People look for information under the common column names."),
        ("补齐栏目，并按规定的顺序排列。", "Add the missing columns, in the prescribed order."),
        {
            "wrong_order": ("栏目齐全，但顺序与规定不同", "All columns are there, in another order"),
            "column_missing": ("缺少规定的栏目", "A required column is missing"),
        },
        {"named": ("规定的栏目", "Required columns"), "filled": ("有内容的栏目", "Columns with content")},
    ),
    "guide-updated": make_rule(
        ("政府信息公开指南在期限内更新", "The disclosure guide was updated within the period"),
        ("政府信息公开指南没有在期限内更新", "The disclosure guide was not updated within the period"),
        ("过期的指南会让申请人找错部门。", "An old guide sends applicants to the wrong office."),
        ("修订指南，并在标题下标注更新日期。", "Revise the guide and print the date under its title."),
        {
            "too_old": ("标注的更新日期早于期限", "The date on the guide is before the period"),
            "no_guide": ("没有找到该单位的指南", "No guide of this body was found"),
            "unreadable": ("指南页面没有取到", "The page of the guide could not be fetched"),
        },
        {"guides": ("找到的指南", "Guides found"), "latest": ("最近的更新日期", "Latest update")},
        ("标题附近标注的日期为更新日期", "The date beside the heading is the update date"),
    ),
    "ipv6-service": make_rule(
        ("网站可以通过 IPv6 访问", "The site can be reached over IPv6"),
        ("网站不能通过 IPv6 访问", "The site cannot be reached over IPv6"),
        ("越来越多的用户只有 IPv6 网络。", "More and more people have an IPv6 network only."),
        ("为门户域名增加 AAAA 记录，并让服务器监听 IPv6。", "Add an AAAA record and let the server listen on IPv6."),
        {"no_ipv6_route": ("采集的机器没有 IPv6 网络", "The collecting machine had no IPv6 network")},
        {},
    ),
    "interpretation-coverage": make_rule(
        ("规范性文件都有解读", "Every normative document is interpreted"),
        ("有规范性文件没有解读", "Some normative documents have no interpretation"),
        ("没有解读的文件不易看懂。", "A document without an interpretation is hard to understand."),
        ("为没有解读的文件补上解读，并与原文互相链接。", "Add the missing interpretations, linked both ways."),
        {"not_interpreted": ("有文件没有解读", "Some documents have no interpretation")},
        {
            "share": ("有解读的文件比例", "Share with an interpretation"),
            "explained": ("有解读的规范性文件", "Normative documents with an interpretation"),
        },
    ),
    "multiform-interpretation-share": make_rule(
        ("多种形式的解读过半", "At least half of the interpretations use other forms than text"),
        ("多种形式的解读不到一半", "Fewer than half of the interpretations use other forms"),
        ("图表和视频更容易看懂。", "Charts and videos are easier to follow."),
        ("增加图解、视频、动漫形式的解读。", "Add interpretations as charts, videos or animations."),
        {
            "below_half": ("多种形式的解读不到一半", "Fewer than half use other forms than text"),
            "ambiguous": ("按不同数法结论不同", "The two ways of counting disagree"),
        },
        {
            "strict": ("多种形式解读的比例", "Share of other forms"),
            "multiform": ("多种形式的解读", "Interpretations in other forms"),
        },
    ),
}


def make_clause(number, title, asks, class_, check, rule=None, units=("各单位",), request=None, planned=False):
    return ClauseText(
        ruleset="xh20",
        number=number,
        title=Text(*title),
        asks=Text(*asks),
        class_=class_,
        units=units,
        check=check,
        rule=rule,
        planned=planned,
        request=Text(*request) if request else None,
    )


AUTO, ASSISTED, ATTESTED = Check.AUTO, Check.ASSISTED, Check.ATTESTED
CLAUSES = {
    "XH20-0.0a": make_clause("前言", ("落实上级公开规定", "Superior provisions carried out"), ("年报或总结中写明上位规定的落实情况。", "The annual report says how the superior provisions were carried out."), M, ASSISTED, "superior-plan-carried-out", request=("年报中写明落实情况的段落", "the passage of the annual report"), planned=True),
    "XH20-1.2a": make_clause("一(二)", ("信息公开专栏齐全", "Disclosure section complete"), ("专栏依次设指南、制度、法定主动公开内容、年报四个栏目。", "The section has guide, rules, statutory content and annual report, in this order."), E, AUTO, "disclosure-columns-complete", ("区政府办公室",)),
    "XH20-1.2b": make_clause("一(二)", ("公开指南及时更新", "Guide kept up to date"), ("各单位在新规定发布后更新公开指南。", "Every body revises its guide after the new provisions."), M, AUTO, "guide-updated"),
    "XH20-1.3a": make_clause("一(三)", ("年报按时发布", "Annual report on time"), ("每年按期发布上一年度的年度报告。", "The report on the year before is published in time every year."), E, AUTO, "guide-updated"),
    "XH20-2.1a": make_clause("二(一)", ("规范性文件同步解读", "Normative documents interpreted"), ("规范性文件发布时同步发布解读。", "An interpretation appears together with every normative document."), E, AUTO, "interpretation-coverage", ("区政府办公室", "各起草单位")),
    "XH20-2.1b": make_clause("二(一)", ("解读形式多样", "Interpretation in several forms"), ("图解、视频等形式的解读占一半以上。", "At least half of the interpretations are charts, videos and the like."), M, AUTO, "multiform-interpretation-share"),
    "XH20-2.2a": make_clause("二(二)", ("政策吹风会", "Press briefings on policies"), ("重大政策发布前后举行吹风会。", "A briefing is held around the publication of major policies."), R, ASSISTED, "guide-updated", request=("吹风会的通知或报道", "the notice of a briefing or a report on it")),
    "XH20-3.1a": make_clause("三(一)", ("网站支持 IPv6", "Site reachable over IPv6"), ("门户网站支持 IPv6 访问。", "The portal can be reached over IPv6."), M, AUTO, "ipv6-service", ("区大数据中心",)),
    "XH20-3.1b": make_clause("三(一)", ("互动渠道畅通", "Open channels"), ("网上留言在期限内答复。", "Letters are answered in time."), M, ASSISTED, "guide-updated", request=("近一季度的办理记录", "the records of the last quarter")),
    "XH20-3.2a": make_clause("三(二)", ("听证会公开", "Public hearings"), ("听证会前公告，会后公开记录。", "Hearings are announced before and recorded after."), R, AUTO, "guide-updated"),
    "XH20-5.1a": make_clause("五(一)", ("专人负责", "Staff appointed"), ("各单位确定专人负责政务公开。", "Every body appoints staff for open government."), M, ATTESTED, units=("各单位",), request=("分工文件或名单", "the document or list that appoints them")),
    "XH20-5.2a": make_clause("五(二)", ("开展培训", "Training held"), ("每年组织一次以上的业务培训。", "Training is held at least once a year."), M, ATTESTED, request=("培训通知、签到或记录", "a notice, an attendance list or a record of the training")),
    "XH20-5.3a": make_clause("五(三)", ("列入绩效考核", "Part of the yearly assessment"), ("政务公开列入年度绩效考核。", "Open government is part of the yearly assessment."), R, ATTESTED, request=("考核方案", "the scheme of assessment")),
}  # fmt: skip


def make_finding(clause, outcome, reason=None, subject=SITE, *evidence, values=None, degree=Degree.FULL, defect=None):
    text = CLAUSES[clause]
    return Finding(
        id=f"{clause}:{subject.key}",
        fingerprint=hash_key(HOST, clause, subject.key, reason or ""),
        defect=defect,
        ruleset="xh20",
        clause=clause,
        rule=text.rule,
        subject=subject,
        outcome=outcome,
        degree=degree,
        reason=reason,
        values=values or {},
        evidence=evidence or (RequestEvidence(text.request or text.asks),),
    )


def cover(part, discovered, fetched, *, failed=0, blocked=0, skipped=0, of=None):
    return CoverageEvidence(
        HOST, part, of, discovered, fetched, failed, blocked, skipped, complete=failed + blocked + skipped == 0
    )


def record(path, excerpt, locator="", screenshot=None):
    return RecordEvidence(
        url=HOME + path,
        record=f"<urn:uuid:{hash_key(path)}>",
        locator=locator,
        excerpt=excerpt,
        at=AT,
        screenshot=screenshot,
    )


NAVIGATION = cover(Part.NAVIGATION, 34, 34)
SECTION = cover(Part.DISCLOSURE_SECTION, 12, 12)
COVERAGE = (
    NAVIGATION,
    SECTION,
    cover(Part.SITEMAP, 0, 0),
    cover(Part.COLUMN, 120, 112, failed=3, blocked=5, of=HOME + "zwgk/zcjd/"),
    cover(Part.SITE, 2380, 2211, failed=21, blocked=5, skipped=143),
)


def list_unit_findings():
    units = [Subject("unit", name, name) for name in UNIT_NAMES]
    for place, unit in enumerate(units):
        path = f"zwgk/znzd/{place}.html"
        if place == 3:
            guide = record(
                path, "云河区民政局政府信息公开指南（2018年3月2日更新）", "h1 + p.date", "urn:uuid:shot-guide"
            )
            yield make_finding(
                "XH20-1.2b", F, "too_old", unit, guide, SECTION, values={"guides": 1, "latest": "2018-03-02"}
            )
        elif place == 9:
            yield make_finding("XH20-1.2b", F, "no_guide", unit, SECTION, NAVIGATION, values={"guides": 0})
        elif place == 7:
            attempt = AttemptEvidence(HOME + path, AttemptReason.BLOCKED, "HTTP 403", AT)
            yield make_finding("XH20-1.2b", C, "unreadable", unit, attempt, values={"guides": 1})
        else:
            guide = record(path, f"{unit.name}政府信息公开指南　更新时间：2020-09-15", "h1 + p.date")
            yield make_finding("XH20-1.2b", P, None, unit, guide, values={"guides": 1, "latest": "2020-09-15"})


def list_documents(count, start=0):
    return tuple(
        ListItem(
            f"{HOME}gfxwj/{n}.html",
            f"云河区关于第{n}项工作的管理办法",
            f"{HOME}gfxwj/{n}.html",
            f"云河府规〔2020〕{n}号",
        )
        for n in range(start, start + count)
    )


def list_findings():
    columns = record("zwgk/", "公开指南　公开年报　公开制度　法定主动公开内容", "nav.zwgk > ul", "urn:uuid:shot-home")
    yield make_finding("XH20-0.0a", C, "rule_not_written")
    yield make_finding("XH20-1.2a", P, "wrong_order", SITE, columns, SECTION, degree=Degree.TOLERATED, values={"named": ("公开指南", "公开制度", "法定主动公开内容", "公开年报"), "filled": 4})  # fmt: skip
    yield from list_unit_findings()
    yield make_finding("XH20-1.3a", F, "no_guide", SITE, SECTION, NAVIGATION)
    documents = ListEvidence("explained", list_documents(14), list_documents(4, 14))
    yield make_finding("XH20-2.1a", F, "not_interpreted", SITE, documents, NAVIGATION, values={"share": 14 / 18})
    forms = ListEvidence("multiform", list_documents(5), list_documents(9, 5))
    yield make_finding("XH20-2.1b", F, "below_half", SITE, forms, values={"strict": 5 / 14})
    briefing = record("xwfb/cfh/202006.html", "区政府举行“一网通办”政策吹风会", "li:nth-of-type(4)")
    yield make_finding("XH20-2.2a", P, None, SITE, briefing)
    route = AttemptEvidence(HOME, AttemptReason.NO_ROUTE, "", AT)
    yield make_finding("XH20-3.1a", C, "no_ipv6_route", SITE, route)
    letters = AttemptEvidence(HOME + "hdjl/", AttemptReason.TIMEOUT, "20 s", AT)
    yield make_finding("XH20-3.1b", C, "unreadable", SITE, letters)
    yield make_finding("XH20-3.2a", N, "none_due", SITE, NAVIGATION)
    for clause in ("XH20-5.1a", "XH20-5.2a", "XH20-5.3a"):
        yield make_finding(clause, W, "awaits_attestation")


ATTESTATIONS = (
    Attestation(clause="XH20-5.1a", verdict="done", evidence=("云河府办〔2026〕3号 分工文件",), by="张明", on=date(2026, 11, 18), second="李华"),
    Attestation(clause="XH20-2.1a", verdict="done", evidence=("预公开栏目截图",), by="王强", on=date(2026, 11, 18)),
    Attestation(clause="XH20-9.9z", verdict="done", evidence=("截图",), by="王强", on=date(2026, 11, 18)),
)  # fmt: skip
WAIVERS = (
    Waiver(clause="XH20-2.1b", reason="视频解读正在迁移到新平台，12月完成。", approver="赵敏", on=date(2026, 11, 1), expires=date(2026, 12, 31)),
    Waiver(clause="XH20-1.3a", reason="旧系统停用", approver="赵敏", expires=date(2026, 6, 30)),
)  # fmt: skip


def make_target(**changes):
    values = {
        "id": HOST,
        "name": "云河区人民政府门户网站",
        "seeds": (HOME,),
        "hosts": (HOST,),
        "kind": UnitKind.DISTRICT,
        "official_name": "江南市云河区人民政府",
        "units": tuple(Unit(name, UnitKind.DEPARTMENT) for name in UNIT_NAMES),
    }
    return Target(**{**values, **changes})


def make_snapshot(target, **changes):
    values = {
        "run_id": "20261120-011200-5f3a",
        "target": target,
        "started_at": AT,
        "finished_at": AT + timedelta(minutes=47),
        "finished": True,
        "limits": Limits(),
        "vantage": Vantage(ipv6=False, browser="Chromium 142", dns="system", tool="auditor 0.1.0"),
        "versions": {"auditor": "0.1.0"},
        "digests": {"warc": "9f" * 32},
    }
    return Snapshot(**{**values, **changes})


def make_result(*, findings=None, clauses=None, target=None, faults=(), snapshot=None, **changes):
    clauses = CLAUSES if clauses is None else clauses
    target = target or make_target()
    raw = tuple(list_findings()) if findings is None else tuple(findings)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    decided = decide_findings(raw, clauses, WAIVERS, ATTESTATIONS, now)
    scored = score_findings(decided.findings, clauses, WeightedModel())
    values = {
        "schema_version": 1,
        "target": target,
        "snapshot": snapshot or make_snapshot(target),
        "versions": {"auditor": "0.1.0", "python": "3.11.7", "durable-rules": "2.0.28"},
        "as_of": date(2026, 11, 22),
        "rulesets": {"xh20": RulesetStamp(Text("2020年云河区政务公开工作要点", "Key points of open government of Yunhe District for 2020"), "1", "ab" * 32, "云河区人民政府办公室")},
        "rules": RULES,
        "clauses": clauses,
        "score": scored.score,
        "scores": scored.scores,
        "coverage": COVERAGE,
        "not_seen": tuple(
            AttemptEvidence(f"{HOME}tzgg/{n}.html", reason, "", AT)
            for reason, count in ((AttemptReason.PAGE_LIMIT, 60), (AttemptReason.TIMEOUT, 7), (AttemptReason.BLOCKED, 3))
            for n in range(count)
        ),
        "findings": decided.findings,
        "notes": decided.notes,
        "faults": faults,
    }  # fmt: skip
    return Result(**{**values, **changes})


def make_earlier():
    """Return a result of a month before: one failure that was mended, one that is new, one that stays."""
    before = []
    for finding in list_findings():
        changed = finding
        if finding.clause == "XH20-2.1a":
            changed = make_finding("XH20-2.1a", P, None, SITE, NAVIGATION)
        if finding.clause == "XH20-1.2a":
            changed = make_finding("XH20-1.2a", F, "wrong_order", SITE, NAVIGATION)
        before.append(changed)
    target = make_target()
    early = make_snapshot(
        target, run_id="20261020-011200-1b2c", started_at=AT - timedelta(days=31), finished_at=AT - timedelta(days=31)
    )
    return make_result(findings=before, snapshot=early, as_of=date(2026, 10, 22))


def make_pages():
    """Return the stored page that the outdated guide is cited from, by its record."""
    guide = next(
        item for one in list_unit_findings() if one.outcome is F for item in one.evidence if item.type == "record"
    )
    lines = (
        Line("heading", guide.excerpt),
        Line("item", "首页"),
        Line("row", "电话　021-00000000"),
        Line("text", "正文"),
    )
    return {guide.record: StoredPage(guide.url, AT, "text/html", 2048, "cd" * 32, lines)}


def make_large(count):
    """Return a result of `count` findings over three hundred clauses: units that fail, pass, wait or were not seen."""
    raw = tuple(list_findings())
    kinds = [next(one for one in raw if one.outcome is outcome) for outcome in (F, P, C, W, F)]
    clauses = {
        f"XH20-{n // 30 + 1}.{n}a": replace(CLAUSES["XH20-1.2b"], number=f"{'一二三四五六七八九十'[n // 30]}({n})")
        for n in range(300)
    }
    findings = [
        replace(
            kinds[(place + place // 300) % len(kinds)],
            id=f"l{place}",
            fingerprint=f"{place:020x}",
            clause=f"XH20-{place % 300 // 30 + 1}.{place % 300}a",
            rule="guide-updated",
            subject=Subject("unit", f"u{place // 300}", f"云河区第{place // 300}单位管理委员会办公室"),
            evidence=tuple(record(f"zwgk/{place}/{n}.html", "正文" * 60, "div > p") for n in range(3)),
        )
        for place in range(count)
    ]  # fmt: skip
    return make_result(findings=findings, clauses=clauses)


FAULT = ToolFault("extract", "guide", "IndexError: list index out of range")
