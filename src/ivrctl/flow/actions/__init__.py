"""flow/actions."""
