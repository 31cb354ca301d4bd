"""The budget grammar: from a table of any orientation to (ledger, source, period) = amount, proved by its own sums."""
