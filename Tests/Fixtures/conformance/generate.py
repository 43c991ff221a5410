#!/usr/bin/env python3
"""Makes NET.onnx and NET.json of this folder: pictures, logits, activations, gradients and raw maps of small classifiers,
by pytorch-grad-cam, by torch-cam and by the papers' formulas; and captum.json with captum's own test net.

Needs: pip install torch==2.15.0 grad-cam==1.5.7 torchcam==0.5.0 captum==0.9.0 onnx==1.23.2 numpy==2.4.6
All is computed in 64 bits and written with six digits.
"""

import json
from pathlib import Path

import numpy as np
import torch

import captum_net
import formulas as f
import inputs
import libraries
import nets
from formulas import rounded

HERE = Path(__file__).parent
CLASSES = [1, 4]
# Which do not look at a class.
CLASSLESS = ["eigencam", "fem", "kpca-cam", "features"]
CHANNELS = slice(2, 5)
REFERENCES = 3
GAUSSIAN = np.outer([1, 2, 1], [1, 2, 1]) / 16


class Layer:
    """A target tensor of a net with its picture: A, G of all classes, and what is behind it as a function."""

    def __init__(self, net, module, picture):
        self.net, self.module, self.picture = net, module, picture
        kept = []
        handle = module.register_forward_hook(lambda _, __, output: kept.append(output))
        y = net(picture)[0]
        handle.remove()
        self.output = kept[0].detach()
        self.is_tokens = self.output.ndim == 3
        self.reshape = nets.tokens_to_grid if self.is_tokens else None
        self.logits = y.detach().numpy()
        self.A = self.grid(kept[0].detach())
        self.raw_gradients = [torch.autograd.grad(score, kept[0], retain_graph=True)[0] for score in y]
        self.G = [self.grid(gradient) for gradient in self.raw_gradients]

    def grid(self, tensor):
        """[1, channels, h, w] or tokens -> [channels, h, w]."""
        return (self.reshape(tensor) if self.is_tokens else tensor)[0].numpy()

    def tensor(self, A):
        """The other way: [n, channels, h, w] -> what the layer gives out, with the class token as it was."""
        A = torch.as_tensor(A)
        if not self.is_tokens:
            return A
        return torch.cat([self.output[:, :1].expand(len(A), -1, -1), A.flatten(2).transpose(1, 2)], 1)

    def run(self, output):
        """What the net says when the layer gives this out; [n, classes]."""
        handle = self.module.register_forward_hook(lambda *_: output)
        try:
            return self.net(self.picture.expand(len(output), -1, -1, -1))
        finally:
            handle.remove()

    def noisy_gradients(self, class_id, draws=10, seed=1, share=0.15):
        """dy/dA of pictures with normal noise, its deviation a share of the picture's range: [draws, channels, h, w]."""
        kept = []
        handle = self.module.register_forward_hook(lambda _, __, output: kept.append(output))
        for draw in range(draws):
            noise = torch.as_tensor(f.normal_noise(self.picture.numel(), seed, draw)).reshape(self.picture.shape)
            deviation = share * (self.picture.max() - self.picture.min())
            score = self.net(self.picture + deviation * noise)[0, class_id]
            kept[-1] = self.grid(torch.autograd.grad(score, kept[-1])[0])
        handle.remove()
        return kept

    def head(self, class_id):
        return lambda A: self.run(self.tensor(A)).detach().numpy()[:, class_id]

    def scores(self, class_id):
        """Of pictures, [n, 3, H, W] -> [n]."""
        return lambda pictures: self.net(torch.as_tensor(pictures)).detach().numpy()[:, class_id]

    def curvature(self, class_id):
        """G and H A, with G and H the first and second derivatives of logit + log-softmax."""
        at = self.output.clone().requires_grad_()
        y = self.run(at)[0]
        G = torch.autograd.grad(y[class_id] + y.log_softmax(0)[class_id], at, create_graph=True)[0]
        return self.grid(G.detach()), self.grid(torch.autograd.grad(G, at, self.output)[0])


def contrast(layer, class_id):
    """G of y_c less the nearest classes' scores, weighted by their softmax, which is differentiated, too: Zhang et al. 2025,
    eq. 5, as in the authors' code."""
    far = np.abs(layer.logits - layer.logits[class_id])
    nearest = [c for c in np.argsort(far, kind="stable") if c != class_id][:REFERENCES]
    y = torch.tensor(layer.logits, requires_grad=True)
    target = y[class_id] - (y[nearest].softmax(0) * y[nearest]).sum()
    (weights,) = torch.autograd.grad(target, y)
    return sum(weight * G for weight, G in zip(weights.numpy(), layer.G))


