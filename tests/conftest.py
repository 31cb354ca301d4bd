"""Fixtures for all tests: the shared material, the rules, and a short way from a text to its cards."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from cardextract.card import Card
from cardextract.profiles import RuleSet, load_rules
from cardextract.rules import Rules

ROOT = Path(__file__).resolve().parents[1]

CI = os.environ.get("CI") == "true"

# No deadlines: the speed of a shared machine is no property of the code. In CI the same examples every time.
settings.register_profile(
    "project",
    deadline=None,
    derandomize=CI,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("project")
if CI:
    # Hypothesis mixes constants of whatever modules of ours are loaded into its examples, so that they depend on the
    # order of the tests and on every edit. Without, `CI=true pytest` of one test repeats its failure in the gate.
    assert callable(providers._get_local_constants)
    nothing = Constants()
    providers._get_local_constants = lambda: nothing


@pytest.fixture(scope="session", autouse=True)
def unmeasured_children() -> None:
    """Coverage measures the processes that run tests, not those that tests start: these have limits of CPU time and
    file size to keep, and would take twice as long."""
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared material beside the project. Absent: skipped, but under CI=true a failure."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        reason = "the shared material (../shared beside the project) is not here"
        if CI:
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
    if CI and skipped and session.exitstatus == 0:
        reporter.write_line("skipped in CI: " + ", ".join(sorted({r.nodeid for r in skipped})))
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
