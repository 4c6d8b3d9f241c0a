"""What a command tells: its exit code to whoever started it, and its problems, masked, to whoever reads them."""

import sys

GOOD, FAILED, BAD_INPUT, WARNED, STOPPED = 0, 1, 2, 3, 130


def say(problem):
    from crmlearn.privacy import mask

    print(mask(str(problem)), file=sys.stderr)
