/// A figure that methods are compared by.
package struct Metric: Sendable, Equatable, Codable, Hashable {
    /// As reports write it.
    package let key: String
    /// For people.
    package let title: String
    /// What it says, in a sentence.
    package let meaning: String
    package let higherIsBetter: Bool
    /// How many digits tell something.
    package let digits: Int
    /// Whether it is a share, and people read it in percent.
    package let isShare: Bool

    package init(
        _ key: String, _ title: String, _ meaning: String, higherIsBetter: Bool = true, digits: Int = 3,
        isShare: Bool = false
    ) {
        (self.key, self.title, self.meaning) = (key, title, meaning)
        (self.higherIsBetter, self.digits, self.isShare) = (higherIsBetter, digits, isShare)
    }
}

extension Metric {
    package static let maxBoxAcc = Metric(
        "max_box_acc", "MaxBoxAcc",
        "Images in which the box around the largest hot part overlaps a true box by half at least (IoU 0.5), at the threshold that is best for all.",
        digits: 1, isShare: true)
    package static let maxBoxAccV2 = Metric(
        "max_box_acc_v2", "MaxBoxAccV2",
        "The same for any hot part, as a mean over IoU 0.3, 0.5 and 0.7, each at its best threshold.", digits: 1,
        isShare: true)
    package static let boxIoU = Metric(
        "box_iou", "box IoU",
        "Overlap of the box around the largest hot part with a true box, on average, at the best threshold.")
    package static let pointingNear = Metric(
        "pointing_15", "pointing, 15 px",
        "Images whose hottest pixel lies on the object, or 15 pixels from it at most.",
        digits: 1, isShare: true)
    package static let pointing = Metric(
        "pointing", "pointing", "Images whose hottest pixel lies on the object.", digits: 1, isShare: true)
    package static let energyInBox = Metric(
        "energy_box", "energy in box", "Share of the heat that lies in a true box, on average.", digits: 1,
        isShare: true)
    package static let energyInMask = Metric(
        "energy_mask", "energy in mask", "Share of the heat that lies on the object's pixels, on average.", digits: 1,
        isShare: true)
    package static let pixelAP = Metric(
        "pxap", "PxAP", "Area under precision over recall of the object's pixels, all images together.", digits: 1,
        isShare: true)
    package static let maskIoU = Metric(
        "mask_iou", "mask IoU", "Overlap of what is hot with the object's pixels, on average, at the best threshold.")

    /// Where the heat lies, in the order of reports.
    package static let ofPlaces = [
        maxBoxAcc, maxBoxAccV2, boxIoU, pointingNear, pointing, energyInBox, energyInMask, pixelAP, maskIoU,
    ]
}
