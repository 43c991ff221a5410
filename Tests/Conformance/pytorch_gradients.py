"""PyTorch's gradient of a score with respect to any tensor of a net, found by the tensor's values."""

import numpy as np
import torch
from torch.overrides import TorchFunctionMode


class Recording(TorchFunctionMode):
    """Keeps every tensor that a net computes, and lets autograd keep its gradient.

    What would overwrite a tensor (`x += y`) makes a new one instead.
    """

    NOT_IN_PLACE = {
        torch.Tensor.__iadd__: torch.Tensor.__add__, torch.Tensor.__imul__: torch.Tensor.__mul__,
        torch.Tensor.add_: torch.Tensor.add, torch.relu_: torch.relu,
    }

    def __init__(self):
        super().__init__()
        self.tensors = []

    def __torch_function__(self, function, types, arguments=(), named=None):
        named = dict(named or {})
        if named.get("inplace"):
            named["inplace"] = False
        result = self.NOT_IN_PLACE.get(function, function)(*arguments, **named)
        for tensor in result if isinstance(result, (tuple, list)) else [result]:
            if isinstance(tensor, torch.Tensor) and tensor.requires_grad and tensor.is_floating_point():
                self.tensors.append(tensor)
        return result


def arrangements(tensor):
    """The tensor as an exporter may have turned it: channels last or first."""
    yield tensor
    if tensor.ndim == 4:
        yield tensor.permute(0, 3, 1, 2)
        yield tensor.permute(0, 2, 3, 1)
    if tensor.ndim == 3:
        yield tensor.transpose(1, 2)
        yield tensor.transpose(0, 1)
    # Tokens of a grid.
    if tensor.ndim == 4:
        yield tensor.flatten(1, 2)
        yield tensor.flatten(2).transpose(1, 2)


def gradient_at(net, picture, class_id, values):
    """dy/dA for the tensor A that has these values, of their shape; None if the net computes no such tensor."""
    with Recording() as recording:
        scores = net(picture.clone().requires_grad_())
    size = np.ptp(values) or 1
    for tensor in recording.tensors:
        if tensor.numel() != values.size:
            continue
        for index, turned in enumerate(arrangements(tensor)):
            found = turned.detach().numpy()
            if found.shape == values.shape and np.abs(found - values).max() < 1e-3 * size:
                (gradient,) = torch.autograd.grad(scores[0, class_id], tensor, allow_unused=True)
                if gradient is not None:
                    return list(arrangements(gradient))[index].numpy()
    return None
