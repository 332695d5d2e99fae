"""The figures of the requests table of a yearly report on disclosure, in balance: 25 rows of seven."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from auditor.demo.dice import roll

_PARTIES: Final = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
_RESULTS: Final = (
    ("（一）予以公开", 3),
    ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", 1),
    ("1.属于国家秘密", 0),
    ("2.其他法律行政法规禁止公开", 0),
    ("3.危及“三安全一稳定”", 0),
    ("4.保护第三方合法权益", 1),
    ("5.属于三类内部事务信息", 1),
    ("6.属于四类过程性信息", 1),
    ("7.属于行政执法案卷", 0),
    ("8.属于行政查询事项", 1),
    ("1.本机关不掌握相关政府信息", 4),
    ("2.没有现成信息需要另行制作", 0),
    ("3.补正后申请内容仍不明确", 1),
    ("1.信访举报投诉类申请", 1),
    ("2.重复申请", 1),
    ("3.要求提供公开出版物", 0),
    ("4.无正当理由大量反复申请", 0),
    ("5.要求行政机关确认或重新出具已获取信息", 0),
    ("1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", 1),
    ("2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请", 0),
    ("3.其他", 1),
)
"""What became of requests, as the form names it, and how many there are of it at most."""


def list_request_rows(seed: int, *, broken: bool = False) -> tuple[tuple[str, ...], ...]:
    """Return the table with its header: a row of labels and seven figures each; `broken`: one sum does not hold."""
    results = [[roll(most + 1, seed, name, party) for party in range(6)] for name, most in _RESULTS]
    totals = [sum(row[party] for row in results) for party in range(6)]
    carried_in = [roll(2, seed, "in", party) for party in range(6)]
    carried_out = [max(roll(2, seed, "out", party), carried_in[party] - totals[party]) for party in range(6)]
    new = [total + out - old for total, out, old in zip(totals, carried_out, carried_in, strict=True)]
    named = [("一、本年新收政府信息公开申请数量", new), ("二、上年结转政府信息公开申请数量", carried_in)]
    named += [(f"三、本年度办理结果 {name}", row) for (name, _), row in zip(_RESULTS, results, strict=True)]
    named += [("（七）总计", totals), ("四、结转下年度继续办理", carried_out)]
    rows = [_write_row(name, row, 1 if broken and name.startswith("一、") else 0) for name, row in named]
    return (("申请人情况", *_PARTIES), *rows)


def _write_row(name: str, row: Sequence[int], excess: int) -> tuple[str, ...]:
    return (name, *map(str, row), str(sum(row) + excess))
