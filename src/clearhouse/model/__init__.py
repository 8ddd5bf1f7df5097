"""Values of the domain: money, ids, wallets, instruments, access. No I/O, no state."""
