"""Runs the steps on the connection that the store hands over."""

from __future__ import annotations

from alembic import context

from auditor.history.tables import METADATA


def run_steps() -> None:
    """Bring the tables to the newest form, inside the transaction that is open."""
    context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
    context.run_migrations()


run_steps()
