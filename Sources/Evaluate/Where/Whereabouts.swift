/// Where the object is, in pixels of the picture that maps are enlarged to.
package struct Truth: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// None: nobody knows them.
    package let boxes: [TrueBox]
    /// Of the same size; nil: there is none.
    package let mask: TrueMask?

    package init(width: Int, height: Int, boxes: [TrueBox], mask: TrueMask?) {
        (self.width, self.height, self.boxes, self.mask) = (width, height, boxes, mask)
    }
}

/// Whether one map's heat lies on the object of one picture.
package struct Whereabouts: Sendable, Equatable {
    /// By the keys of `Metric`; what the data do not tell is missing.
    package private(set) var figures: [String: Double] = [:]
    package let boxes: BoxSweep?
    package let mask: MaskSweep?

    package init(_ field: HeatField, _ truth: Truth) {
        boxes = truth.boxes.isEmpty ? nil : BoxSweep(field, boxes: truth.boxes)
        mask = truth.mask.map { MaskSweep(field, $0) }
        if let mask = truth.mask {
            figures[Metric.pointingNear.key] = Pointing.score(field, mask, tolerance: Pointing.usualTolerance)
            figures[Metric.pointing.key] = Pointing.score(field, mask, tolerance: 0)
            figures[Metric.energyInMask.key] = Energy.inside(mask, field)
        } else if !truth.boxes.isEmpty {
            figures[Metric.pointingNear.key] = Pointing.score(
                field, boxes: truth.boxes, tolerance: Pointing.usualTolerance)
            figures[Metric.pointing.key] = Pointing.score(field, boxes: truth.boxes, tolerance: 0)
        }
        if !truth.boxes.isEmpty { figures[Metric.energyInBox.key] = Energy.inside(truth.boxes, field) }
    }
}
