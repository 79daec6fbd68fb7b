"""What a graph is, and what a walk leaves behind: data only, the ground floor of the library."""
