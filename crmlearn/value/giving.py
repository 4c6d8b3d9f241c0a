"""What a gift, an extra or a price cut costs the margin, counted in what must be sold more."""

from crmlearn.errors import number


def break_even_units(margin, given, units, fixed_cost=0.0):
    """How many units more must be sold, so that giving something with each one leaves the profit as it was.

    margin : dollars that each unit leaves today, above 0
    given : dollars given up with each unit: the cost of a gift, or a price cut; below 0 if the margin rises
    units : sold in the period today, at least 0
    fixed_cost : dollars in the period, such as what it costs to tell about the gift
    Returns: float, units more than today; below 0 where fewer are enough, inf where no number is (given >= margin)
    Source: the break-even sales change of Nagle, The Strategy and Tactics of Pricing; with `given` below 0 a price rise

    >>> break_even_units(margin=4.5, given=0.5, units=4000)  # margin 45 %, a price cut of 5 %: 12.5 % more
    500.0
    >>> break_even_units(margin=16, given=16, units=700)
    inf
    """
    m = number("margin", margin, 0, low_open=True)
    g, n = number("given", given), number("units", units, 0)
    f = number("fixed_cost", fixed_cost, 0)
    return (g * n + f) / (m - g) if g < m else float("inf")
