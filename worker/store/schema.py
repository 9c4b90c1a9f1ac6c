"""The shape of the database. Times are epoch seconds (double precision), so that both databases read alike."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    UniqueConstraint,
    literal_column,
    text,
)

from worker.store.storable import StorableText

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite makes only an INTEGER primary key its row id.
Id = BigInteger().with_variant(Integer, "sqlite")

# The conditions of partial indexes. A query must repeat them to the letter (`= 1` is SQLAlchemy's way to ask SQLite for
# a true flag), the state written out by `stands`: for a bound one the planner may have to read whole tables.
PENDING = text("state = 'pending'")
IN_FLIGHT = text("state = 'in_flight'")
UNPUBLISHED = text(f"{PENDING} AND published_at IS NULL")
PUBLISHED = text(f"{PENDING} AND published_at IS NOT NULL")
ENDED = text("finished_at IS NOT NULL")
CLUSTERED = text("cluster_id IS NOT NULL")

url = Table(
    "url",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", StorableText, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),  # of the canonical URL; an images row has its article's
    Column("url", StorableText, nullable=False),  # as given, byte-exact
    Column("host", StorableText, nullable=False),  # whose turn it needs
    Column("job", StorableText, nullable=False),  # that first brought it
    Column("state", StorableText, nullable=False),
    Column("cause", StorableText),
    Column("detail", StorableText),  # of the latest try, for people
    Column("status", SmallInteger),  # HTTP, of the latest try
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("deferrals", Integer, nullable=False, server_default="0"),
    Column("suspect", Boolean, nullable=False, server_default=text("false")),  # a process died with it: runs alone
    Column("crashes", Integer, nullable=False, server_default="0"),  # while alone
    Column("urgent", Boolean, nullable=False, server_default=text("false")),  # somebody waits for it
    Column("promised", Boolean, nullable=False, server_default=text("false")),  # its host has a turn for it at `next_at`
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("owner", StorableText),
    Column("alone", Boolean, nullable=False, server_default=text("false")),  # claimed by a one-slot process
    Column("cancelled", Boolean, nullable=False, server_default=text("false")),  # by an operator while in flight: no other try
    Column("lease_until", Double),
    Column("next_at", Double, nullable=False),
    Column("published_at", Double),  # set: believed to lie in Redis
    Column("accepted_at", Double, nullable=False),
    Column("finished_at", Double),
    Column("article_id", Id),  # that it stored, repeats or whose images it fetches
    UniqueConstraint("kind", "fingerprint"),
    # The walk over hosts that publishes what is due; that of urgent URLs goes first.
    Index("ix_url_due", "host", "next_at", postgresql_where=UNPUBLISHED, sqlite_where=UNPUBLISHED),
    Index(
        "ix_url_urgent",
        "host",
        "next_at",
        postgresql_where=text(f"{UNPUBLISHED} AND urgent"),
        sqlite_where=text(f"{UNPUBLISHED} AND urgent = 1"),
    ),
    Index(
        "ix_url_promised",
        "host",
        "next_at",
        postgresql_where=text(f"{UNPUBLISHED} AND promised"),
        sqlite_where=text(f"{UNPUBLISHED} AND promised = 1"),
    ),
    # What lies in Redis, by age and per host.
    Index("ix_url_published", "published_at", "host", postgresql_where=PUBLISHED, sqlite_where=PUBLISHED),
    Index(
        "ix_url_suspect",
        "next_at",
        postgresql_where=text(f"{UNPUBLISHED} AND suspect"),
        sqlite_where=text(f"{UNPUBLISHED} AND suspect = 1"),
    ),
    Index("ix_url_leased", "lease_until", postgresql_where=IN_FLIGHT, sqlite_where=IN_FLIGHT),
    Index("ix_url_owner", "owner", postgresql_where=IN_FLIGHT, sqlite_where=IN_FLIGHT),
    Index("ix_url_pending", "kind", "next_at", postgresql_where=PENDING, sqlite_where=PENDING),
    Index("ix_url_job", "job", "state"),
    Index("ix_url_ended", "job", "state", "finished_at", postgresql_where=ENDED, sqlite_where=ENDED),
    Index("ix_url_article_id", "article_id"),
)


def stands(state: str) -> ColumnElement[bool]:
    """Return the condition that a row of `url` is in *state*, such that partial indexes serve it."""
    return url.c.state == literal_column(f"'{state}'")


article = Table(
    "article",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("url_id", Id, ForeignKey("url.id"), nullable=False, unique=True),
    Column("job", StorableText, nullable=False),
    Column("host", StorableText, nullable=False),
    Column("url", StorableText, nullable=False),
    Column("final_url", StorableText, nullable=False),
    Column("canonical_url", StorableText, nullable=False),
    Column("title", StorableText, nullable=False),
    Column("language", StorableText),
    Column("published_at", StorableText),  # ISO 8601 as the contract has it
    Column("extraction", JSON, nullable=False),
    Column("text", StorableText, nullable=False),
    Column("content_hash", StorableText, nullable=False),
    Column("http", JSON, nullable=False),
    Column("etag", StorableText),
    Column("last_modified", StorableText),
    Column("extractor", StorableText, nullable=False),
    Column("version", Integer, nullable=False),
    Column("fetched_at", Double, nullable=False),  # of this version
    Column("checked_at", Double, nullable=False),  # last time the page was asked for
    Index("ix_article_fetched_at", "fetched_at"),
    Index("ix_article_job", "job", "fetched_at"),
    Index("ix_article_host", "host", "fetched_at"),
)

# Earlier versions, as they were when a changed page replaced them.
article_version = Table(
    "article_version",
    metadata,
    Column("article_id", Id, ForeignKey("article.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("fetched_at", Double, nullable=False),
    Column("title", StorableText, nullable=False),
    Column("extraction", JSON, nullable=False),
    Column("text", StorableText, nullable=False),
    Column("content_hash", StorableText, nullable=False),
    Column("http", JSON, nullable=False),
    Column("extractor", StorableText, nullable=False),
)

# Every canonical form of a URL that leads to an article; the article's own key among them.
alias = Table(
    "alias",
    metadata,
    Column("fingerprint", LargeBinary, primary_key=True),
    Column("url", StorableText, nullable=False),
    Column("article_id", Id, ForeignKey("article.id"), nullable=False, index=True),
)

# What the search of `newsmill list` looks through: one row an article, words folded by `worker.store.search`.
article_words = Table(
    "article_words",
    metadata,
    Column("article_id", Id, ForeignKey("article.id"), primary_key=True),
    Column("words", StorableText, nullable=False),
)

# What tells copies of an article's text; an article whose text holds too few letters has no row.
likeness = Table(
    "likeness",
    metadata,
    Column("article_id", Id, ForeignKey("article.id"), primary_key=True, autoincrement=False),
    Column("algo", SmallInteger, nullable=False),  # rows of two versions are not compared
    Column("exact", LargeBinary, nullable=False),
    Column("signature", LargeBinary),
    Column("letters", Integer, nullable=False),
    Column("mirror", Boolean, nullable=False),  # of the article, as are the next two: which of a cluster stands for it
    Column("first_at", Double, nullable=False),
    Column("cluster_id", Id, ForeignKey("cluster.id")),  # none for an article without a copy
    Index("ix_likeness_exact", "exact"),
    Index("ix_likeness_cluster", "cluster_id", "mirror", "first_at", postgresql_where=CLUSTERED, sqlite_where=CLUSTERED),
)

# Numbers that were given to clusters, each once: what somebody has noted must not come to mean other articles.
cluster = Table("cluster", metadata, Column("id", Id, primary_key=True, autoincrement=True))

# The bands of signatures: articles that share one may be alike. On SQLite without row ids, since the key is all there is;
# without a foreign key, which would be looked up for each of an article's sixteen rows.
likeness_band = Table(
    "likeness_band",
    metadata,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column("article_id", Id, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# Articles that are alike, but not enough to be one; a row for each direction.
near_copy = Table(
    "near_copy",
    metadata,
    Column("article_id", Id, ForeignKey("article.id"), primary_key=True, autoincrement=False),
    Column("other_id", Id, ForeignKey("article.id"), primary_key=True, autoincrement=False),
    Column("likeness", Double, nullable=False),
)

record = Table(
    "record",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("url_id", Id, ForeignKey("url.id")),  # the page's ledger row; none for images
    Column("page", SmallInteger),  # 0, 1, … of an article in several pages
    Column("url", StorableText, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("at", Double, nullable=False),
    Column("sha256", StorableText, nullable=False),  # of the decoded body
    Column("file", StorableText, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("extractor", StorableText),  # the version that read this page again, and had nothing to store of it
    Index("ix_record_url_id", "url_id", "at"),
)

picture = Table(
    "picture",
    metadata,
    Column("sha256", StorableText, primary_key=True),
    Column("media_type", StorableText, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("bytes", BigInteger, nullable=False),
    Column("record_id", Id, ForeignKey("record.id"), nullable=False),
)

image = Table(
    "image",
    metadata,
    Column("article_id", Id, ForeignKey("article.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),  # the `ref` of the document's image blocks
    Column("url", StorableText, nullable=False),
    Column("position", Integer),
    Column("alt", StorableText, nullable=False),
    Column("caption", StorableText, nullable=False),
    Column("credit", StorableText, nullable=False),
    Column("state", StorableText, nullable=False),
    Column("reason", StorableText),
    Column("sha256", StorableText, ForeignKey("picture.sha256"), index=True),
)

# URLs that a job brought although another had brought them before: each is counted once.
known = Table(
    "known",
    metadata,
    Column("job", StorableText, primary_key=True),
    Column("url_id", Id, ForeignKey("url.id"), primary_key=True),
)

# Deltas of the totals, appended by each transaction and folded by the reconciler; the sum is the truth.
tally = Table(
    "tally",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("subject", StorableText, nullable=False),  # url | image | known
    Column("job", StorableText, nullable=False),
    Column("state", StorableText, nullable=False),
    Column("cause", StorableText, nullable=False),  # cause or reason; empty without one
    Column("n", BigInteger, nullable=False),
    Column("folded", Boolean, nullable=False, server_default=text("false")),
)

# How many URLs ended in each minute, for rate and ETA.
pace = Table(
    "pace",
    metadata,
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    Column("job", StorableText, primary_key=True),
    Column("n", BigInteger, nullable=False),
)

# Worker processes that are alive; their beat renews their rows' leases too.
process = Table(
    "process",
    metadata,
    Column("owner", StorableText, primary_key=True),
    Column("supervisor", StorableText, nullable=False),
    Column("role", StorableText, nullable=False),
    Column("concurrency", Integer, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("beat_at", Double, nullable=False),
)

# Elections: who reconciles.
lease = Table(
    "lease",
    metadata,
    Column("name", StorableText, primary_key=True),
    Column("owner", StorableText, nullable=False),
    Column("until", Double, nullable=False),
)

# A job's standing (running, also without a row; paused; cancelled), and of a crawl job what it reads and last found there.
job = Table(
    "job",
    metadata,
    Column("name", StorableText, primary_key=True),
    Column("state", StorableText, nullable=False),
    Column("changed_at", Double, nullable=False),
    Column("seen_at", Double),  # when a clock first found it among the crawl jobs
    Column("source", JSON),
    Column("etag", StorableText),
    Column("last_modified", StorableText),
    Column("sha256", StorableText),  # of the source's decoded body
)

# One run of a crawl job for each due slot, whoever ticks.
job_run = Table(
    "job_run",
    metadata,
    Column("job", StorableText, primary_key=True),
    Column("slot", Double, primary_key=True),
    Column("opened_at", Double, nullable=False),
    Column("finished_at", Double),
    Column("outcome", StorableText),  # a state of a URL, with its cause after a colon
    Column("found", Integer),  # links that stood there
    Column("new", Integer),  # of them, accepted in this run
    Column("note", StorableText),
)
