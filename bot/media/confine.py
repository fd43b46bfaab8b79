"""A script that limits its own process and then becomes another program.

    confine.py MEMORY_BYTES CPU_SECONDS FILE_BYTES OPEN_FILES NICENESS PROGRAM [ARGUMENT ...]

It stands between fork and exec, where running our own code in the parent's copy would be unsafe
beside threads. It imports nothing of ours, so it adds some ten milliseconds.
"""

import os
import resource
import sys


def _lower(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(kind, (most, most))


def main() -> None:
    """Set the limits, then run the program in this very process, the leader of a new group."""
    # Not of a new session: where Linux shares the processor among sessions first, niceness would
    # count for nothing against the bot.
    os.setpgid(0, 0)
    memory, cpu, file, open_files, niceness = map(int, sys.argv[1:6])
    _lower(resource.RLIMIT_AS, memory)
    _lower(resource.RLIMIT_CPU, cpu)
    _lower(resource.RLIMIT_FSIZE, file)
    _lower(resource.RLIMIT_NOFILE, open_files)
    _lower(resource.RLIMIT_CORE, 0)
    os.nice(niceness)
    # Python adds this one by itself when it starts without a locale.
    os.environ.pop("LC_CTYPE", None)
    os.execv(sys.argv[6], sys.argv[6:])


if __name__ == "__main__":
    main()
