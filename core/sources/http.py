"""HTTP for every source that speaks it through requests: one pooled session, retries, time and size limits, our own errors.

With `mirror`, a request to https://HOST/PATH?QUERY goes to MIRROR/HOST/PATH?QUERY, and nothing leaves for HOST. A refusal (429, 403, 451) or
failure (500 and above) is raised where it arrives, so that client libraries cannot mistake it for something else. A host that asks for a
short pause gets it and is asked once more; one that asks for a long one is left alone, and for how long travels with the error.
"""

import json
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from core.errors import BadPayload, Blocked, RateLimited, SourceError, Unreachable
from core.language import N_
from core.sources.pace import take_turn

CONNECT_SECONDS, READ_SECONDS = 3.05, 8.0
BODY_SECONDS, BODY_BYTES = 20.0, 16 << 20
_CHUNK = 64 << 10
_AGENT = "cross-market-explorer/1.0"
# A pause of so many seconds is waited for in place; an overloaded host that names none gets a moment.
_SHORT_PAUSE, _MOMENT, _LONGEST = 3.0, 0.3, 86_400
_REFUSALS = (429, 403, 451)


class Headers(Protocol):
    """The headers of an answer, whichever client read it."""

    def get(self, key: str, /) -> str | None:
        """The value of a header, whatever its case; None where it is not there."""


class BodyTooLarge(requests.RequestException):
    """The body passed the size limit."""


class BodyTooSlow(requests.ReadTimeout):
    """The body was not complete within its time."""


