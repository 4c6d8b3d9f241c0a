"""RFM: how recently, how often and for how much each customer bought, as scores, segments and their changes.

RFM describes what was; it is no forecast and no value (see clv). Its three parts go together: who orders often has
mostly spent much. Source: Hughes (1994), Strategic Database Marketing; Bult & Wansbeek (1995), Marketing Science 14(4),
378-394, for choosing customers by expected profit instead.
"""

from crmlearn.rfm.moving import Stability, stability
from crmlearn.rfm.predicates import COMMON, segments, sizes
from crmlearn.rfm.scoring import grid, monetary_both, score

__all__ = ["COMMON", "Stability", "grid", "monetary_both", "score", "segments", "sizes", "stability"]
