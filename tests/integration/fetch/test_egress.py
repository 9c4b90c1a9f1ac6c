"""Where the one way out leads, and where it does not: addresses, names, certificates, proxies."""

import asyncio
import base64
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.integration.fetch.loopback import (
    LOOPBACK,
    PAGE,
    TLS,
    OpenGovernor,
    Origin,
    page,
    redirect,
    reply,
    resolving,
    serving,
    visiting,
)
from tests.parts import absent
from worker.errors import (
    ConnectFailed,
    ForbiddenAddress,
    IngestError,
    InvalidUrl,
    NameNotFound,
    NameServerTrouble,
    OwnTrouble,
    TlsFailed,
)
from worker.fetch.egress import Egress, verifying_context
from worker.fetch.guard import Guard

pytestmark = pytest.mark.anyio

# ---------------------------------------------------------------- server-side request forgery

HOSTS = [
    "127.0.0.1", "127.1", "127.0.1", "0", "0.0.0.0", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "017700000001",
    "localhost", "LOCALHOST", "localhost.", "127.0.0.1.", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[::ffff:0:127.0.0.1]", "[fe80::1]",
    "[fe80::1%25lo]", "[fec0::1]", "[fd00::1]", "evil.example@127.0.0.1", "①②⑦.0.0.1", "１２７.0.0.1", "127。0。0。1",
    "127.0.0.1%00.example", "127.0.0.1\\@news.example", "news.example\t@127.0.0.1", "169.254.169.254",
    "10.0.0.1", "224.0.0.1", "[ff02::1]",
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
async def test_no_spelling_of_an_inner_address_reaches_it(origin: Origin, governor: OpenGovernor, host: str) -> None:
    async with visiting(governor, networks=()) as client:
        for attempt in (
            page(client, f"http://{host}:{origin.port}/"),
            client.image(f"http://{host}:{origin.port}/", referer=PUBLIC),
        ):
            with pytest.raises((ForbiddenAddress, InvalidUrl)):
                await attempt
    assert origin.connections == 0


PUBLIC = "http://news.example/"


@pytest.mark.parametrize("host", HOSTS)
async def test_the_transport_alone_refuses_them_too(origin: Origin, host: str) -> None:
    """Whoever uses the egress with a URL that nobody has canonicalised is no less safe."""
    async with Egress(Guard((), None), proxy_url=None, deadline_s=5.0, tls=TLS) as egress:
        with pytest.raises((ForbiddenAddress, InvalidUrl, httpx.InvalidURL, UnicodeError, NameNotFound)):
            await egress.handle_async_request(httpx.Request("GET", f"http://{host}:{origin.port}/"))
    assert origin.connections == 0


@pytest.mark.parametrize(
    "answers",
    [["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["127.0.0.1", "93.184.216.34"], ["::1"], ["2606:4700::1111", "::ffff:7f00:1"],
     ["fe80::1%lo"], ["64:ff9b::7f00:1"], ["169.254.169.254"]],
)  # fmt: skip
async def test_a_name_with_one_inner_answer_is_refused_whole(origin: Origin, governor: OpenGovernor, answers: list[str]) -> None:
    with resolving({"news.example": list(answers)}):
        async with visiting(governor, networks=()) as client:
            with pytest.raises(ForbiddenAddress):
                await page(client, f"http://news.example:{origin.port}/")
    assert origin.connections == 0


async def test_a_name_that_is_turned_round_after_the_check_leads_where_it_was_checked(governor: OpenGovernor) -> None:
    """127.0.0.2 plays the public site, 127.0.0.1 what a rebinding name server points at later."""
    async with serving(Origin()) as inner, serving(Origin(), host="127.0.0.2") as public:
        public.answers["/"] = reply(200, PAGE, ("Connection", "close"))
        answers: dict[str, list[str] | int] = {"news.example": ["127.0.0.2"]}
        with resolving(answers) as looked_up:
            async with visiting(governor, networks=("127.0.0.2/32",)) as client:
                url = f"http://news.example:{public.port}/"
                assert (await page(client, url)).exchange.address == "127.0.0.2"
                answers["news.example"] = ["127.0.0.1"]
                assert (await page(client, url)).exchange.address == "127.0.0.2"
                assert looked_up["news.example"] == 1
            async with visiting(governor, networks=("127.0.0.2/32",)) as client:
                with pytest.raises(ForbiddenAddress):
                    await page(client, f"http://news.example:{inner.port}/")
        assert public.asked[0].headers["host"] == f"news.example:{public.port}"
        assert inner.connections == 0


async def test_a_port_off_the_list_is_refused_before_anything_else(origin: Origin, governor: OpenGovernor) -> None:
    with resolving({"news.example": ["127.0.0.1"]}) as looked_up:
        async with visiting(governor, ports=(80, 443)) as client:
            with pytest.raises(ForbiddenAddress, match=str(origin.port)):
                await page(client, f"http://news.example:{origin.port}/")
    assert looked_up["news.example"] == 0


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (socket.EAI_NONAME, NameNotFound),
        (socket.EAI_NODATA, NameNotFound),
        (socket.EAI_AGAIN, NameServerTrouble),
        (socket.EAI_FAIL, NameServerTrouble),
    ],
)
async def test_a_name_that_is_not_there_differs_from_a_server_that_cannot_say(
    governor: OpenGovernor, answer: int, error: type[IngestError]
) -> None:
    with resolving({"news.example": answer}):
        async with visiting(governor) as client:
            with pytest.raises(error, match=r"news\.example"):
                await page(client, "http://news.example/")
    assert not governor.reports


