"""The peer: what a skilled user would write in Python for the same job, as fast as we could make it.

OpenCV decodes, OpenVINO classifies and gives the feature map, NumPy makes the class activation map, OpenCV draws it,
and ffmpeg encodes what comes through a pipe and copies the sound. What makes it fast is marked "faster:" below;
docs/project/benchmarks.md says what was tried.
"""

import argparse
import fcntl
import queue
import subprocess
import threading
import time
from collections import deque
from pathlib import Path

import cv2
import numpy as np
import openvino as ov
from openvino.preprocess import ColorFormat, PrePostProcessor

SMOOTHING_SECONDS = 0.2


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--input", required=True)
    parser.add_argument(
        "--model", required=True, help="ONNX, RGB in -1...1, global average pooling and one dense layer"
    )
    parser.add_argument("--labels", help="one name a line")
    parser.add_argument("--out", required=True)
    parser.add_argument("--preset", default="veryfast")
    parser.add_argument("--crf", default="23")
    parser.add_argument("--precision", default="auto", help="of the inference: auto (the engine's choice), f32, bf16, f16")
    parser.add_argument("--cache", help="folder for compiled models")
    parser.add_argument("--pipe", choices=["bgr24", "yuv420p"], default="bgr24", help="the frames' format in the pipe")
    parser.add_argument("--requests", type=int, default=2, help="inferences in flight; 1 is the plain synchronous call")
    parser.add_argument("--one-thread", action="store_true", help="read, infer, draw and write in one thread")
    return parser.parse_args()


class Classifier:
    """The compiled model with its feature map as second output, and the dense layer's weights `[classes, channels]`."""

    def __init__(self, path, cache, requests, precision):
        core = ov.Core()
        if cache:
            core.set_property({"CACHE_DIR": cache})
        model = core.read_model(path)
        model.reshape([1, *list(model.input().partial_shape)[1:]])
        dense = self.back_to(model.output(0).node, "MatMul")
        pool = self.back_to(dense, "ReduceMean")
        weights = dense.input_value(1).get_node().data.astype(np.float32)
        self.weights = np.ascontiguousarray(weights if dense.get_attributes()["transpose_b"] else weights.T)
        model.add_outputs(pool.input_value(0))

        # Faster: the engine turns bytes into floats while it lays out the first convolution's input.
        processor = PrePostProcessor(model)
        picture = processor.input()
        picture.tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC")).set_color_format(ColorFormat.BGR)
        picture.preprocess().convert_element_type(ov.Type.f32).convert_color(ColorFormat.RGB).mean(127.5).scale(127.5)
        picture.model().set_layout(ov.Layout("NCHW"))
        hint = {"PERFORMANCE_HINT": "THROUGHPUT"} if requests > 1 else {}
        if precision != "auto":
            hint["INFERENCE_PRECISION_HINT"] = precision
        compiled = core.compile_model(processor.build(), "CPU", hint)
        self.requests = deque(compiled.create_infer_request() for _ in range(requests))

    @staticmethod
    def back_to(node, kind):
        while node.get_type_name() != kind:
            node = node.input_value(0).get_node()
        return node


