"""The first tables: audits, the standards they were held against, their verdicts, the words used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _create_texts() -> None:
    op.create_table(
        "texts",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("tool", sa.Text, nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("low", sa.Float),
        sa.Column("high", sa.Float),
        sa.Column("grade", sa.Text),
        sa.Column("judged", sa.Float),
        sa.Column("waiting", sa.Float),
        sa.Column("undetermined", sa.Float),
        sa.Column("explained", sa.Float),
        sa.Column("passed", sa.Boolean),
        sa.Column("discovered", sa.Integer, nullable=False),
        sa.Column("fetched", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("blocked", sa.Integer, nullable=False),
        sa.Column("skipped", sa.Integer, nullable=False),
        sa.Column("faults", sa.Integer, nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("texts", sa.String(64), sa.ForeignKey("texts.digest")),
        sa.Column("leaves", sa.LargeBinary),
        sa.UniqueConstraint("digest", name="audit_once"),
    )
    op.create_index("audit_of_month", "audit", ["month", "site"])


def _create_standing() -> None:
    op.create_table(
        "standing",
        sa.Column("audit", _NUMBER, sa.ForeignKey("audit.id"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("title_zh", sa.Text, nullable=False),
        sa.Column("title_en", sa.Text, nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("low", sa.Float, nullable=False),
        sa.Column("high", sa.Float, nullable=False),
        sa.Column("grade", sa.Text, nullable=False),
        sa.Column("judged", sa.Float, nullable=False),
        sa.Column("waiting", sa.Float, nullable=False),
        sa.Column("undetermined", sa.Float, nullable=False),
        sa.Column("explained", sa.Float),
        sa.Column("passed", sa.Boolean),
    )


def _create_verdict() -> None:
    op.create_table(
        "verdict",
        sa.Column("audit", _NUMBER, sa.ForeignKey("audit.id"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("clause", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("degree", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("machine", sa.String(20), nullable=False),
        sa.Column("machine_degree", sa.String(20), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("defect", sa.String(64), nullable=False),
        sa.Column("seen", sa.String(64), nullable=False),
        sa.Column("unseen", sa.Boolean, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
    )


def upgrade() -> None:
    """Make the tables."""
    _create_texts()
    _create_audit()
    _create_standing()
    _create_verdict()


def downgrade() -> None:
    """Drop the tables."""
    for name in ("verdict", "standing", "audit", "texts"):
        op.drop_table(name)