async def test_the_second_address_is_tried_when_the_first_is_dead(origin: Origin, governor: OpenGovernor) -> None:
    with resolving({"news.example": ["127.0.0.3", "127.0.0.1"]}):
        async with visiting(governor) as client:
            fetched = await page(client, f"http://news.example:{origin.port}/")
    assert fetched.exchange.address == "127.0.0.1"


async def test_every_address_dead_is_a_failed_connection(governor: OpenGovernor) -> None:
    async with serving(Origin()) as origin:
        port = origin.port
    with resolving({"news.example": ["127.0.0.3", "127.0.0.1"]}):
        async with visiting(governor) as client:
            with pytest.raises(ConnectFailed):
                await page(client, f"http://news.example:{port}/")


# ---------------------------------------------------------------- certificates


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate for news.example and its key, made on the spot."""
    if shutil.which("openssl") is None:
        absent("openssl", "apt-get install openssl")
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=news.example", "-addext", "subjectAltName=DNS:news.example"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    return certificate, key


@pytest.fixture
def trusting(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The product's own context, with the certificate among its authorities."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    return verifying_context()


@pytest.fixture
async def secure(certificate: tuple[Path, Path]) -> AsyncIterator[Origin]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    async with serving(Origin(), ssl=context) as origin:
        origin.answers["/"] = reply(200, PAGE)
        yield origin


async def test_a_certificate_nobody_vouches_for_is_refused(secure: Origin, governor: OpenGovernor) -> None:
    with resolving({"news.example": ["127.0.0.1"]}):
        async with visiting(governor) as client:
            with pytest.raises(TlsFailed):
                await page(client, f"https://news.example:{secure.port}/")
    assert secure.asked == []
    assert governor.reports == {(f"news.example:{secure.port}", "failed"): 1}


async def test_a_certificate_that_is_vouched_for_is_taken_for_its_own_name_only(
    secure: Origin, governor: OpenGovernor, trusting: ssl.SSLContext
) -> None:
    with resolving({"news.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]}):
        async with visiting(governor, tls=trusting) as client:
            assert (await page(client, f"https://news.example:{secure.port}/")).exchange.body == PAGE
            with pytest.raises(TlsFailed):
                await page(client, f"https://other.example:{secure.port}/")


class Plain(Origin):
    """Answers whatever it is sent as a web server does that expected plain HTTP."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        writer.close()


async def test_a_server_that_does_not_speak_tls_is_a_tls_failure(governor: OpenGovernor) -> None:
    async with serving(Plain()) as plain, visiting(governor) as client:
        with pytest.raises(TlsFailed):
            await page(client, f"https://127.0.0.1:{plain.port}/")


# ---------------------------------------------------------------- proxies


class Proxy(Origin):
    """A forward proxy: answers plain requests itself and joins CONNECT to whatever listens on *behind*."""

    def __init__(self, behind: int = 0, refuse: int = 0) -> None:
        super().__init__()
        self.behind = behind
        self.refuse = refuse

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.connections += 1
        if not head.startswith(b"CONNECT "):
            reader_again = asyncio.StreamReader()
            reader_again.feed_data(head)
            reader_again.feed_eof()
            await super().serve(reader_again, writer)
            return
        self.tunnels = [*getattr(self, "tunnels", []), head.split()[1].decode()]
        if self.refuse:
            writer.write(f"HTTP/1.1 {self.refuse} No\r\nContent-Length: 0\r\n\r\n".encode())
            writer.close()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.behind)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    @staticmethod
    async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65_536):
                sink.write(data)
        except ConnectionError:
            pass
        finally:
            sink.close()


