"""The web, as we let it in: one guarded egress, budgets, redirects, decoding, robots, politeness."""
