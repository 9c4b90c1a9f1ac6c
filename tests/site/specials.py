"""The URLs of the sample site that are no plain article, or no article at all."""

from tests.site.entries import Entry, Serving

_LIGHTHOUSE = "/2026/03/09/lighthouse-keeper.html"
_FERRY = "/2026/03/02/harbour-ferry-electric.html"

ALIASES = (
    Entry(
        path="/amp/lighthouse-keeper",
        page="lighthouse-keeper-amp.html",
        outcome="duplicate",
        twin_of=_LIGHTHOUSE,
        images=1,
        or_else=("stored",),  # when it is ingested alone, or comes before its twin
        title="The last keeper hands over her keys",
        language="en",
        notes="rel=canonical to the story's first URL",
    ),
    Entry(
        path=f"{_LIGHTHOUSE}?utm_source=letter&utm_medium=email",
        page="lighthouse-keeper.html",
        outcome="known",
        twin_of=_LIGHTHOUSE,
        images=1,
        title="The last keeper hands over her keys",
        language="en",
        or_else=("stored", "duplicate"),  # stored when it is the first form of the URL that is brought in
        notes="a tracking variant: the same canonical URL, so no second row of the ledger",
    ),
    Entry(
        path="/old/ferry",
        outcome="duplicate",
        twin_of=_FERRY,
        serving=Serving.REDIRECT,
        status=301,
        location=_FERRY,
        or_else=("stored",),  # when it is ingested alone, or comes before its twin
        images=2,
        title="Electric ferry starts work in Saltmarsh harbour",
        language="en",
        notes="301 to an article",
    ),
    Entry(
        path="/long/part-one_2.html",
        page="long-part-two.html",
        outcome="stored",
        or_else=("duplicate",),
        title="Walking the dry canal, from lock one to the sea",
        language="en",
        images=1,
        notes="second page of /long/part-one.html; not listed, nobody should ingest it by itself",
    ),
)

REFUSED = (
    Entry(
        path="/private/minutes.html",
        page="minutes.html",
        outcome="rejected",
        cause="robots",
        notes="robots.txt; never to be requested",
    ),
    Entry(path="/gone/missing.html", serving=Serving.NOTHING, status=404, outcome="rejected", cause="gone"),
    Entry(path="/gone/withdrawn.html", serving=Serving.NOTHING, status=410, outcome="rejected", cause="gone"),
    Entry(path="/members/vestry.html", serving=Serving.NOTHING, status=403, outcome="rejected", cause="blocked"),
    Entry(path="/teapot", serving=Serving.NOTHING, status=418, outcome="rejected", cause="client_error"),
    Entry(path="/loop/a", serving=Serving.REDIRECT, status=302, location="/loop/b", outcome="rejected", cause="redirects"),
    Entry(path="/loop/b", serving=Serving.REDIRECT, status=302, location="/loop/a", outcome="rejected", cause="redirects"),
    Entry(
        path="/leak/metadata",
        serving=Serving.REDIRECT,
        status=302,
        location="http://169.254.169.254/latest/meta-data/",
        outcome="rejected",
        cause="forbidden_address",
        notes="a redirect into the link-local network",
    ),
    Entry(path="/section/transport/", page="section.html", outcome="rejected", cause="not_article", notes="a list of links"),
    Entry(path="/section/culture/", page="section.html", outcome="rejected", cause="not_article", notes="likewise"),
    Entry(
        path="/search?q=harbour", page="search.html", outcome="rejected", cause="not_article", notes="a page of search results"
    ),
    Entry(
        path="/premium/orchard-prices.html",
        page="orchard-prices.html",
        outcome="stored",
        or_else=("rejected:not_article",),
        title="Why cider apples cost more than pears this year",
        authors=("Tom Ferrars",),
        language="en",
        published_at="2026-03-03T06:00:00+00:00",
        absent=("Subscribers only", "digital pass"),
        # The contract does not say: one teaser paragraph may be stored with a quality flag, or be no article.
        notes="isAccessibleForFree is false; one teaser paragraph",
    ),
    Entry(
        path="/files/tide-tables.pdf", serving=Serving.PDF, content_type="application/pdf", outcome="rejected", cause="wrong_type"
    ),
    Entry(
        path="/broken/endless.html",
        serving=Serving.ENDLESS,
        outcome="rejected",
        cause="too_large",
        notes="ends when the reader does",
    ),
    Entry(
        path="/broken/bomb.html",
        serving=Serving.BOMB,
        outcome="rejected",
        cause="bomb",
        or_else=("rejected:too_large",),  # whichever of the two caps it meets first
        notes="60 kB of gzip that unpack to 60 MB",
    ),
)

# These are tried again at leisure (minutes to hours), so that they stay `pending` for long; no demo has them.
RETRIED = (
    Entry(
        path="/broken/cut-gzip.html",
        page="small-notice.html",
        serving=Serving.CUT_GZIP,
        outcome="failed",
        cause="truncated",
        notes="half a gzip stream with a Content-Length that fits: nothing of it may be stored; 4 tries",
    ),
    Entry(
        path="/broken/short.html",
        page="small-notice.html",
        serving=Serving.SHORT,
        outcome="failed",
        cause="truncated",
        notes="the connection closes before Content-Length is reached; 4 tries",
    ),
    Entry(
        path="/broken/not-gzip.html",
        page="small-notice.html",
        serving=Serving.NOT_GZIP,
        outcome="failed",
        cause="bad_encoding",
        notes="2 tries, the second asks for identity",
    ),
    Entry(
        path="/broken/error.html", serving=Serving.NOTHING, status=500, outcome="failed", cause="server_error", notes="5 tries"
    ),
)

SPECIALS = ALIASES + REFUSED + RETRIED
