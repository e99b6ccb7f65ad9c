"""Exit codes, the same for every command.

0 ok; 1 findings or failed tests; 2 usage or unreadable configuration; 3 a plan has changes; 5 Asterisk or the
controller does not answer; 130 interrupted; 141 whoever read the output has left.
"""

OK = 0
FINDINGS = 1
USAGE = 2
CHANGES = 3
UNREACHABLE = 5
INTERRUPTED = 130
READER_LEFT = 141
"""As a shell says of a program that ends by SIGPIPE, such as one before ``head``."""
