#!/usr/bin/env python3
"""Makes Tests/Fixtures/fit.json: what scikit-learn and SciPy say of small sets of features.

Needs: pip install scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
Heads: StandardScaler, then LogisticRegression with C = 1 / (n · l2), which minimises mean log loss + l2 / 2 · |W|². Of two
classes it fits one row of weights w, where softmax has w / 2 and -w / 2, so that C is doubled there. Weights and biases are
given for features as they are. Temperatures: SciPy's minimum of the log loss with the true class smoothed as in Platt 1999.
Evaluations: scikit-learn's metrics, SciPy's Wilson interval, and the expected calibration error in 15 bins.
"""

import json
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, log_loss, precision_recall_fscore_support
from sklearn.preprocessing import StandardScaler


def short(values, digits=6):
    return [float(f"{value:.{digits}g}") for value in np.asarray(values, np.float64).ravel()]


def features(random, counts, width):
    """Blobs that overlap, with features of different sizes, in 32 bits as they are written."""
    labels = np.repeat(np.arange(len(counts)), counts)
    middles = random.normal(0, 1, (len(counts), width))
    scale, shift = 10.0 ** random.uniform(-0.4, 0.4, width), random.normal(0, 3, width)
    rows = (middles[labels] + random.normal(0, 1, (len(labels), width))) * scale + shift
    return np.array(short(rows, 5)).reshape(rows.shape).astype(np.float32), labels


def heads():
    random = np.random.default_rng(16)
    for counts, width, l2, balanced in [
        ([20, 20, 20], 5, 0.1, False),
        ([20, 20, 20], 5, 0.001, False),
        ([24, 8, 5, 13], 6, 0.03, False),
        ([24, 8, 5, 13], 6, 0.03, True),
        ([15, 25], 4, 0.1, False),
    ]:
        x, y = features(random, counts, width)
        scaler = StandardScaler().fit(x.astype(np.float64))
        c = (2 if len(counts) == 2 else 1) / (len(y) * l2)
        model = LogisticRegression(C=c, tol=1e-10, max_iter=10000, class_weight="balanced" if balanced else None)
        model.fit(scaler.transform(x.astype(np.float64)), y)
        weights, bias = model.coef_, model.intercept_
        if len(counts) == 2:
            weights, bias = np.concatenate([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
        weights = weights / scaler.scale_
        bias = bias - weights @ scaler.mean_
        yield dict(
            classes=len(counts), width=width, l2=l2, balanced=balanced, features=short(x, 8), labels=y.tolist(),
            # Adding a number to all biases changes nothing.
            weights=short(weights, 8), bias=short(bias - bias.mean(), 8))


def temperatures():
    random = np.random.default_rng(17)
    for n, classes, spread, right in [(400, 5, 6.0, 0.8), (400, 3, 0.5, 0.9), (12, 2, 4.0, 1.0)]:
        y = random.integers(0, classes, n)
        aim = np.where(random.random(n) < right, y, random.integers(0, classes, n))
        scores = random.normal(0, spread / 4, (n, classes))
        scores[np.arange(n), aim] += spread
        scores = np.array(short(scores, 5)).reshape(scores.shape)
        true = (n + 1) / (n + 2)
        targets = np.full((n, classes), (1 - true) / (classes - 1))
        targets[np.arange(n), y] = true
        found = minimize_scalar(
            lambda b: -(targets * log_softmax(scores * b, 1)).sum() / n, bounds=(1e-3, 100), method="bounded",
            options=dict(xatol=1e-12))
        yield dict(
            classes=classes, scores=short(scores, 8), labels=y.tolist(), temperature=1 / found.x,
            logLoss=-log_softmax(scores * found.x, 1)[np.arange(n), y].mean())


def evaluation():
    random = np.random.default_rng(18)
    n, classes = 150, 4
    y = random.choice([0, 1, 2], n, p=[0.5, 0.3, 0.2])  # nothing of the last class
    scores = random.normal(0, 1, (n, classes))
    scores[np.arange(n), y] += 1.5
    scores[:, 3] -= 2
    scores = np.array(short(scores, 5)).reshape(scores.shape)
    p = softmax(scores, 1)
    said, sure = p.argmax(1), p.max(1)
    hits = said == y
    place = np.ceil(sure * 15).astype(int) - 1
    ece = sum(abs(hits[place == b].mean() - sure[place == b].mean()) * (place == b).mean() for b in set(place))
    precision, recall, _, count = precision_recall_fscore_support(
        y, said, labels=range(classes), zero_division=np.nan)
    interval = binomtest(int(hits.sum()), n).proportion_ci(method="wilson")
    return dict(
        classes=classes, scores=short(scores, 8), labels=y.tolist(), confusion=confusion_matrix(
            y, said, labels=range(classes)).ravel().tolist(), accuracy=hits.mean(), low=interval.low, high=interval.high,
        balancedAccuracy=balanced_accuracy_score(y, said), logLoss=log_loss(
            y, p, labels=range(classes)), calibrationError=ece, counts=count.tolist(),
        precision=[None if np.isnan(v) else v for v in precision],
        recall=[None if np.isnan(v) else v for v in recall])


def main():
    wilson = [(0, 3), (3, 3), (1, 10), (59, 60), (945, 1000)]
    golden = dict(
        heads=list(heads()), temperatures=list(temperatures()), evaluation=evaluation(),
        wilson=[dict(successes=k, count=n, low=i.low, high=i.high) for k, n in wilson
                for i in [binomtest(k, n).proportion_ci(method="wilson")]])
    path = Path(__file__).parent / "fit.json"
    path.write_text(json.dumps(golden, separators=(",", ":"), default=float).replace("},{", "},\n{") + "\n")


if __name__ == "__main__":
    main()
