"""Language models as resources: loaded once, shared by nodes and Octopuses, batched, unloaded under a memory budget."""
