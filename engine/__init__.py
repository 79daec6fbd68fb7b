"""What runs: the hops of a walk, their joins, budgets and retries, and the Workflow that people use."""
