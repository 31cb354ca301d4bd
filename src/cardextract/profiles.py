"""Profiles: the rule files of a folder, read, resolved against each other, and chosen for a document.

`base.toml` speaks for all layouts; every other `*.toml` is a profile that extends it (`extends`, deep merge; `append` adds to
lists, `off` removes from them). A mistake is a RulesError with file, key and "did you mean".
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from cardextract.inherit import did_you_mean, merge, mistakes
from cardextract.rules import MAX_LINE, Rules, RulesError

M = TypeVar("M", bound=BaseModel)


def _load_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"{path}: not valid TOML: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(f"{path}: cannot be read: {error}") from error


def validate(path: Path, model: type[M], data: dict[str, Any]) -> M:
    """The data as a model. Raises RulesError naming the file, each wrong key and the nearest right one."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        lines = []
        for e in error.errors():
            key = ".".join(str(x) for x in e["loc"])
            message = e["msg"].removeprefix("Value error, ")
            if e["type"] == "extra_forbidden":
                message = f"unknown key{did_you_mean(str(e['loc'][-1]), _fields_at(model, e['loc'][:-1]))}"
            lines.append(f"{path}: {key}: {message}")
        raise RulesError("\n".join(lines)) from error


def _fields_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> Iterable[str]:
    """The keys that a model knows at a place within it (`detect.0`)."""
    for step in loc:
        if isinstance(step, int):
            continue
        field = model.model_fields.get(step)
        inner = [field.annotation, *get_args(field.annotation)] if field is not None else []
        nested = [t for t in inner if isinstance(t, type) and issubclass(t, BaseModel)]
        if not nested:
            return ()
        model = nested[0]
    return model.model_fields


def load_model(path: Path, model: type[M]) -> M:
    """A TOML file as a model. Raises RulesError."""
    return validate(path, model, _load_toml(path))


PRIVATE = {"name", "title", "extends", "detect", "tests"}
"""What a profile does not inherit."""


@dataclass(frozen=True)
class Score:
    """How well a profile fits a document, and which evidence was found."""

    name: str
    score: float
    hits: tuple[str, ...]


@dataclass(frozen=True)
class RuleSet:
    """The base rules and all profiles of a folder, resolved."""

    folder: Path
    profiles: dict[str, Rules]
    sha256: str

    @property
    def base(self) -> Rules:
        return self.profiles["base"]

    def scores(self, text: str) -> list[Score]:
        """The score sheet: every profile with detection rules, best first."""
        printed = unicodedata.normalize("NFC", text)
        out = []
        for rules in self.profiles.values():
            if not rules.detect:
                continue
            total = sum(d.weight for d in rules.detect)
            hits, got = [], 0.0
            for d in rules.detect:
                found = (d.text and d.spaced.search(printed)) or (
                    d.pattern and any(re.search(d.pattern, line[:MAX_LINE]) for line in text.splitlines())
                )
                if found:
                    hits.append(d.text or d.pattern or "")
                    got += d.weight
            out.append(Score(rules.name, got / total if total else 0.0, tuple(hits)))
        return sorted(out, key=lambda s: (-s.score, s.name))

    def choose(self, text: str, name: str | None = None) -> tuple[Rules, list[Score], str | None]:
        """(rules, score sheet, doubt): the named profile, else the best with a clear margin, else base.

        doubt says why no profile was taken although one scored: `tie` or `weak`. Raises RulesError for an unknown name.
        """
        if name is not None:
            if name not in self.profiles:
                raise RulesError(f"no profile {name} in {self.folder}{did_you_mean(name, self.profiles)}")
            return self.profiles[name], [], None
        scores = self.scores(text)
        best = [s for s in scores if s.score > 0]
        if not best:
            return self.base, scores, None
        if best[0].score < 0.6:
            return self.base, scores, "weak" if best[0].score >= 0.4 else None
        if len(best) > 1 and best[0].score - best[1].score < 0.15:
            return self.base, scores, "tie"
        return self.profiles[best[0].name], scores, None


def find_rules_dir(given: Path | None) -> Path:
    """The folder of rules: the given one, else ./rules, else the packaged ones. Raises RulesError."""
    if given is not None:
        if not (given / "base.toml").is_file():
            what = "no base.toml in this folder" if given.is_dir() else "no such folder"
            raise RulesError(f"{given}: {what}")
        return given
    here = Path("rules")
    if (here / "base.toml").is_file():
        return here
    packaged = Path(__file__).parent / "rules_data"
    if (packaged / "base.toml").is_file():
        return packaged
    source = Path(__file__).resolve().parents[2] / "rules"
    if (source / "base.toml").is_file():
        return source
    raise RulesError("no rules found: neither ./rules nor packaged ones; give --rules")


NOT_PROFILES = {"mentions.toml", "gazetteer.toml", "mentions_user.toml"}


def load_rules(folder: Path) -> RuleSet:
    """All rules of a folder. Raises RulesError."""
    raw: dict[str, dict[str, Any]] = {}
    files: dict[str, Path] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name in NOT_PROFILES:
            continue
        raw[path.stem] = _load_toml(path)
        files[path.stem] = path
    if "base" not in raw:
        raise RulesError(f"{folder}: no base.toml in this folder")
    resolved: dict[str, dict[str, Any]] = {}

    def resolve(name: str, chain: tuple[str, ...]) -> dict[str, Any]:
        if name in chain:
            raise RulesError(f"{files[name]}: extends: a circle: {' > '.join((*chain, name))}")
        if name not in resolved:
            own = raw[name]
            parent = own.get("extends", None if name == "base" else "base")
            if parent is not None and parent not in raw:
                raise RulesError(
                    f"{files[name]}: extends: no profile {parent}{did_you_mean(str(parent), raw)}"
                )
            base = (
                {}
                if parent is None
                else {k: v for k, v in resolve(parent, (*chain, name)).items() if k not in PRIVATE}
            )
            wrong = list(mistakes(own, base))
            if wrong:
                raise RulesError("\n".join(f"{files[name]}: {line}" for line in wrong))
            resolved[name] = merge(base, own)
        return resolved[name]

    profiles: dict[str, Rules] = {}
    for name in sorted(raw, key=lambda n: (n != "base", n)):
        data = {**resolve(name, ()), "name": name}
        key = json.dumps({k: v for k, v in data.items() if k != "tests"}, sort_keys=True, ensure_ascii=False)
        data["sha256"] = hashlib.sha256(key.encode()).hexdigest()
        profiles[name] = validate(files[name], Rules, data)
    digest = hashlib.sha256("".join(r.sha256 for r in profiles.values()).encode())
    for extra in sorted(NOT_PROFILES):
        if (folder / extra).is_file():
            digest.update((folder / extra).read_bytes())
    return RuleSet(folder, profiles, digest.hexdigest())
