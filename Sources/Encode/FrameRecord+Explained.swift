package import Pipeline

extension FrameRecord {
    /// What the sidecar tells of a picture: its first observation, or only the classes where it has none.
    ///
    /// - Parameter method: how the maps were computed.
    package init?(_ explained: borrowing Explained, method: String) {
        guard let prediction = explained.drawn else { return nil }
        self.init(
            frame: explained.frame.index, time: explained.frame.seconds, method: method,
            classID: prediction.classID, label: prediction.label, top: explained.top)
        if explained.mapAge > 0 { mapAge = explained.mapAge }
        labelSwitches = explained.labelSwitches
        boxes = explained.boxes.mapValues(Self.corners)
        if explained.reading == .anomaly { anomaly = explained.top.first.map(ScoreReading.anomalyScore) }
        guard let first = explained.observations.first else { return }
        scales = first.scales
        objectBox = first.box.map(Self.corners)
        versus = first.versus
        if !first.isOfOwnScore { (target, score) = (first.target, first.score) }
        let (width, height) = (explained.frame.width, explained.frame.height)
        peak = first.heatmap.peak(pictureWidth: width, pictureHeight: height).map { [$0.x, $0.y] }
        box = first.heatmap.hotBox(pictureWidth: width, pictureHeight: height).map(Self.corners)
        hot = first.heatmap.hotShare(pictureWidth: width, pictureHeight: height)
    }

    private static func corners(_ box: PixelBox) -> [Int] { [box.x0, box.y0, box.x1, box.y1] }
}
