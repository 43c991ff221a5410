import Reports

/// What a reader of a report on a model of good parts should know before the figures.
struct NormalRemarks {
    let sentences: [String]

    /// Fewer good pictures leave it open where the threshold belongs.
    private static let few = 30

    init(_ report: NormalReport) {
        let (data, threshold) = (report.data, report.threshold)
        var sentences: [String] = []
        switch threshold.way {
        case .percentile:
            sentences.append(
                "The threshold is what \(percent(1 - threshold.share)) of \(report.heldOut.count) good images that were held out "
                    + "exceed.")
        case .extremeValues:
            sentences.append(
                "\(report.heldOut.count) good images were held out, and it takes \(GoodThreshold.enough) to see what "
                    + "\(percent(1 - threshold.share)) of them exceed: the threshold is that of the extreme value distribution "
                    + "that fits them, and not below the highest of them.")
        }
        if report.heldOut.count < Self.few {
            sentences.append(
                "Fewer than \(Self.few) good images say little about how different good parts can be: take more, in all the "
                    + "light and all the places that will occur.")
        }
        if data.photographs == 0, data.clips == 1 {
            sentences.append(
                "All images are of one clip: what changes from one day to the next is not in it, and may be taken for a defect."
            )
        }
        if report.test == nil {
            sentences.append(
                "No defect was seen yet: nobody knows how many are found. --test FOLDER tells, with a few of each kind."
            )
        } else if report.test?.all.pixelAUROC == nil {
            sentences.append(
                "There are no masks, so nobody knows whether the heat lies on the defects: look at the images.")
        }
        for kind in report.test?.kinds ?? [] where kind.found < kind.pictures {
            sentences.append(
                "\(kind.pictures - kind.found) of \(counted(kind.pictures, "image", "images")) of '\(kind.name)' "
                    + "\(kind.pictures - kind.found == 1 ? "lies" : "lie") below the threshold.")
        }
        if !report.skipped.isEmpty {
            sentences.append("\(counted(report.skipped.count, "file is", "files are")) left out, see below.")
        }
        self.sentences = sentences
    }
}
