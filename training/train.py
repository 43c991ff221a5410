"""Trains the student on the views that prepare.py rendered, towards the labels and towards what the teacher saw."""

import argparse
import copy
import math
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from batches import Cache, batches
from network import Student, normalise
from prepare import WHOLE

# (epochs, side of the input in pixels): cheap small pictures first, the size of use last.
SCHEDULE = [(40, 96), (60, 128), (10, 160)]
BATCH = 64
PEAK_RATE = 3e-3
WEIGHT_DECAY = 0.05
MIXUP = 0.2
HARD = 0.5  # share of the label in the target; the rest is the teacher's answer
DENSE_WEIGHT = 2.0
PLACE_WEIGHT = 0.15
FOLDS = 5


def teacher_answers(cache, classes, seed):
    """Probabilities [photographs, views, classes] of linear classifiers on the teacher's pooled features.

    A photograph's answer comes from a classifier that was trained without it, so that it says what the teacher
    really makes of it.
    """
    count, views, width = cache.pooled.shape
    fold = np.random.default_rng(seed).permutation(count) % FOLDS
    answers = np.empty((count, views, classes), np.float32)
    scale = cache.pooled[:, 0].astype(np.float32).std()
    for k in range(FOLDS):
        inside, outside = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        x = torch.from_numpy(cache.pooled[inside].astype(np.float32) / scale)
        y = torch.from_numpy(cache.labels[inside])
        head = nn.Linear(width, classes)
        steps = 1500
        optimiser = torch.optim.AdamW(head.parameters(), lr=2e-3, weight_decay=0.1)
        rate = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
        for _ in range(steps):
            rows = torch.randint(len(inside), (256,))
            loss = F.cross_entropy(head(x[rows, torch.randint(views, (256,))]), y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            rate.step()
        with torch.no_grad():
            seen = torch.from_numpy(cache.pooled[outside].astype(np.float32) / scale)
            answers[outside] = head(seen).softmax(dim=-1).numpy()
    right = answers.argmax(axis=-1) == cache.labels[:, None]
    print(f"teacher on photographs it was not fitted to: whole {right[:, :WHOLE].mean():.3f}, all views {right.mean():.3f}")
    return answers


def rate_at(progress):
    """One cycle: up in the first twentieth, then down along a cosine."""
    if progress < 0.05:
        return progress / 0.05
    return 0.5 * (1 + math.cos(math.pi * (progress - 0.05) / 0.95))


def place_loss(class_map, coverage):
    """How little of the true class's map (softmax over its cells) lies on the object; only where its place is known."""
    known = coverage.amax(dim=(1, 2)) > 0.5
    if not known.any():
        return class_map.sum() * 0
    share = class_map[known].flatten(1).softmax(dim=1) * (coverage[known].flatten(1) > 0.25)
    return -(share.sum(dim=1) + 1e-4).log().sum() / len(coverage)


def step_loss(student, projector, batch, rng):
    order = torch.randperm(len(batch.labels))
    share = float(rng.beta(MIXUP, MIXUP))
    share = max(share, 1 - share)

    def mix(values):
        return values * share + values[order] * (1 - share)

    pictures = mix(normalise(batch.pictures)).contiguous(memory_format=torch.channels_last)
    labels = F.one_hot(batch.labels, batch.targets.shape[1])
    target = mix(HARD * labels + (1 - HARD) * batch.targets)
    with torch.autocast("cpu", torch.bfloat16):
        features = student.features(pictures)
        projected = projector(features)
    features = features.float()
    logits = student.dense(features.mean(dim=(2, 3)))
    class_map = torch.einsum("nchw,nc->nhw", features, student.dense.weight[batch.labels])
    answer = -(target * logits.log_softmax(dim=1)).sum(dim=1).mean()
    dense = F.mse_loss(projected.float().permute(0, 2, 3, 1), mix(batch.dense))
    place = place_loss(class_map, batch.coverage)
    return answer + DENSE_WEIGHT * dense + PLACE_WEIGHT * place, (answer.item(), dense.item(), place.item())


@torch.no_grad()
def accuracy(student, cache, photographs, size, views=range(WHOLE)):
    """Share of right answers for some views of photographs."""
    student.eval()
    right = []
    for view in views:
        for start in range(0, len(photographs), 256):
            chosen = photographs[start : start + 256]
            pictures = np.stack([cv2.resize(
                cache.picture(p, view), (size, size), interpolation=cv2.INTER_AREA)[..., ::-1] for p in chosen])
            with torch.autocast("cpu", torch.bfloat16):
                logits = student(normalise(torch.from_numpy(pictures)).contiguous(memory_format=torch.channels_last))
            right.append(logits.argmax(dim=1).numpy() == cache.labels[chosen])
    student.train()
    return np.concatenate(right).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="folder that prepare.py wrote")
    parser.add_argument("--out", type=Path, required=True, help="file for the trained weights")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shorter", type=float, default=1, help="share of the epochs, for a trial")
    parser.add_argument("--hold-out", type=int, default=0, metavar="N", help="leave every Nth photograph out, and test on it")
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    rng = np.random.default_rng(arguments.seed)

    cache = Cache(arguments.cache)
    classes = len(cache.classes)
    soft = teacher_answers(cache, classes, arguments.seed)
    everything = np.arange(len(cache.labels))
    held = everything[:: arguments.hold_out] if arguments.hold_out else everything[:0]
    trained = np.setdiff1d(everything, held)

    student = Student(classes).to(memory_format=torch.channels_last)
    projector = nn.Conv2d(student.width, cache.dense.shape[-1], 1)
    average = copy.deepcopy(student)  # of the weights over the last steps; it is what is kept
    decayed = [p for p in [*student.parameters(), *projector.parameters()] if p.ndim > 1]
    plain = [p for p in [*student.parameters(), *projector.parameters()] if p.ndim <= 1]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": WEIGHT_DECAY}, {"params": plain, "weight_decay": 0}], lr=PEAK_RATE, fused=True)

    sizes = [size for epochs, size in SCHEDULE for _ in range(max(1, round(epochs * arguments.shorter)))]
    per_epoch = len(trained) // BATCH
    steps, step = per_epoch * len(sizes), 0
    begin = time.time()
    for epoch, size in enumerate(sizes):
        sums = np.zeros(3)
        for batch in batches(cache, soft, rng.permutation(trained), BATCH, size, rng):
            for group in optimiser.param_groups:
                group["lr"] = PEAK_RATE * rate_at(step / steps)
            loss, parts = step_loss(student, projector, batch, rng)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([*student.parameters(), *projector.parameters()], 5)
            optimiser.step()
            sums += parts
            step += 1
            decay = min(0.998, (1 + step) / (10 + step))
            with torch.no_grad():
                for kept, new in zip(average.state_dict().values(), student.state_dict().values()):
                    if kept.is_floating_point():
                        kept.lerp_(new, 1 - decay)
                    else:
                        kept.copy_(new)
        answer, dense, place = sums / per_epoch
        line = f"epoch {epoch + 1}/{len(sizes)} at {size}: answer {answer:.3f}, dense {dense:.3f}, place {place:.3f}"
        if len(held):
            line += f", held out {accuracy(average, cache, held, size):.3f}"
        print(f"{line}, {(time.time() - begin) / 60:.1f} min", flush=True)
        if epoch % 5 == 4 or epoch + 1 == len(sizes):
            part = arguments.out.with_suffix(".part")
            torch.save({"classes": cache.classes, "student": average.state_dict()}, part)
            part.replace(arguments.out)


if __name__ == "__main__":
    main()
