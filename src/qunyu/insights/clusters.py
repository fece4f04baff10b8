"""Clusters: orders come one buyer at a time, and those of one buyer are alike: they tell less than as many orders of many buyers."""

from __future__ import annotations

from dataclasses import dataclass

from qunyu.insights.odds import Rate


@dataclass(frozen=True)
class Clusters:
    """Of n orders, x of each buyer and y of these of a kind: the sums over buyers of x², xy and y², each divided by (n − x)²."""

    xx: float = 0.0
    xy: float = 0.0
    yy: float = 0.0

    def effect(self, rate: Rate) -> float:
        """How many times the variance of the share of a kind is that of independent orders; at least 1.

        Where none or all are of the kind nothing varies that could be measured: then as if each buyer's orders were all alike.
        Source: the variance is that of the jackknife that leaves out one buyer at a time, of a ratio of totals, about the ratio itself
        (Wolter 2007, "Introduction to Variance Estimation", chapter 4): the sum of ((y − r·x) / (n − x))², r being the share. It is the
        linearised variance of a ratio (Cochran 1977, "Sampling Techniques", section 6.3) with each residual drawn out by what its buyer
        weighs, which keeps the interval honest where few buyers made most of the orders. Its ratio to the binomial variance is the
        design effect of Kish (1965), "Survey Sampling".
        """
        n, share = rate.people, rate.share
        if not share or share == 1.0:
            return max(1.0, n * self.xx)
        variance = self.yy - 2 * share * self.xy + share**2 * self.xx
        return max(1.0, variance * n / (share * (1 - share)))
