"""Runs the migrations on the connection that app/schema.py hands over."""

from alembic import context

from app.db import Table

context.configure(connection=context.config.attributes["connection"], target_metadata=Table.metadata,
                  render_as_batch=False)
with context.begin_transaction():
    context.run_migrations()
