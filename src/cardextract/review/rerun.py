"""A run of the batch with the options of the last one: `python -m cardextract.review.rerun JSON`."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """The exit code of the run."""
    from cardextract import batch
    from cardextract.engine.worker import Limits

    options = json.loads(arguments[0])
    inbox, output, rules = (Path(options.pop(name)) for name in ("inbox", "output", "rules"))
    if options.get("corrections"):
        options["corrections"] = Path(options["corrections"])
    options["plugins"] = tuple(options.get("plugins", ()))
    if "limits" in options:  # an output folder of an earlier version has none
        options["limits"] = Limits(**options["limits"])
    return batch.run(inbox, output, rules=rules, **options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
