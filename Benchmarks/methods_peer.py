"""pytorch-grad-cam on one net: a round of everything for each line on standard input, answered by a line of JSON.

methods_peer.py NET SECONDS CONTESTANT...: what is timed, and for how long each, at least three times over.
"""

import json
import os
import statistics
import sys
import time

os.environ["TQDM_DISABLE"] = "1"  # no progress bars

import torch
from pytorch_grad_cam import AblationCAM, GradCAM, ScoreCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

from methods_nets import CLASS, SIDE, build


def contestants(name):
    """What can be timed: functions of nothing. Each has a net of its own, as methods leave hooks in theirs."""
    picture = torch.randn(1, 3, SIDE, SIDE)
    targets = [ClassifierOutputTarget(CLASS)]

    def forward():
        net, _ = build(name)

        def run():
            with torch.inference_mode():
                net(picture)

        return run

    def method(kind, batch=None):
        net, layer = build(name)
        cam = kind(model=net, target_layers=[layer])
        if batch:
            cam.batch_size = batch
        return lambda: cam(input_tensor=picture, targets=targets)

    return {
        "forward": forward,
        "gradcam": lambda: method(GradCAM),
        "scorecam": lambda: method(ScoreCAM),
        "scorecam 32": lambda: method(ScoreCAM, 32),
        "ablationcam": lambda: method(AblationCAM),
    }


def median_ms(run, seconds):
    """Of as many calls as fit; of one where it takes longer than that."""
    times, start = [], time.perf_counter()
    while not times or time.perf_counter() - start < seconds or (len(times) < 3 and times[0] < 1):
        before = time.perf_counter()
        run()
        times.append(time.perf_counter() - before)
    return 1e3 * statistics.median(times)


def main():
    name, seconds, wanted = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    makers = contestants(name)
    runs = {contestant: makers[contestant]() for contestant in wanted}
    for run in runs.values():
        median_ms(run, 0)
    print(json.dumps({"threads": torch.get_num_threads()}), flush=True)
    for _ in sys.stdin:
        print(json.dumps({contestant: median_ms(run, seconds) for contestant, run in runs.items()}), flush=True)


if __name__ == "__main__":
    main()
