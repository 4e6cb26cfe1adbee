"""Which jobs run: the rules that the rehearsal decides by, on their own."""

from __future__ import annotations

from typing import Any

import pytest
from expressions import filled, holds

KNOWN: dict[str, Any] = {
    "needs": {"a": {"result": "skipped", "outputs": {"built": "true"}}},
    "inputs": {"rerun": False},
}


@pytest.mark.parametrize(
    ("condition", "before", "runs"),
    [
        ("", (), True),
        ("", ("success", "success"), True),
        ("", ("skipped", "success"), False),  # however far up
        ("${{ needs.a.outputs.built == 'true' }}", ("skipped", "success"), False),
        ("${{ !cancelled() }}", ("skipped",), True),
        ("${{ !cancelled() && needs.a.result == 'success' }}", ("skipped",), False),
        ("${{ !cancelled() && needs.a.outputs.built == 'true' }}", ("skipped",), True),
        ("success() || needs.a.result == 'skipped'", ("skipped",), True),
        ('contains(fromJSON(\'["success", "skipped"]\'), needs.a.result)', ("success",), True),
        ("!(needs.a.result != 'skipped')", (), True),
    ],
)
def test_a_job_runs_when_github_would_run_it(
    condition: str, before: tuple[str, ...], runs: bool
) -> None:
    assert holds(condition, KNOWN, before) is runs


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${{ vars.RUNNER || 'ubuntu' }}", "ubuntu"),
        ("key-${{ needs.a.outputs.built }}", "key-true"),
        ("${{ needs.a.result == 'success' || inputs.rerun }}", "false"),
        ("${{ needs.b.outputs.built }}", ""),
    ],
)
def test_expressions_are_filled_in(text: str, value: str) -> None:
    assert filled(text, KNOWN) == value


def test_what_is_not_understood_is_no_condition() -> None:
    with pytest.raises(AssertionError, match="can't work out"):
        holds("needs.a.result > 3", KNOWN)
