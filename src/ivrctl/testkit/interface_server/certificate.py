"""A certificate that vouches for itself, for ``localhost`` and ``127.0.0.1``; its key is here, so it proves nothing.

Nobody trusts it unless it is told to: as ``ca`` of an interface it shows that a certificate is verified, and without
that it is the bad one.
"""

CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBuzCCAWCgAwIBAgIURcTbWoj58SSgfHE5dXeUQgyg0zIwCgYIKoZIzj0EAwIw
LDEqMCgGA1UEAwwhaXZyY3RsIGludGVyZmFjZSBzZXJ2ZXIgZm9yIHRlc3RzMCAX
DTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAsMSowKAYDVQQDDCFpdnJj
dGwgaW50ZXJmYWNlIHNlcnZlciBmb3IgdGVzdHMwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQzoPqvxcIGvh9AgFSONdQZ6EqrK87Tu4gJNeraTiFU4VN4YBOp43Jp
On1wYHwehcegaBx4LtE6mRcEnXp1A64Uo14wXDAPBgNVHRMBAf8EBTADAQH/MB0G
A1UdDgQWBBSt50ESloEgwCbtAzKyO7vPGA72NzAaBgNVHREEEzARgglsb2NhbGhv
c3SHBH8AAAEwDgYDVR0PAQH/BAQDAgKEMAoGCCqGSM49BAMCA0kAMEYCIQDtojFn
62wVtzx5MlBz7QJjn1uLjqn15MzP2SSWFuVgyQIhAOJwL5E4DboKRd/g/WKWZR3i
qohAsiLrc+T133x9slY1
-----END CERTIFICATE-----
"""

KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4E4aSrn6gom7/IW1
W23ELZnRqIgUgWjxw28z4ZZCrDKhRANCAAQzoPqvxcIGvh9AgFSONdQZ6EqrK87T
u4gJNeraTiFU4VN4YBOp43JpOn1wYHwehcegaBx4LtE6mRcEnXp1A64U
-----END PRIVATE KEY-----
"""
