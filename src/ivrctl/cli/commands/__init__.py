"""What the commands do: each module reads its input, calls one use case and prints the answer."""
