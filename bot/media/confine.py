"""A script that limits its own process and then becomes another program.

    confine.py PARENT MEMORY_BYTES CPU_SECONDS FILE_BYTES OPEN_FILES NICENESS PROGRAM [ARGUMENT ...]

It stands between fork and exec, where running our own code in the parent's copy would be unsafe
beside threads. It imports little, and nothing of ours, so it adds less than ten milliseconds.
"""

import ctypes
import os
import resource
import sys

_PR_SET_PDEATHSIG = 1
# Nearly half of the time it takes to start would go into importing `signal` for this one number.
_SIGKILL = 9


def _lower(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(kind, (most, most))


def _die_with(parent: int) -> None:
    """Have the kernel end this process when the one that started it ends, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGKILL)
    # The parent may have been gone before that was asked for.
    if os.getppid() != parent:
        sys.exit("the bot is gone")


def main() -> None:
    """Set the limits, then run the program in this very process, the leader of a new group."""
    # Not of a new session: where Linux shares the processor among sessions first, niceness would
    # count for nothing against the bot.
    os.setpgid(0, 0)
    parent, memory, cpu, file, open_files, niceness = map(int, sys.argv[1:7])
    _die_with(parent)
    _lower(resource.RLIMIT_AS, memory)
    _lower(resource.RLIMIT_CPU, cpu)
    _lower(resource.RLIMIT_FSIZE, file)
    _lower(resource.RLIMIT_NOFILE, open_files)
    _lower(resource.RLIMIT_CORE, 0)
    os.nice(niceness)
    # Python adds this one by itself when it starts without a locale.
    os.environ.pop("LC_CTYPE", None)
    os.execv(sys.argv[7], sys.argv[7:])


if __name__ == "__main__":
    main()
