"""The way to what ended last of a job, without looking at all that ever did."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ENDED = sa.text("finished_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_url_ended", "url", ["job", "state", "finished_at"], unique=False, postgresql_where=ENDED, sqlite_where=ENDED
    )
