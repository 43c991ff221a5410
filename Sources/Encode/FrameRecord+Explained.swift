package import Pipeline

extension FrameRecord {
    /// What the sidecar tells of a picture: its first map, or only the classes where it has none.
    ///
    /// - Parameter method: how the maps were computed.
    package init?(_ explained: borrowing Explained, method: String) {
        guard let prediction = explained.drawn else { return nil }
        self.init(
            frame: explained.frame.index, time: explained.frame.seconds, method: method,
            classID: prediction.classID, label: prediction.label, top: explained.top)
        if explained.mapAge > 0 { mapAge = explained.mapAge }
        labelSwitches = explained.labelSwitches
        scales = explained.maps.first?.scales
        guard let heatmap = explained.maps.first?.heatmap else { return }
        let (width, height) = (explained.frame.width, explained.frame.height)
        peak = heatmap.peak(pictureWidth: width, pictureHeight: height).map { [$0.x, $0.y] }
        box = heatmap.hotBox(pictureWidth: width, pictureHeight: height).map { [$0.x0, $0.y0, $0.x1, $0.y1] }
        hot = heatmap.hotShare(pictureWidth: width, pictureHeight: height)
    }
}
