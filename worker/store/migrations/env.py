"""Run by Alembic, never imported: migrates on the connection it is handed, inside that connection's transaction."""

from alembic import context

from worker.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
