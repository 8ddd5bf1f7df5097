"""Run a command that may write no file above a size: a disk that is full, as a launcher.

    python limited.py BYTES STDERR_FILE COMMAND…

What the command complains about goes to the file. The limit can be lifted from outside: only
the soft one is set.
"""

import os
import resource
import sys

if __name__ == "__main__":
    size, complaints, *command = sys.argv[1:]
    file = os.open(complaints, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(file, 2)
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), most))
    os.execv(command[0], command)