def formula(method, layer, class_id, net_name, layer_name):
    """The paper's raw map; None where the method does not exist for the layer."""
    A, G, picture = layer.A, layer.G[class_id], layer.picture[0].numpy()
    simple = {
        "gradcam": f.gradcam, "gradcam++": f.gradcam_plus_plus, "hirescam": f.hirescam,
        "gradcam-elementwise": f.elementwise, "xgradcam": f.xgradcam, "layercam": f.layercam,
    }
    if method in simple:
        return simple[method](A, G)
    if method == "smooth-gradcam++":
        return f.smooth_gradcam_plus_plus(A, layer.noisy_gradients(class_id))
    if method == "cam":
        if net_name in ("gap", "silu") and layer_name == "last":
            return f.weighted(A, layer.net[-1].weight[class_id].detach().numpy())
        return A[class_id] if net_name == "squeeze" and layer_name == "last" else None
    if method == "eigencam":
        return f.first_component(A)
    if method == "eigengradcam":
        return f.first_component(G * A)
    if method == "fem":
        return f.fem(A)
    if method == "kpca-cam":
        return f.kpca(A)
    if method == "features":
        return f.features(A, CHANNELS)
    if method == "scorecam":
        return f.weighted(A, f.score_weights(A, picture, layer.scores(class_id)))
    if method == "is-cam":
        return f.weighted(A, f.score_weights(A, picture, layer.scores(class_id), 10, "integrated"))
    if method == "ablationcam":
        return None if layer.is_tokens else f.weighted(A, f.ablation_weights(A, layer.head(class_id)))
    if method == "reciprocam":
        return None if layer.is_tokens else f.reciprocam(A, layer.head(class_id))
    if method == "vit-reciprocam":
        return f.reciprocam(A, layer.head(class_id), GAUSSIAN) if layer.is_tokens else None
    if method == "shapleycam":  # Cai 2025, eq. 20
        G, product = layer.curvature(class_id)
        return f.gradcam(A, G - 0.5 * product)
    if method == "finercam":
        return f.gradcam(A, contrast(layer, class_id))
    raise ValueError(method)


METHODS = [
    "cam", "gradcam", "gradcam++", "smooth-gradcam++", "hirescam", "gradcam-elementwise", "xgradcam", "layercam",
    "eigencam", "eigengradcam", "scorecam", "is-cam", "ablationcam", "reciprocam", "vit-reciprocam", "fem", "kpca-cam", "shapleycam",
    "finercam", "features",
]


def maps(net, net_name, layer, layer_name):
    for method in METHODS:
        for class_id in CLASSES[:1] if method in CLASSLESS or layer_name == "early" else CLASSES:
            raw = formula(method, layer, class_id, net_name, layer_name)
            if raw is None:
                continue
            # Scores that differ in their last digits only.
            digits = 9 if "reciprocam" in method else 6
            entry = {"method": method, "layer": layer_name, "class": class_id, "formula": rounded(raw, digits)}
            arguments = (net, layer.module, layer.picture, class_id, layer.reshape)
            try:
                if method in libraries.PYTORCH_GRAD_CAM:
                    theirs, final = libraries.of_pytorch_grad_cam(method, *arguments)
                    entry["pytorch-grad-cam"] = rounded(theirs)
                    # One for each net is enough to show that the pipelines behind agree.
                    if layer_name == "last" and class_id == CLASSES[0] and method in ("gradcam", "layercam"):
                        entry["pytorch-grad-cam final"] = rounded(final)
            except (RuntimeError, ValueError) as error:
                entry["pytorch-grad-cam error"] = str(error).split(".")[0]
            if method in libraries.TORCH_CAM and (method != "cam" or net_name != "squeeze"):
                entry["torch-cam"] = rounded(libraries.of_torch_cam(method, *arguments))
            yield entry


def main():
    for name in nets.NETS:
        net, targets, pixels = nets.make(name)
        scores, tensor_of = nets.write(net, name, HERE / f"{name}.onnx")
        net.double()
        picture = nets.normalised(pixels)
        layers = {key: Layer(net, module, picture) for key, module in targets.items()}
        golden = {
            "scores": scores, "classes": CLASSES, "pixels": pixels.flatten().tolist(),
            "logits": rounded(layers["last"].logits),
            "layers": {
                key: {
                    "tensor": tensor_of(layer.module), "shape": list(layer.A.shape), "tokens": layer.is_tokens,
                    "activations": rounded(layer.A), "gradients": [rounded(G) for G in layer.G],
                }
                for key, layer in layers.items()
            },
            "maps": [entry for key, layer in layers.items() for entry in maps(net, name, layer, key)],
            "inputs": inputs.goldens(net, layers["last"], CLASSES[0]) if name != "vit" else [],
        }
        (HERE / f"{name}.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    captum_net.write(HERE)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
