"""Frozen data that thousands of instances are made of for a card: guarded by mypy, not by the interpreter.

>>> @plain(frozen=True, slots=True)
... class Point:
...     x: int
...     y: int
>>> Point(1, 2) == Point(1, 2), len({Point(1, 2), Point(1, 2)})
(True, 1)
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass as plain
    from functools import cached_property as once

    T = TypeVar("T")
    R = TypeVar("R")
    A = TypeVar("A")

    def asked_once(question: Callable[[T, R], A]) -> Callable[[T, R], A]: ...
else:
    from dataclasses import dataclass

    def plain(*, frozen: bool, slots: bool = False):
        """A frozen dataclass without the guard at run time, which makes an instance four times as slow to make."""
        return dataclass(unsafe_hash=frozen, slots=slots)

    class once:  # noqa: N801 - it stands where `cached_property` would
        """`functools.cached_property` without its lock, which costs more than what is cached here. Two threads that
        meet here make the same, for it is made of frozen data."""

        def __init__(self, make):
            self.make, self.__doc__ = make, make.__doc__

        def __set_name__(self, owner, name):
            self.name = name

        def __get__(self, instance, owner=None):
            if instance is None:
                return self
            made = instance.__dict__[self.name] = self.make(instance)
            return made

    def asked_once(question):
        """A question about frozen data under some rules: the data keeps its answer, for several modules ask the same."""
        name = f"{question.__module__}.{question.__name__}"

        @wraps(question)
        def answer(about, rules):
            known = about.__dict__.get(name)
            if known is None or known[0] is not rules:
                known = about.__dict__[name] = rules, question(about, rules)
            return known[1]

        return answer


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Many small objects that all stay: looking for garbage among them again and again costs up to a third of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


__all__ = ["asked_once", "once", "plain", "uncollected"]
