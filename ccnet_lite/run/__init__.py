"""A run under way: its steps in their order, plan, resume, checks, session."""
