"""Write `golden-v1.hex`: the records of `history()`, one a line, as they are stored.

Run once, before the release whose journals it stands for (`python -m journal.make_golden`
in `tests/`). Never run it again to make a test pass: a journal that somebody has cannot be
written anew either.
"""

from pathlib import Path

from .history import history, records

GOLDEN = Path(__file__).with_name("golden-v1.hex")

if __name__ == "__main__":
    assert not GOLDEN.exists(), "a golden journal is made once"
    GOLDEN.write_text("".join(record.body.hex() + "\n" for record in records(history())))
