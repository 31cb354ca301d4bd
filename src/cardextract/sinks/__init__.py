"""Sinks: everything that leaves the program as a file."""
