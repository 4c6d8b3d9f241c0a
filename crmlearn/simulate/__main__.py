"""Writes datasets/firm anew: python -m crmlearn.simulate"""

from crmlearn import home
from crmlearn.simulate.firms import firm
from crmlearn.simulate.writing import write

if __name__ == "__main__":
    for name, size in write(firm(), home.folder("datasets") / "firm").items():
        print(f"{size:9,d}  {name}")
