"""What tells copies of articles, and the clusters they make up. Articles stored before get theirs when their page is read again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CLUSTERED = sa.text("cluster_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "cluster",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster")),
    )
    op.create_table(
        "likeness",
        sa.Column("article_id", ID, autoincrement=False, nullable=False),
        sa.Column("algo", sa.SmallInteger(), nullable=False),
        sa.Column("exact", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("mirror", sa.Boolean(), nullable=False),
        sa.Column("first_at", sa.Double(), nullable=False),
        sa.Column("cluster_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_likeness_article_id")),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_likeness_cluster_id")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_likeness")),
    )
    op.create_index("ix_likeness_exact", "likeness", ["exact"], unique=False)
    op.create_index(
        "ix_likeness_cluster",
        "likeness",
        ["cluster_id", "mirror", "first_at"],
        unique=False,
        postgresql_where=CLUSTERED,
        sqlite_where=CLUSTERED,
    )
    op.create_table(
        "likeness_band",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("band", "article_id", name=op.f("pk_likeness_band")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "near_copy",
        sa.Column("article_id", ID, autoincrement=False, nullable=False),
        sa.Column("other_id", ID, autoincrement=False, nullable=False),
        sa.Column("likeness", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_near_copy_article_id")),
        sa.ForeignKeyConstraint(["other_id"], ["article.id"], name=op.f("fk_near_copy_other_id")),
        sa.PrimaryKeyConstraint("article_id", "other_id", name=op.f("pk_near_copy")),
    )
