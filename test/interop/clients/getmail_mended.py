"""Runs Debian's getmail with the wait for its delivering child mended; everything it says to a server is its own.

getmail 6.18 forks the child, then installs the handler for its end, and then waits for the handler's word: a child
that is quicker than that on a busy machine goes unnoticed, and the run fails after a minute.
"""

import os
import runpy

from getmailcore.baseclasses import ForkingBase


def wait_for_child(_self: ForkingBase, pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


ForkingBase._prepare_child = lambda _self: None
ForkingBase._wait_for_child = wait_for_child
runpy.run_path("/usr/bin/getmail", run_name="__main__")
