"""The tables of the history. Their steps stand in `migrations/versions`; a test holds both against each other."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

TEXTS = Table(
    "texts",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""Words of clauses and rules, once for all audits that used them: JSON, deflated."""

AUDITS = Table(
    "audit",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("month", String(7), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True), nullable=False),
    Column("run", Text, nullable=False),
    Column("tool", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("value", Float),
    Column("low", Float),
    Column("high", Float),
    Column("grade", Text),
    Column("judged", Float),
    Column("waiting", Float),
    Column("undetermined", Float),
    Column("explained", Float),
    Column("passed", Boolean),
    Column("discovered", Integer, nullable=False),
    Column("fetched", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("blocked", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("faults", Integer, nullable=False),
    Column("folder", Text, nullable=False),
    Column("scoring", Text, nullable=False, server_default=""),
    Column("texts", String(64), ForeignKey("texts.digest")),
    Column("leaves", LargeBinary),
    UniqueConstraint("digest", name="audit_once"),
    Index("audit_of_month", "month", "site"),
)
"""One row an audit; `leaves` is what each clause brought: JSON, deflated."""

STANDINGS = Table(
    "standing",
    METADATA,
    Column("audit", _NUMBER, ForeignKey("audit.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("code", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("title_zh", Text, nullable=False),
    Column("title_en", Text, nullable=False),
    Column("value", Float),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    Column("grade", Text, nullable=False),
    Column("judged", Float, nullable=False),
    Column("waiting", Float, nullable=False),
    Column("undetermined", Float, nullable=False),
    Column("explained", Float),
    Column("passed", Boolean),
)

VERDICTS = Table(
    "verdict",
    METADATA,
    Column("audit", _NUMBER, ForeignKey("audit.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("clause", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("degree", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("machine", String(20), nullable=False),
    Column("machine_degree", String(20), nullable=False),
    Column("source", String(20), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("defect", String(64), nullable=False),
    Column("seen", String(64), nullable=False),
    Column("unseen", Boolean, nullable=False),
    Column("url", Text, nullable=False),
)