class Adapter(HTTPAdapter):
    """Reads every body under a limit of bytes and seconds, and sends requests to the mirror when there is one."""

    def __init__(self, mirror: str, *, seconds: float, size: int) -> None:
        self.mirror, self.seconds, self.size = mirror, seconds, size
        retry = Retry(
            total=1, connect=1, read=0, status=1, other=0, status_forcelist=(500, 502, 504),
            backoff_factor=0.3, backoff_jitter=0.2, respect_retry_after_header=False, raise_on_status=False,
        )  # fmt: skip
        super().__init__(pool_maxsize=16, max_retries=retry)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - as requests has it
        """The answer with its body read. Raises requests' exceptions, and SourceError for refusals, failures and bodies too large."""
        host = asked_host(str(request.url), self.mirror)
        if self.mirror:
            request.url = redirected(str(request.url), self.mirror)
        response = self._read(host, request, *args, **kwargs)
        if (pause := short_pause(response.status_code, response.headers)) is not None:
            time.sleep(pause)
            response = self._read(host, request, *args, **kwargs)
        if response.status_code in _REFUSALS or response.status_code >= 500:
            refuse_status(host, response.status_code, asked_pause(response.headers))
        return response

    def _read(self, host: str, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401
        take_turn(host)
        response = super().send(request, *args, **{**kwargs, "stream": True})
        try:
            response._content = self._body(response)  # noqa: SLF001 - where requests itself keeps a body that was read
            response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001
        except BodyTooLarge as exc:
            raise BadPayload(N_("{host} sent more than {n} MB.", host=host, n=self.size >> 20)) from exc
        except HTTPError as exc:
            raise requests.ConnectionError(f"the body broke off: {type(exc).__name__}", request=request) from exc
        finally:
            response.close()
        return response

    def _body(self, response: requests.Response) -> bytes:
        end = time.monotonic() + self.seconds
        body = bytearray()
        # read1 returns what has arrived; iter_content would wait for a full chunk, however slowly it drips
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > self.size:
                raise BodyTooLarge(f"more than {self.size >> 20} MB", response=response)
            if time.monotonic() > end:
                raise BodyTooSlow(f"not complete after {self.seconds:g} s", response=response)
        return bytes(body)


def redirected(url: str, mirror: str) -> str:
    """The address under `mirror` that stands for `url`; the same one when there is no mirror.

    >>> redirected("https://api.kraken.com/0/public/OHLC?pair=X", "http://127.0.0.1:8900")
    'http://127.0.0.1:8900/api.kraken.com/0/public/OHLC?pair=X'
    """
    parts = urlsplit(url)
    if not mirror or url.startswith(f"{mirror}/"):
        return url
    return f"{mirror}/{parts.netloc}{parts.path}{'?' + parts.query if parts.query else ''}"


def asked_host(url: str, mirror: str) -> str:
    """The upstream's host, also where the address already leads to the mirror.

    >>> asked_host("http://127.0.0.1:8900/api.kraken.com/0/public/OHLC", "http://127.0.0.1:8900")
    'api.kraken.com'
    """
    parts = urlsplit(url.removeprefix(mirror).lstrip("/")) if mirror else urlsplit(url)
    return parts.netloc or parts.path.split("/", maxsplit=1)[0]


def short_pause(status: int, headers: Headers) -> float | None:
    """Seconds after which a host may be asked once more at once; None where it must not, or where that would change nothing."""
    pause = asked_pause(headers)
    if status == 503 and pause is None:
        return _MOMENT
    return pause if status in {429, 503} and pause is not None and pause <= _SHORT_PAUSE else None


def asked_pause(headers: Headers) -> float | None:
    """Seconds for which an answer asks to be left alone (its Retry-After, seconds or a date), a day at most; None where it names none."""
    told = headers.get("Retry-After")
    try:
        return Retry(retry_after_max=_LONGEST).parse_retry_after(told) if told else None
    except HTTPError:
        return None


def new_session(mirror: str, seconds: float = BODY_SECONDS, size: int = BODY_BYTES) -> requests.Session:
    """A session for a mirror (empty: the real upstreams), for clients that close the one they are given."""
    fresh = requests.Session()
    fresh.headers["User-Agent"] = _AGENT
    adapter = Adapter(mirror, seconds=seconds, size=size)
    fresh.mount("https://", adapter)
    fresh.mount("http://", adapter)
    # A proxy of the environment could not reach a mirror on this machine.
    fresh.trust_env = not mirror
    return fresh


@lru_cache(maxsize=8)
def session(mirror: str, seconds: float = BODY_SECONDS, size: int = BODY_BYTES) -> requests.Session:
    """The shared session for a mirror. Safe to share between threads."""
    return new_session(mirror, seconds, size)


def get_json(
    url: str,
    *,
    mirror: str,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    seconds: float = BODY_SECONDS,
    size: int = BODY_BYTES,
) -> Any:  # noqa: ANN401 - JSON is whatever the upstream sends; each parser checks its own
    """The JSON behind a URL. `seconds` bound the whole body, `size` its decoded bytes.

    Raises SourceError; no message names a header.
    """
    host, body = _body(url, mirror, params, headers, seconds, size)
    return decoded(host, body)


def get_text(url: str, *, mirror: str, params: Mapping[str, str] | None = None) -> str:
    """The text (such as CSV) behind a URL. Raises SourceError, also for web pages and empty bodies."""
    host, body = _body(url, mirror, params, None, BODY_SECONDS, BODY_BYTES)
    refuse_page(host, body)
    return body.decode("utf-8", errors="replace")


def _body(
    url: str, mirror: str, params: Mapping[str, str] | None, headers: Mapping[str, str] | None, seconds: float, size: int
) -> tuple[str, bytes]:  # fmt: skip
    host = urlsplit(url).netloc
    try:
        response = session(mirror, seconds, size).get(url, params=params, headers=headers, timeout=(CONNECT_SECONDS, READ_SECONDS))
    except requests.RequestException as exc:
        raise Unreachable(N_("{host} did not answer: {reason}.", host=host, reason=reason(exc))) from exc
    refuse_status(host, response.status_code, asked_pause(response.headers))
    return host, response.content


def reason(exc: Exception) -> str:
    """Why a request failed, without its URL; a client library's own exception is explained by its cause."""
    told = f"{exc} {exc.__cause__ or ''}"
    if isinstance(exc, requests.Timeout) or "timed out" in told:
        return "too slow"
    words = {
        "NameResolutionError": "the host name is unknown here", "Connection refused": "connection refused",
        "broke off": "the answer broke off", "Connection aborted": "the connection was dropped", "ProxyError": "the proxy refused",
        "SSLError": "its certificate is not accepted",
    }  # fmt: skip
    return next((text for sign, text in words.items() if sign in told), type(exc).__name__)


def refuse_status(host: str, status: int, pause: float | None = None) -> None:
    """Raise the SourceError that an HTTP status stands for; none below 400. `pause` are the seconds that the host asked for."""
    if status == 429:
        raise RateLimited(N_("{host} asked us to slow down (HTTP 429).", host=host), retry_after=pause)
    if status in {403, 451}:
        raise Blocked(N_("{host} refuses this machine (HTTP {status}).", host=host, status=status), retry_after=pause)
    if status >= 500:
        raise SourceError(N_("{host} failed (HTTP {status}).", host=host, status=status), retry_after=pause)
    if status >= 400:
        raise BadPayload(N_("{host} did not accept the request (HTTP {status}).", host=host, status=status))


def refuse_page(host: str, body: bytes) -> None:
    """Raise BadPayload for an empty body and for a web page."""
    start = body.lstrip()[:1]
    if not start:
        raise BadPayload(N_("{host} sent an empty answer.", host=host))
    if start == b"<":
        raise BadPayload(N_("{host} sent a web page instead of data.", host=host))


def decoded(host: str, body: bytes) -> Any:  # noqa: ANN401
    """The JSON in a body. Raises BadPayload for web pages, empty and broken bodies."""
    refuse_page(host, body)
    try:
        return json.loads(body)
    except ValueError as exc:
        raise BadPayload(N_("{host} sent a broken answer that is no JSON.", host=host)) from exc
