"""The head of a card: label grids, label lines, and who issued it."""
