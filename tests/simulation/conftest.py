"""What needs an interpreter of its own is collected where one is named."""

import os

collect_ignore = [] if "CLEARHOUSE_NAUTILUS" in os.environ else ["test_nautilus.py"]
