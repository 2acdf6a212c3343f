"""How a script says no: one sentence on the terminal and a non-zero exit, never a traceback.

Every script here raises `Refused` where a person has to do something, and runs its `main` through `exit_code_of`.
"""

import sys
from collections.abc import Callable


class Refused(Exception):
    """Something only a person can put right. The text is the whole message: what was wrong and what to do."""


def exit_code_of(main: Callable[[], int]) -> int:
    """What `main` answered; 1 after saying why it was refused, 130 after Ctrl-C."""
    try:
        return main()
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
