#!/usr/bin/env python3
"""Makes Tests/Fixtures/evaluate: a small net with random weights, a picture, maps of it, and what pytorch-grad-cam and torch-cam
say of them.

Needs: pip install grad-cam==1.5.7 torchcam==0.5.0 torch==2.15.0 onnx==1.23.2 numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0
net.onnx is the net for the engine; dependence.json has its weights, too, for tests that compute it themselves.
Curves are torch-cam's, and with a step a row those of Petsiuk et al. (their evaluation.py, by its rule); the blur is theirs.
ROAD, ARCC, complexity and coherency are pytorch-grad-cam's, without noise. ADCC is its paper's, eq. 4, of SciPy's correlation.
similarity.json: rank correlations are SciPy's, structural similarity scikit-image's with the window of its authors.
"""

import contextlib
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from pytorch_grad_cam.metrics.arcc import ARCC, Coherency, Complexity
from pytorch_grad_cam.metrics.cam_mult_image import DropInConfidence, IncreaseInConfidence
from pytorch_grad_cam.metrics.road import NoisyLinearImputer, ROADCombined, ROADLeastRelevantFirst, ROADMostRelevantFirst
from pytorch_grad_cam.utils.model_targets import ClassifierOutputSoftmaxTarget
from scipy.ndimage import gaussian_filter, zoom
from scipy.stats import pearsonr, spearmanr
from skimage.metrics import structural_similarity
from torchcam.metrics import DeletionInsertionMetric

FOLDER = Path(__file__).parent / "evaluate"
SIZE, CLASSES, CLASS = 32, 5, 2
MEAN, STD = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
PERCENTILES = [20, 40, 60, 80]


def short(values, digits=6):
    return [float(f"{value:.{digits}g}") for value in np.asarray(values, np.float64).ravel()]


def network():
    random = np.random.default_rng(20)
    sizes = [(6, 3, 3, 3), (6,), (8, 6, 3, 3), (8,), (CLASSES, 8), (CLASSES,)]
    scales = [0.35, 0.1, 0.35, 0.1, 2.5, 0.2]
    weights = [np.float32(short(random.normal(0, s, n), 5)).reshape(n) for n, s in zip(sizes, scales)]
    net = torch.nn.Sequential(
        torch.nn.Conv2d(3, 6, 3, 2, 1), torch.nn.ReLU(), torch.nn.Conv2d(6, 8, 3, 2, 1), torch.nn.ReLU(),
        torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(8, CLASSES)).eval()
    with torch.no_grad():
        for parameter, values in zip(net.parameters(), weights):
            parameter.copy_(torch.from_numpy(values))
    return net, weights


