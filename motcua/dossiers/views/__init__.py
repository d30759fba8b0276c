"""The officer's pages. Each view takes the time once, loads and checks in one call, and gathers what its page shows."""
