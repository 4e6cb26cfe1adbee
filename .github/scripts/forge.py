"""Asks the forge that the environment names: GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from refusal import RefusedError


def ask(about: str, called: str, told: str, **given: str) -> list[dict[str, Any]]:
    """A list of what the repository's workflows have done or left behind, a hundred at most.

    ``about`` is the address below ``actions/``, ``called`` the list's name in the answer, ``told``
    what it tells, in words. Raises RefusedError where the answer is no such list.
    """
    address = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    repository = os.environ.get("GITHUB_REPOSITORY")
    if not repository:
        raise RefusedError("GITHUB_REPOSITORY is not set; give it as OWNER/NAME")
    if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
        raise RefusedError(f"GITHUB_API_URL is {address!r}; it takes an address of the web")
    question = urllib.parse.urlencode({**given, "per_page": 100})
    request = urllib.request.Request(  # noqa: S310  the scheme is looked at above
        f"{address}/repos/{repository}/actions/{about}?{question}",
        headers={"Accept": "application/vnd.github+json"},
    )
    if token := os.environ.get("GITHUB_TOKEN"):
        # A header that is not repeated to wherever an answer may redirect.
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            found: list[dict[str, Any]] = json.load(answer)[called]
    except (urllib.error.URLError, TimeoutError, ValueError, KeyError, TypeError) as error:
        raise RefusedError(f"{address}: does not say {told} ({error})") from error
    return found
