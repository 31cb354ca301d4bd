"""cardextract: Korean pledge management cards in, proved records out.

Every figure in the output is right or it is flagged, and every figure shows its place in the source.
"""

__version__ = "0.1.0"
