"""From raw fields to the typed record with its evidence."""
