"""A rule file to begin with: what a sentence asks for, as measures, verdicts and a case for each outcome.

The rule is whole: it has no problem, and its cases have their outcomes. Whoever writes it changes texts and conditions.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, get_args

from ruamel.yaml import YAML

from auditor.errors import InputError
from auditor.facts import FACT_KINDS
from auditor.messages import load_messages
from auditor.model.attempts import Part
from auditor.rules.fields import FieldType, Plain, find_fields
from auditor.rules.schema import Rule

Form = Literal["present", "dated", "share"]
Json = dict[str, Any]
FORMS: tuple[Form, ...] = get_args(Form)
PARTS = (Part.NAVIGATION.value, Part.DISCLOSURE_SECTION.value)
"""Where most of what is asked for stands, and what must have been seen before it may be called missing."""

_DAY = date(2020, 1, 1)
_BODY = "区财政局"
_EVIDENCE = frozenset({"coverage", "mention", "unit"})
_WIDTH = 118
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Order:
    """What the rule shall be. `value`: what the field shall be; None: that it has a value."""

    id: str
    title_zh: str
    title_en: str
    fact: str
    form: Form
    field: str | None = None
    value: str | None = None
    subject: Literal["site", "unit"] = "site"


def check_id(name: str) -> None:
    """Raise InputError for what is no id of a rule."""
    if not _ID.fullmatch(name):
        raise InputError("wrong_rule_id", name)


def list_kinds() -> tuple[str, ...]:
    """Return the kinds of fact that a new rule may look at."""
    return tuple(kind for kind in FACT_KINDS if kind not in _EVIDENCE)


def list_fields(kind: str, form: Form, subject: str = "site") -> tuple[str, ...]:
    """Return the fields of a kind that a form may look at: for a date those with a day, else those that can differ."""
    fields = {name: one for name, one in find_fields(kind).items() if name != "unit" or subject == "site"}
    model = FACT_KINDS[kind].model_fields
    if form == "dated":
        return tuple(name for name, one in fields.items() if one.base == "date" and not one.many)
    return tuple(name for name, one in fields.items() if not model[name].is_required() or _may_differ(one))


def _may_differ(kept: FieldType) -> bool:
    return kept.base == "bool" or len(kept.choices) > 1


def _may_be_empty(order: Order) -> bool:
    """Tell whether the field has no value unless one was read."""
    info = FACT_KINDS[order.fact].model_fields[order.field or ""]
    return not info.is_required() and info.default in (None, (), "")


def write_outline(order: Order) -> str:
    """Return the text of the rule file. Raises InputError for an order that makes no rule."""
    _check_order(order)
    rule = _build_rule(order)
    Rule.model_validate(rule)
    writer = YAML()
    writer.width = _WIDTH
    writer.default_flow_style = None
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.representer.ignore_aliases = lambda _: True
    text = io.StringIO()
    writer.dump(rule, text)
    zh, en = (load_messages(language).say("writing.new_header") for language in ("zh", "en"))
    return f"# {zh}\n# {en}\n{text.getvalue()}"


def _check_order(order: Order) -> None:
    if order.fact not in list_kinds():
        raise InputError("unknown_fact_kind", order.fact, known=", ".join(list_kinds()))
    if order.subject == "unit" and "unit" not in find_fields(order.fact):
        raise InputError("fact_without_unit", order.fact)
    known = list_fields(order.fact, order.form, order.subject)
    if order.field is None and order.form != "present":
        raise InputError("field_missing", order.form, known=", ".join(known))
    if order.field is None:
        return
    if order.field not in known:
        raise InputError("unknown_fact_field", order.field, kind=order.fact, known=", ".join(known))
    _find_condition(order)


# ---- conditions and values -----------------------------------------------------------------------


def _find_condition(order: Order) -> Any:
    """Return what the field must be. Raises InputError for a value that it cannot have."""
    kept = find_fields(order.fact)[order.field or ""]
    given = order.value
    if given is None:
        if kept.base == "bool":
            return True
        if not _may_be_empty(order):
            raise InputError("value_missing", order.field or "", known=", ".join(map(str, kept.choices)))
        return {"present": True}
    read = _read_value(kept, given)
    if kept.many:
        return {"has_any": [read]}
    if kept.choices or isinstance(read, bool | str):
        return read
    return {"not_before": read} if isinstance(read, date) else {"at_least": read}


def _read_value(kept: FieldType, given: str) -> Plain:
    if kept.choices:
        found = next((one for one in kept.choices if str(one) == given), None)
        if found is None:
            raise InputError("unknown_field_value", given, known=", ".join(map(str, kept.choices)))
        return found
    if kept.base == "bool":
        return given.lower() in ("true", "yes", "1")
    try:
        if kept.base == "number":
            return int(given) if given.lstrip("-").isdigit() else float(given)
        return date.fromisoformat(given) if kept.base == "date" else given
    except ValueError as error:
        raise InputError("unknown_field_value", given, known=kept.label) from error


def _give_good(order: Order) -> Json:
    """Return the fields of a fact that meets the rule."""
    if order.field is None:
        return {}
    if order.form == "dated":
        return {order.field: _DAY}
    condition = _find_condition(order)
    operand = next(iter(condition.values())) if isinstance(condition, dict) else condition
    if condition != {"present": True}:
        return {order.field: operand}
    return {order.field: _make_value(find_fields(order.fact)[order.field])}


def _make_value(kept: FieldType) -> Any:
    sample = load_messages("zh").say("writing.new_value")
    plain: Any = kept.choices[0] if kept.choices else {"number": 1, "date": _DAY, "bool": True}.get(kept.base, sample)
    return [plain] if kept.many else plain


def _give_bad(order: Order) -> Json:
    """Return the fields of a fact that does not meet the rule."""
    if order.field is None:
        return {}
    if order.form == "dated":
        return {order.field: _DAY - timedelta(days=1)}
    condition = _find_condition(order)
    if not isinstance(condition, bool) and _may_be_empty(order):
        return {}
    return {order.field: _make_other(condition, find_fields(order.fact)[order.field])}


def _make_other(condition: Any, kept: FieldType) -> Any:
    """Return a value that does not meet a condition."""
    if isinstance(condition, bool):
        return not condition
    if kept.many:
        return []
    operand = next(iter(condition.values())) if isinstance(condition, dict) else condition
    if kept.choices:
        return next(one for one in kept.choices if one != operand)
    if isinstance(operand, date):
        return operand - timedelta(days=1)
    return operand - 1 if kept.base == "number" else f"{operand}0"


# ---- the parts of the rule -----------------------------------------------------------------------


def _say(key: str, order: Order) -> dict[str, str]:
    """Return a text of the catalogue in both languages."""
    said = {}
    for language, title in (("zh", order.title_zh), ("en", order.title_en)):
        messages = load_messages(language)  # type: ignore[arg-type]
        kind = messages.say(f"writing.kind_{order.fact}")
        said[language] = messages.say(f"writing.new_{key}", title=title, kind=kind)
    return said


def _build_rule(order: Order) -> Json:
    params = {
        "dated": {"after": {"type": "date", "why": _say("after", order)}},
        "share": {"least": {"type": "number", "default": 1.0, "why": _say("least", order)}},
    }.get(order.form)
    verdicts = _list_verdicts(order)
    return {
        "id": order.id,
        "title": {"zh": order.title_zh, "en": order.title_en},
        "failure": _say("failure", order),
        "why": _say("why", order),
        "status": "preview",
        "needs": [order.fact, "coverage"],
        **({"params": params} if params else {}),
        "subject": order.subject,
        "measures": _list_measures(order),
        "verdicts": verdicts,
        "reasons": {one["reason"]: _say(one["reason"], order) for one in verdicts if "reason" in one},
        "assumes": _say("assumes", order),
        "remedy": _say("remedy", order),
        "person": _say("person", order),
        "cases": [_make_case(order, one) for one in verdicts],
    }


def _list_measures(order: Order) -> Json:
    own = {"unit": "$subject"} if order.subject == "unit" else {}

    def count(key: str, more: Mapping[str, Any]) -> Json:
        where = {**own, **more}
        return {"title": _say(key, order), "count": order.fact, **({"where": where} if where else {})}

    wanted: Json = {}
    if order.field is not None:
        wanted = {order.field: {"not_before": "$after"} if order.form == "dated" else _find_condition(order)}
    measures: Json = {"found": count("found", wanted)}
    if order.field is not None:
        measures["seen"] = count("seen", {})
    if order.field is not None and order.form == "dated":
        measures["dated"] = count("dated", {order.field: {"present": True}})
    if order.form == "share":
        measures["rate"] = {"title": _say("rate", order), "share": {"of": "found", "over": "seen"}}
    part: Json = {"part": "$part"}
    covered = {"title": _say("covered", order), "count": "coverage", "where": part, "each": [*PARTS], "as": "part"}
    lost = {"part": {"in": [*PARTS]}, "complete": False}
    return {**measures, "covered": covered, "lost": {"title": _say("lost", order), "count": "coverage", "where": lost}}


def _list_verdicts(order: Order) -> list[Json]:
    some = {"at_least": 1}
    passes: Json = {"rate": {"at_least": "$least"}} if order.form == "share" else {"found": some}
    verdicts: list[Json] = [{"outcome": "passed", "when": passes}]
    if order.field is not None and _may_be_empty(order):
        unread = {f"seen.{order.field}": "unreadable"}
        verdicts.append({"outcome": "cannot_tell", "reason": "unreadable", "when": unread})
    if order.form == "dated":
        verdicts.append({"outcome": "failed", "reason": "too_old", "when": {"dated": some}})
        verdicts.append({"outcome": "cannot_tell", "reason": "no_date", "when": {"seen": some}})
    elif order.field is not None:
        reason = "too_few" if order.form == "share" else "lacking"
        verdicts.append({"outcome": "failed", "reason": reason, "when": {"seen": some}})
    unseen = {"any": [{"lost": some}, {"covered.without": some}]}
    verdicts.append({"outcome": "cannot_tell", "reason": "not_covered", "when": unseen})
    verdicts.append({"outcome": "failed", "reason": "none_found", "show": ["covered"]})
    return verdicts


def _make_case(order: Order, verdict: Mapping[str, Any]) -> Json:
    reason = verdict.get("reason", "")
    field = order.field or ""
    own = {"unit": _BODY} if order.subject == "unit" else {}
    shown: Mapping[str, Sequence[Json]] = {
        "": [_give_good(order)],
        "unreadable": [{field: "unreadable"}],
        "too_old": [_give_bad(order)],
        "no_date": [{}],
        "lacking": [_give_bad(order)],
        "too_few": [_give_good(order), _give_bad(order)],
    }
    facts: list[Json] = [{"unit": {"name": _BODY}}] if order.subject == "unit" else []
    facts += [{order.fact: {**own, **fields}} for fields in shown.get(reason, ())]
    if reason in ("not_covered", "none_found"):
        facts += [{"coverage": {"part": part, "complete": reason == "none_found"}} for part in PARTS]
    return {
        "name": reason.replace("_", " ") or "passed",
        **({"params": {"after": _DAY}} if order.form == "dated" else {}),
        "facts": facts,
        "outcome": verdict["outcome"],
        **({"reason": reason} if reason else {}),
    }
