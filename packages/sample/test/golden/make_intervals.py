"""Writes intervals.json: intervals by scipy, for test/evaluation/evaluate-tasks.test.ts. Needs scipy (1.17)."""

import json
from pathlib import Path

import numpy as np
from scipy import optimize, stats

rng = np.random.default_rng(17)


def score_interval(shares):
    """Where the mean lies exactly t standard errors from p, with a variance that is a fixed part of p (1 - p)."""
    shares = np.asarray(shares, float)
    n, mean, variance = len(shares), shares.mean(), shares.var()
    part = variance / (mean * (1 - mean)) if variance > 0 else 1.0
    t = stats.t.ppf(0.975, n - 1)
    away = lambda p: (mean - p) ** 2 - t**2 * part * p * (1 - p) / n
    low = 0.0 if mean == 0 else optimize.brentq(away, 0, mean - 1e-9, xtol=1e-14)
    high = 1.0 if mean == 1 else optimize.brentq(away, mean + 1e-9, 1, xtol=1e-14)
    return {"mean": mean, "low": low, "high": high}


def eighths(a, b, n):
    return (rng.binomial(8, rng.beta(a, b, n)) / 8).tolist()


lists = {
    "all right": [1.0] * 12,
    "all wrong": [0.0] * 5,
    "two": [0.0, 1.0],
    "equal shares": [0.25, 0.25, 0.375],
    "middling": eighths(2, 2, 9),
    "skewed": eighths(8, 1, 30),
    "either": (rng.random(40) < 0.8).astype(float).tolist(),
}
shares = [{"name": name, "shares": each, **score_interval(each)} for name, each in lists.items()]

# Wilson's own interval, of yes-or-no values that are so many that t is normal.
wilson = []
for right, n in [(15_000, 20_000), (19_990, 20_000), (20_000, 20_000)]:
    interval = stats.binomtest(right, n).proportion_ci(method="wilson")
    wilson.append({"right": right, "n": n, "low": interval.low, "high": interval.high})

paired = []
for n in [3, 12, 60]:
    hard = rng.beta(1, 1, n)
    a = (rng.binomial(8, np.clip(hard + 0.1, 0, 1)) / 8).tolist()
    b = (rng.binomial(8, hard) / 8).tolist()
    interval = stats.ttest_rel(a, b).confidence_interval(0.95)
    mean = float(np.mean(np.subtract(a, b)))
    paired.append({"a": a, "b": b, "mean": mean, "low": interval.low, "high": interval.high})

golden = {"shares": shares, "wilson": wilson, "paired": paired}
Path(__file__).with_name("intervals.json").write_text(json.dumps(golden, indent=1) + "\n")
