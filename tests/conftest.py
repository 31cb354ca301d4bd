"""Fixtures for all tests: the shared material, the rules, and a short way from a text to its cards."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from cardextract.card import Card
from cardextract.rules import Rules, RuleSet, load_rules

ROOT = Path(__file__).resolve().parents[1]

# No deadlines: the speed of a shared machine is no property of the code. In CI the same examples every time.
settings.register_profile(
    "project",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("project")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared material beside the project. Absent: skipped, but under CI=true a failure."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        reason = "the shared material (../shared beside the project) is not here"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def ruleset() -> RuleSet:
    """The project's own rules: base and all profiles."""
    return load_rules(ROOT / "rules")


@pytest.fixture(scope="session")
def rules(ruleset: RuleSet) -> Rules:
    """The base rules."""
    return ruleset.base


@pytest.fixture(scope="session")
def read_text(ruleset: RuleSet) -> Callable[[str], list[Card]]:
    """From a text to its checked cards, in memory, under the base rules."""
    from tests.texts import read

    return lambda text: read(text, ruleset)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under CI=true a skipped test fails the run: what the gate promises to try, it tries."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    unfit = [r for r in skipped if "to root" not in str(r.longrepr)]
    if os.environ.get("CI") == "true" and unfit and session.exitstatus == 0:
        reporter.write_line("skipped in CI: " + ", ".join(sorted({r.nodeid for r in unfit})))
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
