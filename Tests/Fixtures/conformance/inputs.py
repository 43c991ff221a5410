"""Goldens of methods that go down to the picture: saliency, guided backpropagation, Guided Grad-CAM, Full-Grad."""

import numpy as np
import torch
from pytorch_grad_cam import FullGrad, GuidedBackpropReLUModel
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn

import formulas as f
import libraries
from formulas import rounded


def guided_gradient(net, picture, class_id):
    """Springenberg et al. 2015: a ReLU lets through what is positive both forward and backward; [3, H, W]."""
    handles = [
        part.register_full_backward_hook(lambda _, inner, __: (inner[0].clamp(min=0),))
        for part in net.modules() if isinstance(part, nn.ReLU)
    ]
    x = picture.clone().requires_grad_()
    result = torch.autograd.grad(net(x)[0, class_id], x)[0][0].numpy()
    for handle in handles:
        handle.remove()
    return result


def full_gradient(net, picture, class_id):
    """x * dy/dx, [3, H, W], and bias * dy/d(bias) of each layer, [channels, h, w] or [units].

    A batch normalisation's bias is all that it adds: beta - gamma * mean / sqrt(variance + epsilon) (Srinivas and
    Fleuret 2019, sec. 3).
    """
    outputs, handles = [], []

    def bias(part):
        if isinstance(part, nn.BatchNorm2d):
            return part.bias - part.weight * part.running_mean / (part.running_var + part.eps).sqrt()
        return part.bias

    for part in net.modules():
        if isinstance(part, (nn.Conv2d, nn.Linear, nn.BatchNorm2d)) and part.bias is not None:
            handles.append(part.register_forward_hook(lambda part, _, y: outputs.append((bias(part).detach(), y))))
    x = picture.clone().requires_grad_()
    y = net(x)[0, class_id]
    for handle in handles:
        handle.remove()
    gradients = torch.autograd.grad(y, [x] + [output for _, output in outputs])
    terms = []
    for (b, _), G in zip(outputs, gradients[1:], strict=True):
        terms.append((b[:, None, None] if G.ndim == 4 else b).numpy() * G[0].numpy())
    return (x.detach() * gradients[0])[0].numpy(), terms, float(y.detach())


def fullgrad(net, picture, class_id):
    """The authors' saliency: each layer's absolute values, scaled to 0...1 over all its channels, enlarged corner to
    corner, all added; dense layers have no place. Without the authors' 1e-6 in the denominator, which makes the map depend
    on the scale of the scores."""
    product, terms, _ = full_gradient(net, picture, class_id)

    def scaled(values):
        values = np.abs(values)
        values = values - values.min()
        return values / values.max() if values.max() > 0 else values

    total = scaled(product).sum(0)
    for term in terms:
        if term.ndim == 3:
            total = total + f.bilinear(scaled(term), *picture.shape[2:], corners=True).sum(0)
    return total


def strongest(gradient):
    """Of the colours, [3, H, W] -> [H, W]."""
    return np.abs(gradient).max(0)


def goldens(net, layer, class_id):
    picture = layer.picture
    x = picture.clone().requires_grad_()
    gradient = torch.autograd.grad(net(x)[0, class_id], x)[0][0].numpy()
    product, terms, y = full_gradient(net, picture, class_id)
    is_rectified = not any(isinstance(part, nn.SiLU) for part in net.modules())
    if is_rectified:
        assert abs(product.sum() + sum(term.sum() for term in terms) - y) < 1e-9
    with libraries.quiet():
        cam = FullGrad(net, [])
        # As it gives it out: it is scaled within, too.
        final = cam(picture.clone(), [ClassifierOutputTarget(class_id)])[0]
        cam.activations_and_grads.release()
    maps = {
        "saliency": {"formula": strongest(gradient)},
        "fullgrad": {"formula": fullgrad(net, picture, class_id), "pytorch-grad-cam": final},
    }
    if is_rectified:
        guided = guided_gradient(net, picture, class_id)
        theirs = GuidedBackpropReLUModel(net)(picture.clone(), class_id).transpose(2, 0, 1)
        maps["guided-backprop"] = {"formula": strongest(guided), "pytorch-grad-cam": strongest(theirs)}
        # Selvaraju et al. 2017, sec. 3.2.
        region = f.bilinear(np.maximum(f.gradcam(layer.A, layer.G[class_id]), 0), *picture.shape[2:])
        maps["guided-gradcam"] = {"formula": strongest(guided) * region}
    return [
        {"method": method, "class": class_id, **{key: rounded(values) for key, values in found.items()}}
        for method, found in maps.items()
    ]
