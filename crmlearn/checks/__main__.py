"""``python -m crmlearn.checks`` writes every exercise from its solution."""

from crmlearn.checks.blanks import write_all

for path in write_all():
    print(path.name)
