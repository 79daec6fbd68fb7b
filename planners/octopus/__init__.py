"""The Octopuses: models that choose a neighbor, rewrite the query for it and fill its arguments."""
