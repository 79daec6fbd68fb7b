"""What answers: tools, agents and other workers, and where they are found."""
