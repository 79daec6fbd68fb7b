"""What teaches: requests written for a graph, and the training of Octopuses and workers on them."""
