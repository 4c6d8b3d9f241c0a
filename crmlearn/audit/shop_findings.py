"""What tables of products and of shop numbers say, each in one sentence that is true of it."""

from crmlearn.audit.products import SEVERAL
from crmlearn.audit.wording import listed, money, of_customers, percent
from crmlearn.errors import counted

MISSING = "(missing)"


def penetration(t, noun):
    label = next(iter(t))
    known = [
        (name, n, p) for name, n, p in zip(t[label], t["customers"], t["penetration"], strict=True) if name != MISSING
    ]
    if not known:
        return f"No order says its {label}"
    tied = [name for name, n, _ in known if n == known[0][1]]
    verb = "used" if label == "channel" else "bought"
    return (
        f"{listed(tied)} {'was' if len(tied) == 1 else 'were each'} {verb} by {percent(known[0][2])} of the customers"
    )


def entry(t, noun):
    known = [i for i, name in enumerate(t["entry"]) if name not in (MISSING, SEVERAL)]
    several = [percent(t["share_of_customers"][i]) for i, name in enumerate(t["entry"]) if name == SEVERAL]
    rest = f"; {several[0]} with several at once" if several else ""
    if not known:
        return f"No customer came in with one label alone{rest}"
    tied = [t["entry"][i] for i in known if t["customers"][i] == t["customers"][known[0]]]
    share = percent(t["share_of_customers"][known[0]])
    if len(tied) > 1:
        return f"{share} of the customers came in with each of {listed(tied)}{rest}"
    again = percent(t["repeat_share"][known[0]])
    return f"{share} of the customers came in with {listed(tied)}, of whom {again} came again{rest}"


def co_purchase(t, noun):
    if not t["first"]:
        return "No two of them go together"
    both, lift = t["both"][0], t["lift"][0]
    how = "as many as by chance" if abs(lift - 1) < 0.005 else f"{lift:.2f} times as many as by chance"
    pair, whole = listed([t["first"][0], t["second"][0]]), t["base"][0]
    return f"{of_customers(both, whole)} {'holds' if both == 1 else 'hold'} both {pair}, {how}"


def time_between_orders(t, noun):
    days = t["median_days"][t["step"].index("1 to 2")]
    return f"Of the second orders that came, half came within {days:g} days of the first"


def refunds(t, noun):
    gross, back = sum(t["gross_revenue"]), sum(t["refunded"])
    if not back:
        return "Nothing was paid back"
    return (
        f"{percent(back / gross)} of the revenue was paid back"
        if gross
        else f"{money(back)} was paid back, of no revenue"
    )


def payback(t, noun):
    last = {group: at for at, group in enumerate(t["group"])}
    paid = {}
    for group, age, ratio in zip(t["group"], t["age_days"], t["value_to_cost"], strict=True):
        if ratio >= 1 - 1e-12:
            paid.setdefault(group, age)
    if len(last) == 1:
        group, at = next(iter(last.items()))
        now, days = t["value_to_cost"][at], t["age_days"][at]
        if group in paid:
            since = "" if now >= 1 - 1e-12 else f", and have lost it again after {days}"
            return f"On average the customers had earned back their cost after {paid[group]} days{since}"
        if now < 0:
            return f"After {days} days the customers had brought a loss, and nothing of their cost"
        return f"After {days} days the customers had earned back {percent(now)} of their cost"
    paid = {group: age for group, age in paid.items() if t["value_to_cost"][last[group]] >= 1 - 1e-12}
    said = f"{len(paid)} of {len(last)} groups have earned back their cost"
    soonest = [group for group, age in paid.items() if age == min(paid.values())]
    return said + (f", soonest {listed(soonest)} (after {min(paid.values())} days)" if paid else "")


def unit_economics(t, noun):
    pairs = list(zip(t["profit_per_customer"], t["acquisition_cost"], strict=True))
    paid = sum(earned >= cost * (1 - 1e-12) for earned, cost in pairs)
    return f"In {paid} of {counted(len(pairs), 'cohort')} the mean profit covers the cost by now"


def dashboard(t, noun):
    v, period = dict(zip(t["measure"], t["value"], strict=True)), t["meaning"][0]
    return f"{period}: revenue {money(v['revenue'])} from {counted(int(v['customers active']), 'active customer')}"
