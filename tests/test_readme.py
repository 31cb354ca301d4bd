"""The README's commands and example are what the gate runs, and every command and option is in the docs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from typer.main import get_command

from cardextract.cli import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_gate_runs_the_readme_commands() -> None:
    block = re.search(r"<!-- commands -->\n```sh\n(.*?)```\n<!-- end -->", README, re.S)
    assert block is not None
    commands = block[1].splitlines()
    assert len(commands) == 2
    assert "cardextract run" in commands[0]
    assert "pytest" in commands[1]
    assert "<!-- commands -->" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_python_example_runs(tmp_path: Path) -> None:
    block = re.search(r"```python\n(.*?)```", README, re.S)
    assert block is not None
    assert len([line for line in block[1].splitlines() if line.strip()]) <= 10
    shutil.copytree(ROOT / "inbox", tmp_path / "inbox")
    done = subprocess.run(
        [sys.executable, "-c", block[1]], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "None None None" not in done.stdout
    assert done.stdout.strip()


def test_every_command_and_option_is_documented() -> None:
    manual = README + "".join(p.read_text(encoding="utf-8") for p in (ROOT / "docs").rglob("*.md"))
    command = get_command(app)
    groups = {"": command, "rules": command.commands["rules"]}  # type: ignore[attr-defined]
    for group in groups.values():
        for name, sub in group.commands.items():  # type: ignore[attr-defined]
            assert re.search(rf"`[^`\n]*\b{re.escape(name)}\b", manual), f"command {name} is in no document"
            for parameter in getattr(sub, "params", []):
                for option in parameter.opts:
                    if option.startswith("--") and option != "--help":
                        assert option in manual, f"option {option} of {name} is in no document"


def test_every_linked_document_exists() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / target).exists(), target
