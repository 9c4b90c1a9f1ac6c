"""The contract's table of outcomes, tries and waits, each row provoked on real worker processes."""

import gzip
import json
import random
import time
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest
import redis
from sqlalchemy import Engine

from tests.chaos.mill import accept_all, mill
from tests.chaos.street import Course, Street, play
from tests.integration.fetch.loopback import PAGE, Answer, Origin, drip, raw, redirect, reply
from tests.origin import SENTENCE
from tests.parts import ValkeyServer, free_port

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
SEEN_LATE_S = 3.0  # how long after a try the test may look at its wait
DEADLINE_S = 3.0  # of a fetch, here
MOST_BYTES = 1_000_000  # of a page, here
ALIKE = 40  # URLs with the same fault, whose waits must differ

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A fault and what the contract says comes of it: the ending, and the least and longest wait after each try but the last."""

    name: str
    url: str
    ends: str
    waits: tuple[Bounds, ...] = ()
    origin: Origin | None = None
    asked_for: str = ""

    @property
    def deferred(self) -> bool:
        return "rate_limited" in self.ends

    @property
    def requests(self) -> int:
        """How often the origin was asked for what fails."""
        return 0 if self.origin is None else self.origin.paths.count(self.asked_for or urlsplit(self.url).path)


def jittered(tries: int, first_s: float, cap_s: float = DAY) -> tuple[Bounds, ...]:
    """Return the bounds of the waits that double from *first_s* on, each drawn from all below (full jitter)."""
    return tuple((1.0, min(first_s * 2**n, cap_s)) for n in range(tries - 1))


def told(tries: int, seconds: float) -> tuple[Bounds, ...]:
    """Return the bounds of waits that a Retry-After names, with a second of jitter."""
    return ((seconds, seconds + 1.0),) * (tries - 1)


def article(name: str) -> Answer:
    """Answer with an article of its own."""
    text = "".join(f"<p>{part}. {SENTENCE.format(n=name) * 2}</p>" for part in range(4))
    return reply(200, f"<html lang=en><title>Ferry {name}</title><article><h1>Ferry {name}</h1>{text}</article></html>".encode())


def page(head: str, body: bytes) -> bytes:
    """Return a response of 200 with the fields in *head*."""
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{head}\r\n\r\n".encode() + body


NOISE = random.Random(1).randbytes(700_000).hex().encode()
FRONT = b"<html lang=en><title>All news</title><ul>" + b"<li><a href=/x>A headline of the day</a></li>" * 60 + b"</ul></html>"
NEWS = "/2026/11/24/ferry.html"
AGAIN = ("Retry-After", "7")

REFUSED: dict[str, tuple[str, Answer]] = {
    **{f"HTTP {status}": ("rejected gone", reply(status)) for status in (404, 410)},
    **{f"HTTP {status}": ("rejected blocked", reply(status)) for status in (401, 403, 407, 451)},
    **{f"HTTP {status}": ("rejected client_error", reply(status)) for status in (400, 402, 405, 406, 409, 418, 422)},
    "redirected in a circle": ("rejected redirects", redirect("/")),
    "redirected to mailto:": ("rejected redirects", redirect("mailto:desk@news.example")),
    "300 without a place": ("rejected redirects", reply(300)),
    "redirected to 10.0.0.1": ("rejected forbidden_address", redirect("http://10.0.0.1/")),
    "redirected to the cloud's metadata": ("rejected forbidden_address", redirect("http://169.254.169.254/latest/")),
    "redirected to a name of 10.0.0.1": ("rejected forbidden_address", redirect("http://inside.example/")),
    "a PDF": ("rejected wrong_type", reply(200, b"%PDF-1.7", kind="application/pdf")),
    "no type, no markup": ("rejected wrong_type", reply(200, b"plain words", kind=None)),
    "a length over the cap": ("rejected too_large", raw(page(f"Content-Length: {MOST_BYTES + 1}", b"<"), "hold")),
    "endless": ("rejected too_large", raw(page("Connection: close", b"<p>" * 400_000), "hold")),
    "too large once decoded": ("rejected too_large", reply(200, gzip.compress(NOISE), ("Content-Encoding", "gzip"))),
    "a bomb": ("rejected bomb", reply(200, brotli.compress(bytes(50_000_000), quality=5), ("Content-Encoding", "br"))),
    "a bomb of markup": ("rejected bomb", reply(200, b"<div>" * 190_000)),
    "gzip in gzip": ("rejected bomb", reply(200, gzip.compress(gzip.compress(PAGE)), ("Content-Encoding", "gzip, gzip"))),
    "a front page": ("rejected not_article", reply(200, FRONT)),
    "an empty page": ("rejected not_article", reply(200, b"")),
    "an empty page of no type": ("rejected not_article", reply(200, b"", kind=None)),
}  # fmt: skip

FAILING: dict[str, tuple[str, tuple[Bounds, ...], Answer]] = {
    **{f"HTTP {status}": ("server_error", jittered(5, MINUTE, 2 * HOUR), reply(status)) for status in (408, 425, 500, 502, 503, 504, 599)},
    "HTTP 304 unasked": ("server_error", jittered(5, MINUTE, 2 * HOUR), reply(304)),
    "no HTTP": ("server_error", jittered(5, MINUTE, 2 * HOUR), raw(b"SSH-2.0-OpenSSH_9.2\r\n")),
    "500, Retry-After 7": ("server_error", told(5, 7.0), reply(500, b"", AGAIN)),
    "429": ("rate_limited", jittered(20, 2 * MINUTE), reply(429)),
    "429, Retry-After 7": ("rate_limited", told(20, 7.0), reply(429, b"", AGAIN)),
    "429, Retry-After 0": ("rate_limited", told(20, 1.0), reply(429, b"", ("Retry-After", "0"))),
    "503, Retry-After 7": ("rate_limited", told(20, 7.0), reply(503, b"", AGAIN)),
    "503, Retry-After ten days": ("rate_limited", told(20, DAY), reply(503, b"", ("Retry-After", "864000"))),
    "429, Retry-After a date": ("rate_limited", ((2 * HOUR, 3 * HOUR),) * 19, reply(429, b"", ("Retry-After", formatdate(time.time() + 3 * HOUR - MINUTE, usegmt=True)))),
    "silence": ("timeout", jittered(4, MINUTE), raw(b"", "hold")),
    "a header that drips": ("timeout", jittered(4, MINUTE), drip(page("Content-Length: 900", PAGE), 0.2)),
    "a body that stalls": ("timeout", jittered(4, MINUTE), raw(page("Content-Length: 900", b"<p>"), "hold")),
    "206": ("truncated", jittered(4, 30.0), reply(206, PAGE)),
    "a short body": ("truncated", jittered(4, 30.0), raw(page("Content-Length: 9000", PAGE[:500]))),
    "reset in the body": ("truncated", jittered(4, 30.0), raw(page("Content-Length: 9000", PAGE[:500]), "reset")),
    "reset before a word": ("truncated", jittered(4, 30.0), raw(b"", "reset")),
    "half a gzip": ("truncated", jittered(4, 30.0), reply(200, gzip.compress(PAGE)[:-40], ("Content-Encoding", "gzip"))),
    "gzip that is none": ("bad_encoding", jittered(2, 30.0), reply(200, PAGE, ("Content-Encoding", "gzip"))),
    "an unknown coding": ("bad_encoding", jittered(2, 30.0), reply(200, PAGE, ("Content-Encoding", "rot13"))),
}  # fmt: skip

ROBOTS: dict[str, tuple[str, tuple[Bounds, ...], Answer]] = {
    "robots.txt disallows": ("rejected robots", (), reply(200, b"User-agent: *\nDisallow: /", kind="text/plain")),
    "robots.txt 403": ("stored", (), reply(403)),
    "robots.txt 500": ("failed server_error", jittered(5, MINUTE, 2 * HOUR), reply(500)),
    "robots.txt silent": ("failed timeout", jittered(4, MINUTE), raw(b"", "hold")),
    "robots.txt 429, Retry-After 7": ("failed rate_limited", told(20, 7.0), reply(429, b"", AGAIN)),
}


def the_table(street: Street) -> list[Row]:
    """Open a host for each fault."""
    good = street.origin({NEWS: article("sound")})
    rows = [Row(name="an article", url=good.url(NEWS), ends="stored", origin=good)]
    for name, (ends, answer) in REFUSED.items():
        origin = street.origin({"/": answer})
        rows.append(Row(name=name, url=origin.url("/"), ends=ends, origin=origin))
    for name, (cause, waits, answer) in FAILING.items():
        origin = street.origin({"/": answer})
        rows.append(Row(name=name, url=origin.url("/"), ends=f"failed {cause}", waits=waits, origin=origin))
    for name, (ends, waits, answer) in ROBOTS.items():
        origin = street.origin({NEWS: article(name), "/robots.txt": answer})
        rows.append(Row(name=name, url=origin.url(NEWS), ends=ends, waits=waits, origin=origin, asked_for="/robots.txt"))
    return rows + unreached(street)


def unreached(street: Street) -> list[Row]:
    """Return the rows whose host is not reached, or not in time, or leads too far."""
    far = street.origin({f"/{n}": redirect(f"/{n + 1}") for n in range(6)} | {"/6": article("far")})
    secret = street.origin({NEWS: article("secret")}, tls=True)
    plain, reset = street.abrupt(raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")), street.abrupt(raw(b"", "reset"))
    mute, deaf = street.abrupt(raw(b"", "hold")), street.deaf()
    slowly, down, late = ((6 * HOUR, 6 * HOUR),), jittered(6, 30.0, HOUR), jittered(4, MINUTE)
    return [
        Row(name="six redirects", url=far.url("/0"), ends="rejected redirects"),
        Row(name="10.0.0.1 itself", url="http://10.0.0.1/", ends="rejected forbidden_address"),
        Row(name="a name of 10.0.0.1", url="http://inside.example/", ends="rejected forbidden_address"),
        Row(name="a certificate of its own", url=f"https://{secret.host}{NEWS}", ends="failed tls", waits=slowly),
        Row(name="no TLS", url=f"https://{plain.host}/", ends="failed tls", waits=slowly),
        Row(name="a reset in the handshake", url=f"https://{reset.host}/", ends="failed connect", waits=down),
        Row(name="a handshake that hangs", url=f"https://{mute.host}/", ends="failed timeout", waits=late),
        Row(name="a name that is not", url="http://unknown.example/", ends="failed dns", waits=((HOUR, HOUR), *slowly)),
        Row(name="a name server in trouble", url="http://silent.example/", ends="failed dns", waits=down),
        Row(name="connection refused", url=f"http://127.0.0.1:{free_port()}/", ends="failed connect", waits=down),
        Row(name="a connection that hangs", url=f"http://127.0.0.1:{deaf}/", ends="failed timeout", waits=late),
    ]


def mismatch(row: Row, course: Course) -> str:
    """Return in which way *course* is not what the contract says, "" when it is."""
    ended = f"{course.state} {course.cause}" if course.cause else course.state
    charged = (course.deferrals, course.attempts) if row.deferred else (course.attempts, course.deferrals)
    if ended != row.ends:
        return f"ends as {ended}"
    if course.tries != len(row.waits) + 1 or charged != (len(row.waits), 0):
        return f"{course.tries} tries, {course.attempts} charged and {course.deferrals} not"
    # aiohttp asks once more when a connection breaks before the first byte of an answer (RFC 9112 §9.3.1).
    most = 2 * course.tries if row.name == "reset before a word" else course.tries
    if row.origin is not None and not course.tries <= row.requests <= most:
        return f"{row.requests} requests in {course.tries} tries"
    wrong = [
        wait
        for wait, (least, most) in zip(course.waits, row.waits, strict=True)
        if not least - SEEN_LATE_S <= wait <= most + 0.01
    ]
    return f"waits {wrong}" if wrong else ""


def shown(row: Row, course: Course) -> str:
    """Return a line: expected / seen."""
    waits = " ".join(f"{wait:.0f}" for wait in course.waits)
    bounds = " ".join(f"≤{most:.0f}" for _, most in row.waits)
    return f"{row.name:34} {row.ends}, {len(row.waits) + 1} tries [{bounds}] / {course.state} {course.cause or ''}, {course.tries} [{waits}]"


@pytest.mark.timeout(180)
def test_every_fault_ends_as_the_contract_says(home: Path, engine: Engine, database: str, forgetful: ValkeyServer) -> None:
    settings = {"NEWSMILL_FETCH_DEADLINE": str(DEADLINE_S), "NEWSMILL_MAX_PAGE_BYTES": str(MOST_BYTES)}
    with (
        Street(home.parent) as street, redis.Redis.from_url(forgetful.url) as client,
        mill(home, forgetful, database_url=database, concurrency=24, **settings) as running,
    ):  # fmt: skip
        unusable = running.command("enqueue", "--json", "http://user:word@news.example/", "http://a..b/", "ftp://news.example/")
        rows = the_table(street)
        shaky = street.origin({f"/{n}": reply(206, PAGE) for n in range(ALIKE)})
        alike = [shaky.url(f"/{n}") for n in range(ALIKE)]
        began = time.monotonic()
        accept_all(engine, [row.url for row in rows] + alike)
        courses = play(engine, client, within_s=150)
        said, code = json.loads(unusable.communicate(timeout=30)[0]), unusable.returncode
        print(f"\nunusable URLs: 3 invalid, exit 1 / {said['invalid']} invalid, exit {code}")
        print(f"{len(rows)} faults and {ALIKE} alike in {time.monotonic() - began:.0f} s")
    assert (said["accepted"], said["invalid"], code) == (0, 3, 1)
    wrong = {}
    for row in rows:
        print(shown(row, courses[row.url]))
        if said := mismatch(row, courses[row.url]):
            wrong[row.name] = f"{said}: {courses[row.url].detail}"
    assert not wrong
    for n, (_, most) in enumerate(jittered(4, 30.0)):
        waits = [courses[url].waits[n] for url in alike]
        print(f"wait {n + 1} of {ALIKE} alike: {min(waits):.1f} to {max(waits):.1f} of {most:.0f} s, {len(set(waits))} different")
        assert max(waits) <= most
        assert min(waits) < 0.3 * most
        assert max(waits) > 0.7 * most
        assert len({round(wait, 1) for wait in waits}) > ALIKE / 2
