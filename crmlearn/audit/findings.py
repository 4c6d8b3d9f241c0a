"""What a table says, in one sentence that is true of it: ties, losses and tiny bases have words of their own."""

from math import ceil

from crmlearn.audit.wording import FEW, brought, money, of_customers, percent, total
from crmlearn.errors import counted


def factors(t, noun):
    v = dict(zip(t["measure"], t["value"], strict=True))
    said = f"{counted(int(v['customers']), 'customer')} x {money(v['orders_per_customer'])} orders x "
    said += f"{money(v['revenue_per_order'])} per order"
    profit = 0.0 if abs(v["profit"]) <= 1e-9 * v["revenue"] else v["profit"]
    if noun != "revenue" and profit and v["margin_share"] == v["margin_share"]:
        said += f" x {percent(v['margin_share'])}"
    return f"{said} make a {'loss' if profit < 0 else noun} of {money(abs(profit))}"


def frequency(t, noun):
    whole = sum(t["customers"])
    once = t["customers"][0]
    if once == whole or not once:
        return f"{'Every customer' if once else 'No customer'} ordered exactly once"
    return f"{of_customers(once, whole)} ordered once" + brought(t["share_of_profit"][0], noun, " and ")


def spread(t, noun):
    row = t["measure"].index("revenue")
    return f"The customer in the middle spent {money(t['median'][row])}; the mean is {money(t['mean'][row])}"


def deciles(t, noun):
    n, whole, share = t["customers"][0], sum(t["customers"]), t["share_of_profit"][0]
    who = "The best tenth of the customers" if len(t["group"]) == 10 and whole >= FEW else (
        f"The best {n:,} of {whole:,} customers"
    )  # fmt: skip
    profit = total(t["profit"])
    if profit <= 0:
        return (
            f"All customers together made a loss of {money(-profit)}" if profit else f"The customers brought no {noun}"
        )
    if max(t["profit"]) - min(t["profit"]) <= 1e-9 * profit:
        return f"Every group brought the same {noun}"
    return who + brought(share, noun, " ") + ("; others cost a part of it" if share > 1 else "")


def equal_profit(t, noun):
    n, whole = t["customers"][0], sum(t["customers"])
    gains = sum(v for v in t["profit"] if v > 0)
    best = f"{of_customers(n, whole)} brought {percent(t['profit'][0] / gains if gains else None)} of the gains"
    loss = dict(zip(t["group"], t["customers"], strict=True)).get("loss", 0)
    return best + (f"; {counted(loss, 'customer')} made a loss" if loss else "")


def lorenz(t, noun):
    at, share = t["share_of_customers"], t[next(c for c in t if c in ("share_of_profit", "share_of_revenue"))]
    half = min(range(len(at)), key=lambda i: abs(at[i] - 0.5))
    who = f"The {percent(at[half])} of the customers who brought least"
    if abs(share[half] - at[half]) < 1e-9:
        return f"All customers brought the same {noun}"
    return who + brought(share[half], noun, " ")


def concentration(t, noun):
    v = dict(zip(t["measure"], t["value"], strict=True))
    n, share = int(v["customers"]), v["bring 50%"]
    who = (
        f"{percent(share)} of {counted(n, 'customer')}"
        if n >= FEW
        else f"{ceil(share * n - 1e-9)} of {counted(n, 'customer')}"
    )
    return f"{who} brought half of the {noun} (Gini {v['gini']:.2f})"


def one_time_buyers(t, noun):
    whole, once = sum(t["customers"]), sum(t["customers"][:2])
    if not once:
        return "Nobody ordered only once"
    return f"{of_customers(once, whole)} ordered once; {t['customers'][0]:,} of these were newcomers"


def unprofitable(t, noun):
    whole, loss = sum(t["customers"]), t["customers"][2]
    if not loss:
        return "Nobody brought less than their goods cost"
    return f"{of_customers(loss, whole)} made a loss, {money(-t['profit'][2])} in all"


def lost_kept_new(t, noun):
    lost, kept, new, back = t["customers"]
    return f"{of_customers(kept, lost + kept)} ordered again; {new:,} came in new, {back:,} came back"


def new_or_returning(t, noun):
    before, after = t["customers_first"], t["customers_second"]
    earned = [f"{money(b)} ({money(a)} before)" for a, b in zip(t["profit_first"], t["profit_second"], strict=True)]
    new = f"{after[0]:,} new customers ({before[0]:,} before) brought a {noun} of {earned[0]}"
    return f"{new}; {after[1]:,} who had ordered earlier ({before[1]:,} before) brought {earned[1]}"


