"""The two screens that pages are looked at on, in CSS pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

WIDE, PHONE = (1440, 900), (390, 844)

Reader = Callable[..., Any]
