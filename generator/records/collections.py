"""What is known of images: whose they are, and which took no part."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """A file that took no part, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Credit:
    """Who made a photograph, and under which terms it may be shown."""

    title: str
    author: str
    licence: str
    package: str
