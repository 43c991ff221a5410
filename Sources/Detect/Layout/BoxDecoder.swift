/// How a detector writes its boxes. Shapes are those of one picture; C is how many classes there are.
package enum BoxDecoder: String, CaseIterable, Sendable {
    /// `[1, N, 5 + C]`, a row for each cell of grids with the strides 8, 16, 32 (and 64 or 4): x, y, width, height, objectness, class
    /// scores. Ge et al. 2021, arXiv:2107.08430.
    ///
    /// Exports differ in whether the box is told in its cell's measure (x and y from the cell's corner in strides, the
    /// logarithm of width and height: what YOLOX's own script writes) or in pixels (`--decode_in_inference`). Shapes are the
    /// same; the mean of x over all cells is about half in the one, and about half of the input's width in the other, so each
    /// picture's values tell.
    case yolox
    /// `[1, N, 5 + C]` with three anchors a cell: the box's centre and size in pixels, objectness, class scores.
    case yolov5
    /// `[1, 4 + C, N]`: the box's centre and size in pixels, class scores; also YOLO11's.
    case yolov8
    /// `[1, N, 6]`: corners in pixels, score, class; the graph itself has chosen the best (YOLOv10 and later).
    case endToEnd = "end-to-end"
    /// Logits `[1, Q, C]` (of a sigmoid) or `[1, Q, C + 1]` (of a softmax with "no object" last), and boxes `[1, Q, 4]`: centre and
    /// size as shares of the input. Carion et al. 2020, arXiv:2005.12872, and its followers.
    case detr
    /// Boxes `[1, N, 4]`, and scores `[1, N, C]` or `[1, C, N]`, or of C + 1 classes with the background first; nothing has been
    /// suppressed. Liu et al. 2016, arXiv:1512.02325, and EfficientDet.
    case ssd
    /// Boxes `[K, 4]`, corners in pixels, labels `[K]` and scores `[K]`, of as many as the graph has found; there may be an axis of
    /// 1 before. torchvision's detectors, DETRs that are exported with their last steps, and graphs with a NonMaxSuppression in
    /// them: TensorFlow's write shares, the top first, which the model card has to say.
    case torchvision

    /// Whether boxes of one object have to be taken out here: others' graphs or training see to it.
    var suppresses: Bool {
        switch self {
        case .yolox, .yolov5, .yolov8, .ssd: true
        case .endToEnd, .detr, .torchvision: false
        }
    }

    /// The outputs that it reads, for messages.
    var expected: String {
        switch self {
        case .yolox: "[1, cells of strides 8, 16, 32, 5 + classes]"
        case .yolov5: "[1, 3 x cells, 5 + classes]"
        case .yolov8: "[1, 4 + classes, cells]"
        case .endToEnd: "[1, N, 6]"
        case .detr: "logits [1, N, classes (+ 1)], boxes [1, N, 4]"
        case .ssd: "boxes [1, N, 4], scores [1, N, classes (+ 1)] or transposed"
        case .torchvision: "boxes [N, 4], labels [N], scores [N]"
        }
    }
}

/// The four numbers of a box of the decoders `ssd` and, where it is named, `torchvision`, in pixels or in shares of the input:
/// shares are about 1 at most, so each picture's values tell.
package enum BoxFormat: String, CaseIterable, Sendable {
    /// Left, top, right, bottom.
    case xyxy
    /// Top, left, bottom, right, as TensorFlow writes it.
    case yxyx
    /// Centre and size.
    case cxcywh
}