async def test_the_environment_s_proxies_are_ignored(
    origin: Origin, governor: OpenGovernor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(Proxy()) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with visiting(governor) as client:
            await page(client, origin.url("/"))
    assert proxy.connections == 0


async def test_a_page_comes_through_the_proxy_and_its_password_stays_out_of_the_record(governor: OpenGovernor) -> None:
    async with serving(Proxy()) as proxy:
        proxy.answers["http://news.example/"] = reply(200, PAGE)
        async with visiting(governor, networks=(), ports=(80,), proxy_url=f"http://us:secret@127.0.0.1:{proxy.port}") as client:
            fetched = await page(client, "http://news.example/")
    assert fetched.exchange.body == PAGE
    assert proxy.asked[0].headers["proxy-authorization"] == "Basic " + base64.b64encode(b"us:secret").decode()
    assert "secret" not in str(fetched)
    assert "authorization" not in {name.lower() for name, _ in fetched.exchange.request_headers}


async def test_https_goes_through_a_tunnel_and_is_verified_at_its_end(
    secure: Origin, governor: OpenGovernor, trusting: ssl.SSLContext
) -> None:
    async with serving(Proxy(behind=secure.port)) as proxy:
        url = f"http://127.0.0.1:{proxy.port}"
        async with visiting(governor, networks=(), proxy_url=url) as client:
            with pytest.raises(TlsFailed):
                await page(client, "https://news.example/")
        async with visiting(governor, networks=(), proxy_url=url, tls=trusting) as client:
            assert (await page(client, "https://news.example/")).exchange.body == PAGE
    assert proxy.tunnels == ["news.example:443", "news.example:443"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://[::1]/",
        "http://localhost/",
        "http://intranet/",
        "http://printer.local/",
        "http://169.254.169.254/",
        "http://x.internal/",
        "http://news.example:6379/",
    ],
)
async def test_a_proxy_is_not_asked_for_what_is_inner_by_its_form(governor: OpenGovernor, url: str) -> None:
    async with serving(Proxy()) as proxy:
        proxy.answers["http://news.example/"] = redirect(url)
        async with visiting(governor, networks=(), ports=(80, 443), proxy_url=f"http://127.0.0.1:{proxy.port}") as client:
            for start in (url, "http://news.example/"):
                with pytest.raises(ForbiddenAddress):
                    await page(client, start)
    assert proxy.paths == ["http://news.example/"]


@pytest.mark.parametrize(
    ("status", "error"), [(403, ForbiddenAddress), (407, OwnTrouble), (502, ConnectFailed), (503, ConnectFailed)]
)
async def test_a_tunnel_refused_is_named_for_what_it_is(governor: OpenGovernor, status: int, error: type[IngestError]) -> None:
    async with (
        serving(Proxy(refuse=status)) as proxy,
        visiting(governor, networks=(), proxy_url=f"http://127.0.0.1:{proxy.port}") as client,
    ):
        with pytest.raises(error):
            await page(client, "https://news.example/")


async def test_a_proxy_that_is_down_is_our_own_trouble(governor: OpenGovernor) -> None:
    async with serving(Proxy()) as proxy:
        port = proxy.port
    for proxy_url in (f"http://127.0.0.1:{port}", "http://proxy.example:3128"):
        with resolving({"proxy.example": socket.EAI_NONAME}):
            async with visiting(governor, networks=(), proxy_url=proxy_url) as client:
                with pytest.raises(OwnTrouble):
                    await page(client, "http://news.example/")
    assert not governor.reports


# ---------------------------------------------------------------- life of the transport


def test_it_is_built_before_any_loop_runs_and_opened_again_in_another() -> None:
    egress = Egress(Guard(LOOPBACK, None), proxy_url=None, deadline_s=5.0, tls=TLS)

    async def once() -> int:
        async with serving(Origin()) as origin, egress:
            origin.answers["/"] = reply(200, PAGE)
            response = await egress.handle_async_request(httpx.Request("GET", origin.url("/")))
            await response.aread()
            await response.aclose()
            return response.status_code

    assert asyncio.run(once()) == 200
    assert asyncio.run(once()) == 200


async def test_it_serves_an_httpx_client_as_any_transport_does(origin: Origin) -> None:
    origin.answers["/away"] = redirect("/")
    transport = Egress(Guard(LOOPBACK, None), proxy_url=None, deadline_s=5.0, tls=TLS)
    await transport.open()
    async with httpx.AsyncClient(transport=transport, follow_redirects=True) as client:
        response = await client.get(origin.url("/away"))
    assert (response.status_code, response.content) == (200, PAGE)


async def test_a_closed_egress_lets_nothing_out(origin: Origin) -> None:
    egress = Egress(Guard(LOOPBACK, None), proxy_url=None, deadline_s=5.0, tls=TLS)
    with pytest.raises(RuntimeError):
        await egress.handle_async_request(httpx.Request("GET", origin.url("/")))
    await egress.open()
    await egress.aclose()
    await egress.aclose()
    with pytest.raises(RuntimeError):
        await egress.handle_async_request(httpx.Request("GET", origin.url("/")))
    assert origin.connections == 0
