"""Moving money: between the wallets of an account, and from and to the outside."""
