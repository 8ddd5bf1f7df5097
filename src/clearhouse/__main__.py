"""`python -m clearhouse`."""

from clearhouse.cli import main

main()
