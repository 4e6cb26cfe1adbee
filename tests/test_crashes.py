"""A run that ends badly loses nothing and leaves nothing: the short form of ``crashes.py``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("support") / "crashes.py"


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked and limited as on Linux")
def test_a_bad_end_loses_nothing(tell: Callable[[str], None]) -> None:
    with tempfile.TemporaryDirectory() as folder:  # where another user may look as well
        Path(folder).chmod(0o755)
        command = [sys.executable, str(SCRIPT), str(Path(folder, "runs")), "4", "1"]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert len(lines) == 6
    for line in lines:
        tell(line)