def switching(t, noun):
    rows = list(zip(t["from"], t["to"], t["customers"], strict=True))
    whole = sum(n for a, _, n in rows if a == "1")
    stay, gone = (sum(n for a, b, n in rows if a == "1" and b == to) for to in ("1", "not active"))
    n = len({a for a, _, _ in rows}) - 1
    which = {10: "tenth", 5: "fifth", 4: "fourth", 3: "third", 2: "half"}.get(n, "group")
    best = f"{counted(whole, 'customer')} of the best {which}"
    return f"Of the {best} {stay:,} are in it again, and {gone:,} did not order"


def up_down(t, noun):
    sums = {word: sum(n for o, n in zip(t["orders"], t["customers"], strict=True) if o == word) for word in t["orders"]}
    return (
        f"Of {counted(sum(t['customers']), 'kept customer')} {sums['more']:,} ordered more often, "
        f"{sums['fewer']:,} less often"
    )


def bridge(t, noun):
    first, last, parts = t["change"][0], t["change"][-1], {}
    for step, value in zip(t["step"][1:-1], t["change"][1:-1], strict=True):
        name = "kept" if step.startswith("kept") else "new or back" if step.split()[0] in ("new", "back") else step
        parts[name] = parts.get(name, 0.0) + value
    tiny = 1e-9 * max(abs(v) for v in t["change"])
    told = [f"{name} {'+' if v > 0 else '-'}{money(abs(v))}" for name, v in parts.items() if abs(v) > tiny]
    if not told:
        return f"The {noun} and all its parts stayed the same"
    change, how = last - first, "stayed the same"
    if abs(change) > tiny:
        how = f"{'rose' if change > 0 else 'fell'} by {money(abs(change))}"
        how += f" ({percent(abs(change) / first)})" if first > tiny else ""
    return f"The {noun} {how}: {', '.join(told)}"


def one_cohort(t, noun):
    whole = [i for i, seen in enumerate(t["seen"]) if seen == "whole"]
    if len(whole) < 2:
        n = t["customers"][-1]
        return f"{counted(n, 'customer')} {'was' if n == 1 else 'were'} acquired; no later period was seen whole yet"
    last = whole[-1]
    return f"{of_customers(t['active'][last], t['customers'][last])} ordered in {t['period'][last]}"


def cohorts_compared(t, noun):
    rows = zip(t["cohort"], t["age"], t["share_active"], t["seen"], strict=True)
    ones = [(c, s) for c, age, s, seen in rows if age == 1 and seen == "whole"]
    if not ones:
        return "No cohort was seen for a whole period after its own"
    said = f"One period on, {percent(ones[0][1])} of cohort {ones[0][0]} ordered"
    return said if len(ones) == 1 else f"{said}, of cohort {ones[-1][0]} {percent(ones[-1][1])}"


def whole_base(t, noun):
    last = max((p for p, seen in zip(t["period"], t["seen"], strict=True) if seen == "whole"), default=None)
    if last is None:
        return "No period was seen whole yet"
    parts = [(c, v) for p, c, v in zip(t["period"], t["cohort"], t["profit"], strict=True) if p == last]
    profit, newest = total([v for _, v in parts]), parts[-1][0]
    if len(parts) == 1 or profit <= 0:
        return f"In {last} the {noun} was {money(profit)}, from {counted(len(parts), 'cohort')}"
    earlier = sum(v for _, v in parts[:-1]) / profit
    if not 0 <= earlier <= 1:
        return f"In {last} cohorts before {newest} made a {noun} of {money(earlier * profit)}, all {money(profit)}"
    return f"In {last} {percent(earlier)} of the {noun} came from cohorts before {newest}"


def repeat_rates(t, noun):
    observed, repeated = sum(t["observed"]), sum(t["repeated"])
    if not observed:
        return "No customer was observed long enough for a repeat rate"
    return f"{of_customers(repeated, observed)} seen for {t['within_days'][0]:g} days ordered again in them"


def acquisition(t, noun):
    whole = [i for i, seen in enumerate(t["seen"]) if seen == "whole"]
    if not whole:
        return "No period was seen whole yet"
    i = whole[-1]
    if not t["active"][i]:
        return f"Nobody ordered in {t['period'][i]}"
    who = f"In {t['period'][i]} {t['new'][i]:,} of {counted(t['active'][i], 'active customer')} were new"
    share = t["returning_share_of_revenue"][i]
    return f"{who}; returning ones brought {percent(share)} of the revenue" if share == share and share else who
