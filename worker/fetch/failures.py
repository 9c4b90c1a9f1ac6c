"""What aiohttp and the system say went wrong, in our own words."""

import errno
import re
import ssl

import aiohttp
from aiohttp.http_exceptions import LineTooLong

from worker.errors import (
    ConnectFailed,
    ForbiddenAddress,
    IngestError,
    InvalidUrl,
    OwnTrouble,
    ServerError,
    TimedOut,
    TlsFailed,
    TooLarge,
    Truncated,
)

LONGEST = 200  # characters: a detail stands in a line of a table

# What the system says when no connection comes about (POSIX connect), of an address.
_UNCONNECTED = {
    errno.ECONNREFUSED: "the connection was refused by {}",
    errno.ECONNRESET: "the connection was reset by {}",
    errno.ECONNABORTED: "the connection was broken off by {}",
    errno.EHOSTUNREACH: "{} cannot be reached",
    errno.ENETUNREACH: "there is no way to the network of {}",
    errno.EADDRNOTAVAIL: "there is no way to the network of {}",  # IPv6 on a machine that has none
    errno.ETIMEDOUT: "{} did not answer",
}

# How asyncio words a failed connect, and aiohappyeyeballs the failures of several addresses.
_TRIED = re.compile(r"\[Errno (\d+)\]((?:(?!\[Errno ).)*)", re.DOTALL)
_ADDRESS = re.compile(r"\('([^']+)', (\d+)")


class AddressRefused(OSError):
    """The guard's refusal in the form that aiohttp takes from a socket factory."""


def translated(error: Exception, host: str) -> IngestError:
    """Return the error of ours that *error* of an exchange with *host* stands for."""
    match error:
        case TimeoutError():
            return TimedOut(f"{host} took too long")
        case aiohttp.ClientHttpProxyError():
            return _refused_tunnel(error, host)
        case aiohttp.ClientConnectorCertificateError():
            return TlsFailed(f"{host}: {_line(error.certificate_error)}")
        case aiohttp.ClientProxyConnectionError():
            return OwnTrouble(f"the proxy does not answer: {_unconnected(error.os_error)}")
        case aiohttp.ClientConnectorSSLError() | ssl.SSLError():
            return TlsFailed(f"{host}: {_line(error)}")
        case aiohttp.ClientConnectorError(os_error=AddressRefused() as refused):
            return ForbiddenAddress(f"{host}: {_line(refused)}")
        case aiohttp.ClientConnectorError():
            return ConnectFailed(f"{host}: {_unconnected(error.os_error)}")
        case aiohttp.InvalidURL():
            return InvalidUrl(f"{host}: not a URL that can be asked for")
        case aiohttp.ClientResponseError() if isinstance(error.__cause__, LineTooLong):
            return TooLarge(f"{host} sends too long a header")
        case aiohttp.ClientResponseError():
            return ServerError(f"{host} does not speak HTTP: {_line(error.message)}")  # its str() shows the whole URL
        case OSError(errno=errno.ECONNRESET | errno.EPIPE | errno.ECONNABORTED):  # ClientOSError, a bare ConnectionResetError
            return Truncated(f"{host} broke off: the connection was reset")
    # ClientPayloadError, ServerDisconnectedError, another ClientOSError
    return Truncated(f"{host} broke off: {_line(error)}")


def _refused_tunnel(error: aiohttp.ClientHttpProxyError, host: str) -> IngestError:
    """A proxy's answer to CONNECT: no way for us, not to this target, or the target does not answer."""
    if error.status == 407:
        return OwnTrouble("the proxy wants other credentials")
    if error.status == 403:
        return ForbiddenAddress(f"the proxy refuses {host}")
    if error.status == 504:
        return TimedOut(f"the proxy gave up on {host}")
    return ConnectFailed(f"the proxy cannot reach {host}: {error.status}")


def _unconnected(error: OSError) -> str:
    """Return why no connection came about, and with which addresses; several causes that were tried stand side by side."""
    said = []
    for number, rest in _TRIED.findall(str(error)):
        sentence = _UNCONNECTED.get(int(number))
        if sentence is None:
            return _line(error)
        address = _ADDRESS.search(rest)
        host, port = address.groups() if address else ("the server", None)
        at = host if port is None else f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        said.append(sentence.format(at))
    return "; ".join(dict.fromkeys(said))[:LONGEST] or _line(error)


def _line(error: object) -> str:
    """Return what *error* says as one short line."""
    return (" ".join(str(error).split()) or type(error).__name__)[:LONGEST]