def write_onnx(weights):
    names = ["w1", "b1", "w2", "b2", "w3", "b3"]
    conv = dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    nodes = [
        helper.make_node("Conv", ["picture", "w1", "b1"], ["c1"], **conv), helper.make_node("Relu", ["c1"], ["r1"]),
        helper.make_node("Conv", ["r1", "w2", "b2"], ["c2"], **conv), helper.make_node("Relu", ["c2"], ["r2"]),
        helper.make_node("GlobalAveragePool", ["r2"], ["p"]), helper.make_node("Flatten", ["p"], ["f"]),
        helper.make_node("Gemm", ["f", "w3", "b3"], ["scores"], transB=1)]
    graph = helper.make_graph(
        nodes, "evaluate", [helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["n", 3, SIZE, SIZE])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", CLASSES])],
        [numpy_helper.from_array(w, n) for w, n in zip(weights, names)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, FOLDER / "net.onnx")


def drawn():
    random = np.random.default_rng(21)
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(float)
    waves = [110 + 60 * np.sin(x / (2 + c)) + 50 * np.cos(y / (3 - 0.6 * c)) for c in range(3)]
    picture = np.stack(waves, -1) + random.normal(0, 12, (SIZE, SIZE, 3))
    picture[8:18, 10:24] = (210, 60, 40)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def scaled(values, spread):
    """In 0...1, and with a little of a ramp in random order, so that no two places are equal and no order is a matter of taste."""
    values = (values - values.min()) / (values.max() - values.min()) * 0.95 + spread.reshape(SIZE, SIZE) / SIZE**2 * 0.05
    values = np.float32(short(values, 6)).reshape(SIZE, SIZE)
    assert len(np.unique(values)) == SIZE**2
    return values


def maps():
    random = np.random.default_rng(22)
    noise = random.uniform(0, 1, (SIZE, SIZE))
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    blob = np.exp(-((x - 17) ** 2 / 90 + (y - 13) ** 2 / 40))
    small = zoom(random.uniform(0, 1, (7, 7)), SIZE / 7, order=1, grid_mode=True, mode="nearest")
    all_maps = {"blob": blob, "noise": noise, "enlarged": small, "cold": -blob}
    return {name: scaled(values, random.permutation(SIZE**2)) for name, values in all_maps.items()}


class Given:
    """What torch-cam takes for a method: one that gives a map that is there already."""

    def __init__(self, net, cam):
        self.model, self.cam = net, torch.from_numpy(cam)[None]

    def __call__(self, class_idx, scores, **_):
        return [self.cam]

    def fuse_cams(self, cams):
        return cams[0]

    def _hooks_off(self):
        return contextlib.nullcontext()


def curves(net, x, cam, blurred, steps):
    softmax = lambda y: torch.softmax(y, -1)
    found = {}
    for name, baseline in [("deletion", None), ("insertion", blurred)]:
        metric = DeletionInsertionMetric(Given(net, cam), softmax, steps=steps, baseline=baseline)
        metric.update(x, CLASS)
        found[name] = metric.summary()[f"{name}_auc"]
    return found


def petsiuk(net, x, cam, blurred):
    """evaluation.py's CausalMetric.single_run with a step of one row."""
    order = np.argsort(cam.ravel(), kind="stable")[::-1].copy()
    found = {}
    for name, start, finish in [("deletion", x, torch.zeros_like(x)), ("insertion", blurred, x)]:
        current, scores = start.clone(), []
        for step in range(SIZE + 1):
            with torch.no_grad():
                scores.append(torch.softmax(net(current), 1)[0, CLASS].item())
            places = order[SIZE * step : SIZE * (step + 1)]
            current.view(1, 3, -1)[0, :, places] = finish.reshape(1, 3, -1)[0, :, places]
        scores = np.array(scores)
        found[name] = (scores.sum() - scores[0] / 2 - scores[-1] / 2) / (len(scores) - 1)
    return found


def dependence():
    net, weights = network()
    write_onnx(weights)
    # Noise is another test's.
    NoisyLinearImputer.__init__.__defaults__ = (0, NoisyLinearImputer.__init__.__defaults__[1])
    picture = drawn()
    x = torch.from_numpy(((picture / np.float32(255) - MEAN) / STD).transpose(2, 0, 1))[None].float()
    dirac = np.zeros((11, 11))
    dirac[5, 5] = 1
    kernel = torch.from_numpy(gaussian_filter(dirac, 5)).float()
    blurred = torch.nn.functional.conv2d(x, kernel.expand(3, 1, 11, 11), padding=5, groups=3)
    targets = [ClassifierOutputSoftmaxTarget(CLASS)]
    whole = torch.softmax(net(x), 1)[0, CLASS].item()
    golden = dict(
        size=SIZE, classes=CLASSES, classID=CLASS, mean=short(MEAN), std=short(STD), picture=picture.ravel().tolist(),
        weights=[short(w) for w in weights], probability=whole, blurred=short(blurred.numpy()[0, :, ::5, ::3]), maps={})
    all_maps = maps()
    for name, cam in all_maps.items():
        cams = cam[None]
        # The map of the picture times the map: any other one.
        again = all_maps["enlarged" if name != "enlarged" else "blob"]
        method = lambda input_tensor, targets: again[None]
        road = {
            kind: [
                float(metric(p)(x, cams, targets, net, return_diff=False)[0]) for p in PERCENTILES]
            for kind, metric in [("withoutHottest", ROADMostRelevantFirst), ("withoutColdest", ROADLeastRelevantFirst)]}
        drop = float(DropInConfidence()(x, cams, targets, net)[0])
        complexity = float(Complexity()(cams)[0])
        coherency = float(Coherency()(x, cams, targets, net, method)[0])
        by_correlation = (1 + pearsonr(cam.ravel().astype(float), again.ravel().astype(float))[0]) / 2
        imputed = ROADMostRelevantFirst(40)(x, cams, targets, net, return_visualization=True)[1]
        golden["maps"][name] = dict(
            heat=short(cam), again=short(again), steps20=curves(net, x, cam, blurred, 20),
            rows=petsiuk(net, x, cam, blurred), road=road,
            combined=float(ROADCombined(PERCENTILES)(x, cams, targets, net)[0]), drop=drop / whole,
            increase=float(IncreaseInConfidence()(x, cams, targets, net)[0]), complexity=complexity,
            coherency=coherency, imputed=short(imputed.numpy()[0, :, ::5, ::3]),
            arcc=float(ARCC(method, PERCENTILES)(x, cams, targets, net)[0]),
            adcc=3 / (1 / by_correlation + 1 / (1 - complexity) + 1 / (1 - drop / whole)))
    (FOLDER / "dependence.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


def similarity():
    random = np.random.default_rng(23)
    cases = []
    for kind in ["noise", "near", "ties", "signed"]:
        one = gaussian_filter(random.normal(0, 1, (24, 20)), 2)
        other = gaussian_filter(random.normal(0, 1, (24, 20)), 2)
        if kind == "near":
            other = one + 0.2 * other
        one, other = [(m - m.min()) / (m.max() - m.min()) for m in (one, other)]
        if kind == "ties":
            one, other = np.round(one * 4) / 4, np.maximum(other - 0.5, 0)
        if kind == "signed":
            other = 1 - one + 0.05 * other
            other = (other - other.min()) / (other.max() - other.min())
        one, other = [np.float32(short(m, 5)).reshape(24, 20) for m in (one, other)]
        ssim = structural_similarity(
            one.astype(float), other.astype(float), gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
            data_range=1)
        cases.append(dict(
            kind=kind, height=24, width=20, one=short(one), other=short(other),
            rankCorrelation=float(spearmanr(one.ravel(), other.ravel())[0]), structuralSimilarity=float(ssim)))
    (FOLDER / "similarity.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")


FOLDER.mkdir(exist_ok=True)
dependence()
similarity()
