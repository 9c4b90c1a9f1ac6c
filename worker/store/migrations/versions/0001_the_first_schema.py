"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=True),
        sa.Column("source", sa.JSON(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job")),
    )
    op.create_table(
        "job_run",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("slot", sa.Double(), nullable=False),
        sa.Column("opened_at", sa.Double(), nullable=False),
        sa.Column("finished_at", sa.Double(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("found", sa.Integer(), nullable=True),
        sa.Column("new", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("job", "slot", name=op.f("pk_job_run")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "pace",
        sa.Column("minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("minute", "job", name=op.f("pk_pace")),
    )
    op.create_table(
        "process",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("supervisor", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("concurrency", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("beat_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_process")),
    )
    op.create_table(
        "tally",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("folded", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally")),
    )
    op.create_table(
        "url",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("deferrals", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspect", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("urgent", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("promised", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("alone", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("cancelled", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.Column("next_at", sa.Double(), nullable=False),
        sa.Column("published_at", sa.Double(), nullable=True),
        sa.Column("accepted_at", sa.Double(), nullable=False),
        sa.Column("finished_at", sa.Double(), nullable=True),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_url")),
        sa.UniqueConstraint("kind", "fingerprint", name=op.f("uq_url_kind_fingerprint")),
    )
    op.create_index("ix_url_article_id", "url", ["article_id"], unique=False)
    op.create_index("ix_url_job", "url", ["job", "state"], unique=False)
    op.create_index(
        "ix_url_due",
        "url",
        ["host", "next_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending' AND published_at IS NULL"),
        sqlite_where=sa.text("state = 'pending' AND published_at IS NULL"),
    )
    op.create_index(
        "ix_url_urgent",
        "url",
        ["host", "next_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending' AND published_at IS NULL AND urgent"),
        sqlite_where=sa.text("state = 'pending' AND published_at IS NULL AND urgent = 1"),
    )
    op.create_index(
        "ix_url_promised",
        "url",
        ["host", "next_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending' AND published_at IS NULL AND promised"),
        sqlite_where=sa.text("state = 'pending' AND published_at IS NULL AND promised = 1"),
    )
    op.create_index(
        "ix_url_published",
        "url",
        ["published_at", "host"],
        unique=False,
        postgresql_where=sa.text("state = 'pending' AND published_at IS NOT NULL"),
        sqlite_where=sa.text("state = 'pending' AND published_at IS NOT NULL"),
    )
    op.create_index(
        "ix_url_suspect",
        "url",
        ["next_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending' AND published_at IS NULL AND suspect"),
        sqlite_where=sa.text("state = 'pending' AND published_at IS NULL AND suspect = 1"),
    )
    op.create_index(
        "ix_url_leased",
        "url",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state = 'in_flight'"),
        sqlite_where=sa.text("state = 'in_flight'"),
    )
    op.create_index(
        "ix_url_owner",
        "url",
        ["owner"],
        unique=False,
        postgresql_where=sa.text("state = 'in_flight'"),
        sqlite_where=sa.text("state = 'in_flight'"),
    )
    op.create_index(
        "ix_url_pending",
        "url",
        ["kind", "next_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "article",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("url_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("final_url", sa.Text(), nullable=False),
        sa.Column("canonical_url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("published_at", sa.Text(), nullable=True),
        sa.Column("extraction", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("http", sa.JSON(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("extractor", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fetched_at", sa.Double(), nullable=False),
        sa.Column("checked_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["url_id"], ["url.id"], name=op.f("fk_article_url_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("url_id", name=op.f("uq_article_url_id")),
    )
    op.create_index("ix_article_fetched_at", "article", ["fetched_at"], unique=False)
    op.create_index("ix_article_host", "article", ["host", "fetched_at"], unique=False)
    op.create_index("ix_article_job", "article", ["job", "fetched_at"], unique=False)
    op.create_table(
        "record",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("url_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("page", sa.SmallInteger(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["url_id"], ["url.id"], name=op.f("fk_record_url_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
    )
    op.create_index("ix_record_url_id", "record", ["url_id", "at"], unique=False)
    op.create_table(
        "known",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("url_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["url_id"], ["url.id"], name=op.f("fk_known_url_id")),
        sa.PrimaryKeyConstraint("job", "url_id", name=op.f("pk_known")),
    )
    op.create_table(
        "alias",
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_alias_article_id")),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_alias")),
    )
    op.create_index(op.f("ix_alias_article_id"), "alias", ["article_id"], unique=False)
    op.create_table(
        "article_version",
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fetched_at", sa.Double(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("extraction", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("http", sa.JSON(), nullable=False),
        sa.Column("extractor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_version_article_id")),
        sa.PrimaryKeyConstraint("article_id", "version", name=op.f("pk_article_version")),
    )
    op.create_table(
        "article_words",
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_words_article_id")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_words")),
    )
    op.create_table(
        "picture",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_picture_record_id")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_picture")),
    )
    op.create_table(
        "image",
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_image_article_id")),
        sa.ForeignKeyConstraint(["sha256"], ["picture.sha256"], name=op.f("fk_image_sha256")),
        sa.PrimaryKeyConstraint("article_id", "ordinal", name=op.f("pk_image")),
    )
    op.create_index(op.f("ix_image_sha256"), "image", ["sha256"], unique=False)

    if op.get_bind().dialect.name == "sqlite":
        _search_on_sqlite()
    else:
        _search_on_postgresql()


def _search_on_sqlite() -> None:
    # 'ascii' parts at spaces and takes every other letter as it is: the words are folded already.
    table = "fts5(words, content='article_words', content_rowid='article_id', tokenize='ascii')"
    op.execute(f"CREATE VIRTUAL TABLE article_search USING {table}")
    added = "INSERT INTO article_search(rowid, words) VALUES (new.article_id, new.words);"
    gone = "INSERT INTO article_search(article_search, rowid, words) VALUES ('delete', old.article_id, old.words);"
    for when, body in (("INSERT", added), ("DELETE", gone), ("UPDATE", gone + added)):
        op.execute(f"CREATE TRIGGER article_words_{when.lower()} AFTER {when} ON article_words BEGIN {body} END")


def _search_on_postgresql() -> None:
    # 'simple': no stemming and no stop words, since the texts are in any language.
    op.execute("CREATE INDEX ix_article_words_search ON article_words USING gin (to_tsvector('simple', words))")


def downgrade() -> None:
    raise NotImplementedError("there is nothing before the first schema")
