"""The methods' formulas as in the papers, in NumPy, independent of any library and of camstream's own code.

All give the raw map, Float [height, width]: not rectified, not scaled. A and G are [channels, height, width], G = dy/dA.
"""

import numpy as np


def gradcam(A, G):
    """Selvaraju et al. 2017, eq. 1 and 2."""
    return np.einsum("k,khw->hw", G.mean((1, 2)), A)


def alpha(square, cube, A):
    """Chattopadhay et al. 2018, eq. 19: 0 where there is no gradient."""
    bottom = 2 * square + A.sum((1, 2), keepdims=True) * cube
    return np.divide(square, bottom, out=np.zeros_like(square), where=bottom != 0)


def gradcam_plus_plus(A, G):
    """Chattopadhay et al. 2018, eq. 19 and 7: only positive gradients, weighted by alpha."""
    weights = (alpha(G**2, G**3, A) * np.maximum(G, 0)).sum((1, 2))
    return np.einsum("k,khw->hw", weights, A)


def smooth_gradcam_plus_plus(A, gradients):
    """Omeiza et al. 2019, eq. 6 to 9; gradients: [draws, channels, height, width], of noisy pictures."""
    first, second, third = (np.mean([G**power for G in gradients], 0) for power in (1, 2, 3))
    weights = (alpha(second, third, A) * np.maximum(first, 0)).sum((1, 2))
    return np.einsum("k,khw->hw", weights, A)


def normal_noise(count, seed, draw):
    """The same numbers as camstream's: SplitMix64 (Steele et al. 2014), then Box and Muller 1958."""
    mask = 2**64 - 1
    state = (seed * 0x9E3779B97F4A7C15 + draw) & mask
    uniform = []
    for _ in range(2 * count):
        state = (state + 0x9E3779B97F4A7C15) & mask
        mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & mask
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB & mask
        uniform.append(((mixed ^ (mixed >> 31)) >> 11) / 2**53)
    uniform = np.array(uniform).reshape(count, 2)
    return np.sqrt(-2 * np.log(1 - uniform[:, 0])) * np.cos(2 * np.pi * uniform[:, 1])


def hirescam(A, G):
    """Draelos and Carin 2020, eq. 6."""
    return (G * A).sum(0)


def elementwise(A, G):
    """sum_k relu(G_k A_k): pytorch-grad-cam's GradCAMElementWise."""
    return np.maximum(G * A, 0).sum(0)


def xgradcam(A, G):
    """Fu et al. 2020, eq. 8: a channel without activation has no weight."""
    bottom = A.sum((1, 2))
    weights = np.divide((G * A).sum((1, 2)), bottom, out=np.zeros_like(bottom), where=bottom != 0)
    return np.einsum("k,khw->hw", weights, A)


def layercam(A, G):
    """Jiang et al. 2021, eq. 6."""
    return (np.maximum(G, 0) * A).sum(0)


def first_component(X):
    """Projection of [channels, height, width] on its first principal component, channels centred; the sign is free."""
    flat = X.reshape(len(X), -1).T
    flat = flat - flat.mean(0)
    _, vectors = np.linalg.eigh(flat.T @ flat)
    return (flat @ vectors[:, -1]).reshape(X.shape[1:])


def kpca(A):
    """Karmani et al. 2024: first component of kernel PCA with tanh(x.y / channels + 1) over centred places."""
    flat = A.reshape(len(A), -1).T
    flat = flat - flat.mean(0)
    kernel = np.tanh(flat @ flat.T / len(A) + 1)
    kernel = kernel - kernel.mean(0) - kernel.mean(1)[:, None] + kernel.mean()
    values, vectors = np.linalg.eigh(kernel)
    return (vectors[:, -1] * np.sqrt(values[-1])).reshape(A.shape[1:])


def fem(A):
    """Fuad et al. 2020, eq. 3 to 5: weight = share of places above mean + 2 standard deviations."""
    threshold = A.mean((1, 2), keepdims=True) + 2 * A.std((1, 2), keepdims=True)
    return np.einsum("k,khw->hw", (A > threshold).mean((1, 2)), A)


def features(A, channels):
    return A[channels].mean(0)


def weighted(A, weights):
    return np.einsum("k,khw->hw", weights, A)


def softmax(values):
    exponents = np.exp(values - values.max())
    return exponents / exponents.sum()


def bilinear(M, height, width, corners=False):
    """[..., h, w] -> [..., height, width]; pixel centres aligned (half-pixel), or the corners."""

    def matrix(size, target):
        if corners:
            at = np.arange(target) * ((size - 1) / (target - 1))
        else:
            at = np.clip((np.arange(target) + 0.5) * size / target - 0.5, 0, size - 1)
        low = np.minimum(at.astype(int), size - 2) if size > 1 else np.zeros(target, int)
        result = np.zeros((target, size))
        result[np.arange(target), low] = 1 - (at - low)
        if size > 1:
            result[np.arange(target), low + 1] += at - low
        return result

    return matrix(M.shape[-2], height) @ M @ matrix(M.shape[-1], width).T


def unit(M):
    """Min-max over the last two axes; a constant map is 0 everywhere."""
    low, high = M.min((-2, -1), keepdims=True), M.max((-2, -1), keepdims=True)
    return np.divide(M - low, high - low, out=np.zeros_like(M), where=high > low)


def score_weights(A, picture, scores, rounds=1, kind="score"):
    """Wang et al. 2020, eq. 4 to 6 and algorithm 1: softmax over channels of the score of the masked picture.

    The black picture's score is the same for all channels and cancels in the softmax. `kind` "integrated": Naidu et al.
    2020 (IS-CAM), eq. 4 and 5: the mean of the scores of masks times i / rounds, i = 1...rounds.

    scores: pictures [n, 3, H, W] -> [n], one class's.
    """
    masks = unit(bilinear(A, *picture.shape[1:]))[:, None]
    if kind == "integrated":
        return softmax(np.mean([scores(picture * masks * (i + 1) / rounds) for i in range(rounds)], 0))
    return softmax(scores(picture * masks))


def ablation_weights(A, head):
    """Desai and Ramaswamy 2020, eq. 4: share of the score that goes when a channel is set to 0."""
    y = head(A[None])[0]
    without = np.stack([A * (np.arange(len(A)) != k)[:, None, None] for k in range(len(A))])
    return (y - head(without)) / y


def reciprocam(A, head, kernel=None):
    """Byun and Lee 2022, eq. 3: the score when only one place of the features is left; here of the logit.

    kernel: [3, 3], what is left around the place; None: the place alone.
    """
    height, width = A.shape[1:]
    masks = np.zeros((height * width, 1, height + 2, width + 2))
    for row in range(height):
        for column in range(width):
            spread = np.zeros((3, 3))
            spread[1, 1] = 1
            masks[row * width + column, 0, row:row + 3, column:column + 3] = spread if kernel is None else kernel
    return head(A * masks[:, :, 1:-1, 1:-1]).reshape(height, width)


def rounded(values, digits=6):
    """For JSON."""
    return [float(f"{value:.{digits}g}") for value in np.asarray(values, float).ravel()]
