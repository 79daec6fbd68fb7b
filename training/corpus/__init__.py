"""What was written for this project to learn from, and the checks it has to pass."""
