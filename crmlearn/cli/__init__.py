"""The command line: ``crmlearn report customer_base --data orders.csv --out DIR -p horizon_months=12``."""

import argparse
import os
import sys
import traceback

import crmlearn
from crmlearn.cli import contacts, deck, inspect, progress, report, reset, start, summary
from crmlearn.cli.telling import BAD_INPUT, FAILED, GOOD, STOPPED, say
from crmlearn.errors import Refusal

COMMANDS = (start, reset, progress, deck, summary, inspect, report, contacts)


def main(argv=None):
    """Run one command.

    argv : list of str; without it, what was typed
    Returns: 0 good, 1 it failed, 2 bad input or bad usage, 3 done with warnings, 130 stopped by Ctrl-C
    """
    options = None
    try:
        options = _parser().parse_args(argv)
        code = options.run(options)
        sys.stdout.flush()
        return code
    except SystemExit as stop:  # argparse has said why
        return stop.code
    except BrokenPipeError:  # whoever reads, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return GOOD
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return STOPPED
    except Refusal as refusal:
        for problem in getattr(refusal, "problems", [refusal]):
            say(report.in_words(problem) if hasattr(options, "told") else problem)  # told by -p
        return BAD_INPUT
    except Exception:
        say(traceback.format_exc().rstrip())
        return FAILED


def _parser():
    parser = argparse.ArgumentParser("crmlearn", description=crmlearn.__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"crmlearn {crmlearn.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    return parser
