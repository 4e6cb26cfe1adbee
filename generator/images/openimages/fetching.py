"""Files from the web: few connections, patience where a server asks for it, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from tqdm import tqdm
from urllib3.exceptions import (
    HTTPError,
    IncompleteRead,
    MaxRetryError,
    ProtocolError,
)
from urllib3.response import BaseHTTPResponse

from generator import __version__
from generator.errors import ImagesError, one_line

AGENT = f"visualizing-cnns/{__version__} (a lesson on convolutional networks)"
CONNECTIONS = 8  # at once, to one server
BUSY = (429, 500, 502, 503, 504)  # answers after which a server is asked again
HERE = ("127.0.0.1", "localhost", "::1")
GONE = (403, 404, 410)  # storage that lists nothing says 403 of what it does not have
LONGEST = 60.0  # seconds that a server may ask to be left alone for
PIECE = 1 << 16
JPEG, PAGE = b"\xff\xd8\xff", b"<"  # what files begin with
KEPT = "start again: what was downloaded is kept"


@dataclass(frozen=True)
class Manners:
    """How servers are asked: so many ``tries``, each wait twice the one before, in seconds."""

    tries: int = 5
    wait: float = 1.0
    patience: float = 30.0  # for an answer


@dataclass(frozen=True)
class Wanted:
    """A file to fetch, and what its bytes have to be (None: whatever they are)."""

    address: str
    path: Path
    sha256: str | None = None


class GoneError(Exception):
    """The server has no such file."""


class ChangedError(Exception):
    """The file is not what it was."""


class _Patience(urllib3.Retry):
    """As its library has it, but no server makes a build wait for hours."""

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        asked = super().get_retry_after(response)
        return None if asked is None else min(asked, LONGEST)


class Fetcher:
    """Fetches files, several at a time."""

    def __init__(self, manners: Manners) -> None:
        self._tries = manners.tries
        self._settings: dict[str, Any] = {
            "maxsize": CONNECTIONS,
            "block": True,
            "headers": {"User-Agent": AGENT},
            "timeout": urllib3.Timeout(manners.patience),
            "retries": _Patience(
                manners.tries,
                connect=2,
                backoff_factor=manners.wait,
                status_forcelist=BUSY,
                raise_on_status=False,
            ),
        }
        self._pools: dict[str | None, urllib3.PoolManager] = {}

    def one(self, wanted: Wanted, begins: bytes | None = None) -> str:
        """Fetch a file; its SHA-256. ``begins`` are the bytes that it has to begin with.

        Raises GoneError, ChangedError, and ImagesError for all else that keeps it from being here,
        whole and as it has to be; then there is nothing of it.
        """
        address = wanted.address
        for last in (*[False] * (self._tries - 1), True):
            try:
                with _beside(wanted.path) as file:
                    digest = self._into(file, address, begins)
                    if wanted.sha256 not in (None, digest):
                        raise ChangedError
                return digest
            except HTTPError as error:
                if last:
                    raise ImagesError(f"{address}: {_ended(error)}; {KEPT}") from error
            except OSError as error:
                raise ImagesError(
                    f"{wanted.path}: can't be written ({error.strerror or error})"
                ) from error
        raise AssertionError("a try is the last one")

    def all(self, files: Sequence[Wanted], begins: bytes) -> dict[str, Exception]:
        """Fetch files; those that are gone or changed, by their addresses. Raises ImagesError."""
        missed: dict[str, Exception] = {}
        with ThreadPoolExecutor(CONNECTIONS) as threads:
            jobs = {threads.submit(self.one, wanted, begins): wanted for wanted in files}
            try:
                bar = tqdm(as_completed(jobs), "Fetching", len(jobs), unit="image", disable=None)
                for job in bar:
                    try:
                        job.result()
                    except (GoneError, ChangedError) as error:
                        missed[jobs[job].address] = error
            except BaseException:
                threads.shutdown(wait=False, cancel_futures=True)
                raise
        return missed

    def _pool(self, address: str) -> urllib3.PoolManager:
        """The connections to an address: by the proxy that the environment names, if any."""
        parts = urlsplit(address)
        host = parts.hostname or ""
        proxy = None if host in HERE or proxy_bypass(host) else getproxies().get(parts.scheme)
        if proxy not in self._pools:
            self._pools[proxy] = (
                urllib3.ProxyManager(proxy, **self._settings)
                if proxy
                else urllib3.PoolManager(**self._settings)
            )
        return self._pools[proxy]

    def _into(self, file: BinaryIO, address: str, begins: bytes | None) -> str:
        """Write what an address holds; its SHA-256. Raises ProtocolError where it ends early."""
        try:
            answer = self._pool(address).request("GET", address, preload_content=False)
        except MaxRetryError as error:
            raise _unreachable(address, error.reason or error) from error
        except HTTPError as error:
            raise _unreachable(address, error) from error
        try:
            if answer.status in GONE:
                raise GoneError
            if answer.status != 200:
                told = f"{answer.status} {answer.reason or ''}".strip()
                raise ImagesError(f"{address}: the server answered {told}; {KEPT}")
            digest, first = hashlib.sha256(), b""
            for piece in answer.stream(PIECE):
                if not first:
                    first = piece
                    _check_beginning(first, address, begins)
                digest.update(piece)
                file.write(piece)
            if not first:
                raise ProtocolError("it is empty")
            return digest.hexdigest()
        finally:
            answer.close()


def _check_beginning(first: bytes, address: str, begins: bytes | None) -> None:
    if first.lstrip()[:1] == PAGE:
        raise ImagesError(
            f"{address}: came as a web page; is there a page to sign in at before this network? "
            f"Open it in a browser, then {KEPT}"
        )
    if begins is not None and not first.startswith(begins):
        raise ImagesError(f"{address}: is not the kind of file that it has to be; {KEPT}")


def _ended(error: Exception) -> str:
    """How a file ended early, in words."""
    cause = next((part for part in error.args if isinstance(part, IncompleteRead)), error)
    if isinstance(cause, IncompleteRead) and cause.expected is not None:
        return f"ended early, {cause.expected:,} bytes before its end"
    return f"ended early ({one_line(str(error))})"


def _unreachable(address: str, error: Exception) -> ImagesError:
    reason = str(error).rpartition(": ")[2] or type(error).__name__
    return ImagesError(
        f"{address}: {urlsplit(address).hostname} can't be reached ({one_line(reason)}); look at "
        f"the network, then {KEPT}"
    )


@contextmanager
def _beside(path: Path) -> Iterator[BinaryIO]:
    """A file that becomes ``path`` at the end; nothing of it is left where there is an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
