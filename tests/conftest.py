"""What several tests need."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """The networks of the tests are so small that threads wait longer than they work."""
    import torch  # noqa: PLC0415

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Real weights and photographs that are not part of the project; tests skip without them."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("CNN_LESSON_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}; name its folder in CNN_LESSON_DATA")
    return folder
