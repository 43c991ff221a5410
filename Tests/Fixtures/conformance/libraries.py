"""Raw maps of pytorch-grad-cam and torch-cam: Float [height, width], before their ReLU and scaling."""

import contextlib
import io
import warnings

import numpy as np
import pytorch_grad_cam as pgc
import torch
import torchcam.methods as tc
from pytorch_grad_cam.utils.model_targets import ClassifierOutputReST, ClassifierOutputTarget

PYTORCH_GRAD_CAM = {
    "gradcam": pgc.GradCAM, "gradcam++": pgc.GradCAMPlusPlus, "hirescam": pgc.HiResCAM,
    "gradcam-elementwise": pgc.GradCAMElementWise, "xgradcam": pgc.XGradCAM, "layercam": pgc.LayerCAM,
    "eigencam": pgc.EigenCAM, "eigengradcam": pgc.EigenGradCAM, "scorecam": pgc.ScoreCAM, "ablationcam": pgc.AblationCAM,
    "fem": pgc.FEM, "kpca-cam": pgc.KPCA_CAM, "shapleycam": pgc.ShapleyCAM, "finercam": pgc.FinerCAM,
}
TORCH_CAM = {
    "cam": tc.CAM, "gradcam": tc.GradCAM, "gradcam++": tc.GradCAMpp, "xgradcam": tc.XGradCAM, "layercam": tc.LayerCAM,
    "scorecam": tc.ScoreCAM, "is-cam": tc.ISCAM, "finercam": tc.FinerCAM,
}


@contextlib.contextmanager
def quiet():
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def of_pytorch_grad_cam(method, net, target, picture, class_id, reshape=None, nearest=None):
    """The raw map and the final one, [HEIGHT, WIDTH] in 0...1. A raw map is what goes into the library's ReLU."""
    if method == "ablationcam" and reshape is not None:
        from pytorch_grad_cam.ablation_layer import AblationLayerVit

        cam = pgc.AblationCAM(net, [target], reshape, ablation_layer=AblationLayerVit())
    else:
        cam = PYTORCH_GRAD_CAM[method](net, [target], reshape)
    base = cam.base_cam if method == "finercam" else cam
    raw = []
    image = base.get_cam_image

    def record(*arguments):
        raw.append(np.array(image(*arguments)))
        return raw[-1]

    base.get_cam_image = record
    with quiet():
        if method == "finercam":
            final = cam(picture, None, target_idx=class_id)
        else:
            # Shapley-CAM's authors differentiate logit + log-softmax.
            target_of = ClassifierOutputReST if method == "shapleycam" else ClassifierOutputTarget
            final = cam(picture, [target_of(class_id)])
    base.activations_and_grads.release()
    return raw[0][0], final[0]


def of_torch_cam(method, net, target, picture, class_id, reshape=None):
    """Raw, as `normalized=False` gives it: all methods but CAM are rectified by then."""
    with quiet(), TORCH_CAM[method](net, target, input_shape=tuple(picture.shape[1:]), reshape_transform=reshape) as cam:
        if method == "finercam":
            cam.base_cam._relu = False
        else:
            # What the ReLU takes away would be missing from the comparison.
            cam._relu = False
        scores = net(picture)
        return cam(class_id, scores, normalized=False)[0][0].detach().numpy()
