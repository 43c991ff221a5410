"""Renders the views that the student learns from, and notes what the teacher sees in each.

The teacher is a big ImageNet classifier whose last feature map is a [channels, 7, 7] tensor. None of its weights enter
the student: only its answers do, as targets.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import openvino as ov

import photos as photographs
from cutouts import cut_out
from views import SIZE, Views

STORED = 176  # side of a stored view in pixels
# Views of each photograph: of the photograph, the first two whole, then pastes.
PHOTOGRAPHS, WHOLE, PASTES = 11, 2, 5
VIEWS = PHOTOGRAPHS + PASTES
BASIS = 128  # principal components that are kept of the teacher's feature map
JPEG_QUALITY = 92


class Teacher:
    """Feature maps of the ONNX classifier; input RGB, x / 127.5 - 1, 224 x 224."""

    def __init__(self, path, tensor):
        core = ov.Core()
        model = core.read_model(path)
        for node in model.get_ops():
            for output in node.outputs():
                if tensor in output.get_names():
                    model = ov.Model([output], model.get_parameters())
        model.reshape([VIEWS, 3, SIZE, SIZE])
        self.model = core.compile_model(
            model, "CPU", {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "bf16"})

    def __call__(self, pictures):
        """Features [VIEWS, 7, 7, channels] of pictures [VIEWS, SIZE, SIZE, 3]."""
        blob = np.ascontiguousarray(pictures.transpose(0, 3, 1, 2), np.float32) / 127.5 - 1
        return self.model([blob])[0].transpose(0, 2, 3, 1)


state = {}


def start(arguments, photos, masks, basis):
    state.update(
        views=Views(photos, masks), teacher=Teacher(arguments.teacher, arguments.tensor), basis=basis,
        seed=arguments.seed)


def look(index):
    """All views of one photograph."""
    views, rng = state["views"], np.random.default_rng([state["seed"], index])
    made = [views.photograph(rng, index, whole=i < WHOLE) for i in range(PHOTOGRAPHS)]
    made += [views.paste(rng, index) for _ in range(PASTES)]
    features = state["teacher"](np.stack([view.picture for view in made]))
    nothing = np.zeros((16, 16), np.uint8)
    coverage = np.stack([nothing if view.coverage is None else view.coverage for view in made])
    jpegs = []
    for view in made:
        small = cv2.resize(view.picture, (STORED, STORED), interpolation=cv2.INTER_AREA)
        jpegs.append(cv2.imencode(".jpg", small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes())
    pooled = features.mean(axis=(1, 2)).astype(np.float16)
    if state["basis"] is None:
        return jpegs, coverage, pooled, features[::4].astype(np.float16)
    mean, components = state["basis"]
    return jpegs, coverage, pooled, ((features - mean) @ components).astype(np.float16)


def principal_components(features):
    """Mean [channels] and the whitening map [channels, BASIS] of feature vectors [n, channels].

    Whitened with a floor, so that the weak components are not blown up to the strength of the first.
    """
    mean = features.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(features - mean, rowvar=False))
    values, vectors = values[::-1][:BASIS], vectors[:, ::-1][:, :BASIS]
    return mean, vectors / np.sqrt(values + 0.2 * values.mean())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of Caltech-101 with train.txt")
    parser.add_argument("--teacher", required=True, help="ONNX classifier with an RGB input, x / 127.5 - 1")
    parser.add_argument("--tensor", default="features/conv62/Relu6", help="its last feature map")
    parser.add_argument("--cache", type=Path, required=True, help="folder for the result")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(0)  # its threads do not survive the fork of the workers

    photos = photographs.load(arguments.data, "train")
    with ProcessPoolExecutor(arguments.workers) as pool:
        masks = list(pool.map(cut_out, photos.pictures, chunksize=32))
    print(f"{sum(mask is not None for mask in masks)} of {len(photos)} objects cut out", flush=True)

    rng = np.random.default_rng(arguments.seed)
    sample = rng.choice(len(photos), min(300, len(photos)), replace=False)
    with ProcessPoolExecutor(arguments.workers, initializer=start, initargs=(arguments, photos, masks, None)) as pool:
        seen = np.concatenate([dense.reshape(-1, dense.shape[-1]) for *_, dense in pool.map(look, sample, chunksize=8)])
    basis = principal_components(seen.astype(np.float32))

    jpegs, coverage, pooled, dense = [], [], [], []
    with ProcessPoolExecutor(arguments.workers, initializer=start, initargs=(arguments, photos, masks, basis)) as pool:
        for index, result in enumerate(pool.map(look, range(len(photos)), chunksize=8)):
            jpegs += result[0]
            for array, part in zip((coverage, pooled, dense), result[1:]):
                array.append(part)
            if index % 500 == 499:
                print(f"views of {index + 1} photographs", flush=True)
    offsets = np.cumsum([0] + [len(jpeg) for jpeg in jpegs])
    np.save(arguments.cache / "jpegs.npy", np.frombuffer(b"".join(jpegs), np.uint8))
    np.save(arguments.cache / "offsets.npy", offsets)
    np.save(arguments.cache / "coverage.npy", np.stack(coverage))
    np.save(arguments.cache / "pooled.npy", np.stack(pooled))
    np.save(arguments.cache / "dense.npy", np.stack(dense))
    np.save(arguments.cache / "labels.npy", photos.labels)
    (arguments.cache / "classes.txt").write_text("\n".join(photos.classes) + "\n")


if __name__ == "__main__":
    main()
