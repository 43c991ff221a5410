package import Pipeline

extension FrameRecord {
    /// What the sidecar tells of a picture: its first observation, or only the classes where it has none.
    ///
    /// - Parameter method: how the maps were computed.
    package init?(_ explained: borrowing Explained, method: String) {
        let (isOfObjects, prediction) = (explained.reading == .objects, explained.drawn)
        guard prediction != nil || isOfObjects else { return nil }
        self.init(
            frame: explained.frame.index, time: explained.frame.seconds, method: method,
            classID: prediction?.classID, label: prediction?.label, top: explained.top)
        if explained.mapAge > 0 { mapAge = explained.mapAge }
        labelSwitches = explained.labelSwitches
        boxes = explained.boxes.mapValues(Self.corners)
        if explained.reading == .anomaly { anomaly = explained.top.first.map(ScoreReading.anomalyScore) }
        let (width, height) = (explained.frame.width, explained.frame.height)
        if isOfObjects {
            detections = explained.observations.compactMap { Detection($0, width, height) }
            events = explained.events
        }
        let first = explained.observations.first
        versus = first?.versus
        if let first, !isOfObjects {
            scales = first.scales
            objectBox = first.box.map(Self.corners)
            if !first.isOfOwnScore { (target, score) = (first.target, first.score) }
        }
        guard let heat = explained.heat ?? first?.heatmap else { return }
        peak = heat.peak(pictureWidth: width, pictureHeight: height).map { [$0.x, $0.y] }
        box = heat.hotBox(pictureWidth: width, pictureHeight: height).map(Self.corners)
        hot = heat.hotShare(pictureWidth: width, pictureHeight: height)
    }

    fileprivate static func corners(_ box: PixelBox) -> [Int] { [box.x0, box.y0, box.x1, box.y1] }
}

extension FrameRecord.Detection {
    /// - Returns: nil: it is no thing with a box.
    fileprivate init?(_ seen: Observation, _ width: Int, _ height: Int) {
        guard let box = seen.box else { return nil }
        self.init(
            id: seen.track, classID: seen.prediction.classID, label: seen.prediction.label,
            probability: seen.found == nil ? nil : seen.prediction.probability, detectorClass: seen.found,
            score: (seen.found ?? seen.prediction).probability, box: FrameRecord.corners(box),
            crop: seen.crop.map(FrameRecord.corners),
            peak: seen.heatmap.peak(pictureWidth: width, pictureHeight: height).map { [$0.x, $0.y] },
            energyInBox: seen.energyInBox)
    }
}
