"""Training a functional Octopus: a causal language model that learns one functional token for every node."""
