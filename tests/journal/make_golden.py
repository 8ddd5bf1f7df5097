"""Write the golden journals: the records of each part, one a line, as they are stored.

A part is written once, before the release whose journals it stands for (`python -m
journal.make_golden` in `tests/`); a file that is there stays. Never remove one to make a test
pass: a journal that somebody has cannot be written anew either.
"""

from pathlib import Path

from clearhouse.journal.record import Head

from .history import history, later, records
from .margins import margins
from .sources import sources
from .trades import trades

PARTS = {
    "golden-v1.hex": history,
    "golden-v2.hex": later,
    "golden-v3.hex": trades,
    "golden-v4.hex": margins,
    "golden-v5.hex": sources,
}

if __name__ == "__main__":
    head = Head()
    for name, part in PARTS.items():
        written = records(part(), head)
        head = Head(written[-1].seq, written[-1].hash)
        path = Path(__file__).with_name(name)
        if not path.exists():
            path.write_text("".join(record.body.hex() + "\n" for record in written))
