"""What chooses: Octopuses make decisions, strategies turn them into calls."""
