"""The exit codes of the program; never 1, which Python itself uses. Where several apply, IO_ERROR stands before
QUARANTINED before OPEN_ERRORS."""

OK = 0
USAGE = 2
"""What was asked for cannot be done so: an option, a rule, a folder that is not there."""
QUARANTINED = 3
"""Finished; some input gave no record."""
OPEN_ERRORS = 4
"""Finished; with --strict: errors are open."""
INTERNAL = 70
"""A bug of ours."""
IO_ERROR = 74
LOCKED = 75
"""Another run works on the same output."""
INTERRUPTED = 130