class Painter:
    def __init__(self, weights, labels, size, rate, as_yuv):
        self.weights, self.labels, self.size, self.as_yuv = weights, labels, size, as_yuv
        self.share = 1 - np.exp(-1 / (rate * SMOOTHING_SECONDS))
        self.map = None

    def paint(self, frame, logits, features):
        """The frame with the top class's map and name over it; logits `[classes]`, features `[channels, h, w]`."""
        exponentials = np.exp(logits - logits.max())
        top = int(exponentials.argmax())
        # Faster: a matrix product over the flattened map, not np.tensordot or einsum.
        raw = (self.weights[top] @ features.reshape(len(features), -1)).reshape(features.shape[1:])
        self.map = raw if self.map is None else self.map + self.share * (raw - self.map)
        low, high = self.map.min(), self.map.max()
        # Faster: 8 bits before the resize, for one byte a pixel instead of four.
        small = ((self.map - low) * (255 / max(high - low, 1e-6))).astype(np.uint8)
        heat = cv2.applyColorMap(cv2.resize(small, self.size), cv2.COLORMAP_TURBO)
        out = cv2.addWeighted(frame, 0.5, heat, 0.5, 0, dst=heat)
        name = self.labels[top] if self.labels else f"class {top}"
        text = f"{name} {100 * exponentials[top] / exponentials.sum():.1f} %"
        place, scale = (20, self.size[1] // 14), self.size[1] / 600
        cv2.putText(out, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, (0, 0, 0), 5, cv2.LINE_AA)
        cv2.putText(out, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, (255, 255, 255), 2, cv2.LINE_AA)
        return cv2.cvtColor(out, cv2.COLOR_BGR2YUV_I420) if self.as_yuv else out


def read(capture):
    while True:
        more, frame = capture.read()
        if not more:
            return
        yield frame


def explain(frames, classifier, painter):
    """Faster: the next frame's inference runs while this one is drawn."""
    flying = deque()

    def land():
        frame, request = flying.popleft()
        request.wait()
        picture = painter.paint(frame, request.get_output_tensor(0).data[0], request.get_output_tensor(1).data[0])
        classifier.requests.append(request)
        return picture

    for frame in frames:
        if not classifier.requests:
            yield land()
        request = classifier.requests.popleft()
        target = request.get_input_tensor().data[0]
        cv2.resize(frame, (target.shape[1], target.shape[0]), dst=target)  # faster: straight into the engine's memory
        request.start_async()
        flying.append((frame, request))
    while flying:
        yield land()


def ahead(items):
    """Faster: what makes the items runs in a thread of its own; OpenCV, OpenVINO and the pipe release Python's lock."""
    waiting = queue.Queue(maxsize=4)

    def fill():
        for item in items:
            waiting.put(item)
        waiting.put(None)

    threading.Thread(target=fill, daemon=True).start()
    while (item := waiting.get()) is not None:
        yield item


def encoder(arguments, size, rate):
    process = subprocess.Popen(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", arguments.pipe]
        + [
            "-s",
            f"{size[0]}x{size[1]}",
            "-r",
            str(rate),
            "-i",
            "-",
            "-i",
            arguments.input,
            "-map",
            "0:v",
            "-map",
            "1:a?",
        ]
        + ["-c:v", "libx264", "-preset", arguments.preset, "-crf", arguments.crf, "-pix_fmt", "yuv420p"]
        + ["-c:a", "copy", arguments.out],
        stdin=subprocess.PIPE,
        bufsize=0,
    )
    # Faster: a pipe of 1 MB (the most that a user may ask for) instead of 64 KB, so 16 times fewer switches.
    fcntl.fcntl(process.stdin.fileno(), fcntl.F_SETPIPE_SZ, 1 << 20)
    return process


def main():
    arguments = parse_arguments()
    classifier = Classifier(arguments.model, arguments.cache, arguments.requests, arguments.precision)
    labels = Path(arguments.labels).read_text().splitlines() if arguments.labels else None
    capture = cv2.VideoCapture(arguments.input)
    if not capture.isOpened():
        raise SystemExit(f"peer: cannot open {arguments.input}")
    size = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
    rate = capture.get(cv2.CAP_PROP_FPS)
    painter = Painter(classifier.weights, labels, size, rate, arguments.pipe == "yuv420p")
    process = encoder(arguments, size, rate)

    start, count = time.perf_counter(), 0
    threaded = (lambda items: items) if arguments.one_thread else ahead
    for picture in threaded(explain(threaded(read(capture)), classifier, painter)):
        rest = memoryview(picture).cast("B")
        while rest:
            rest = rest[process.stdin.write(rest) :]
        count += 1
    process.stdin.close()
    if process.wait() != 0:
        raise SystemExit("peer: ffmpeg failed")
    seconds = time.perf_counter() - start
    print(f"{count} frames, {count / seconds:.1f} frames/s")


if __name__ == "__main__":
    main()
