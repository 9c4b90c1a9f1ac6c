"""Which version of the extractor has read an archived page again and had nothing to store of it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("record", sa.Column("extractor", sa.Text(), nullable=True))
