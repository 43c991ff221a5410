package import Pipeline

/// Writes the raw maps of each frame into one file in NumPy's `.npz` format, with what they belong to beside them.
///
/// With F frames, C maps a frame and N classes of the classifier, `numpy.load` gives: `maps` float32 [F, C, height, width],
/// `scales` float32 [F, C] (each map's maximum), `frame_scales` and `shown_scales` float32 [F, C, 2] (which values are no heat
/// and full heat, by the map itself and as it is drawn), `class_ids` int64 [F, C], `probabilities` float32 [F, C], `frames` int64 [F],
/// `times` float64 [F] in seconds, `labels` [N], `method`, `model` and `layer` (texts), `picture` int64 [width, height] and
/// `region` float64 [x, y, width, height]: the pixels of the picture that a map covers; where classes are told apart from one of
/// them, `versus` int64 is that one.
package final class MapsWriter: @unchecked Sendable {  // safe: one stage uses it at a time
    /// What is the same for all frames.
    package struct Origin: Sendable {
        package var labels: [String]
        package var method: String
        package var model: String
        /// Tensors, with commas between them.
        package var layer: String
        /// In pixels.
        package var pictureWidth: Int
        package var pictureHeight: Int
        /// The class that others are told apart from; nil: none.
        package var versus: Int?

        package init(
            labels: [String], method: String, model: String, layer: String, pictureWidth: Int, pictureHeight: Int,
            versus: Int? = nil
        ) {
            (self.labels, self.method, self.model, self.layer) = (labels, method, model, layer)
            (self.pictureWidth, self.pictureHeight, self.versus) = (pictureWidth, pictureHeight, versus)
        }
    }

    private let origin: Origin
    private let interval: Duration
    private var opened: TemporaryFile?
    private var archive: GrowingArchive?
    private var lastFlush: ContinuousClock.Instant?

    /// - Parameter interval: the file is brought up to date when a frame comes and this time has passed.
    /// - Throws: `EncodeError` if the file cannot be created.
    package init(
        path: String, replacing mayReplace: Bool, origin: Origin, interval: Duration = .seconds(1)
    ) throws(EncodeError) {
        opened = try TemporaryFile(for: path, replacing: mayReplace)
        (self.origin, self.interval) = (origin, interval)
    }

    /// Adds a frame's maps, always as many and of the same size.
    ///
    /// - Throws: `EncodeError`, such as `.diskFull`; what was in the file before stays readable.
    package func write(_ observations: [Observation], frame: Int, seconds: Double) throws(EncodeError) {
        guard let first = observations.first else { return }
        if let file = opened.take() { archive = try begin(file, observations.count, first.heatmap) }
        var (row, classIDs): ([Float], [Int64]) = ([], [])
        var (probabilities, scales, frameScales, shownScales): ([Float], [Float], [Float], [Float]) = ([], [], [], [])
        for observation in observations {
            guard let raw = observation.raw else { preconditionFailure("the explainer was not asked for raw maps") }
            row += raw
            classIDs.append(Int64(observation.prediction.classID))
            probabilities.append(observation.prediction.probability)
            scales.append(raw.max() ?? 0)
            frameScales += [observation.scales?.frame.low ?? .nan, observation.scales?.frame.high ?? .nan]
            shownScales += [observation.scales?.shown.low ?? .nan, observation.scales?.shown.high ?? .nan]
        }
        // As `columns` has them.
        let cells = [
            scales.littleEndianBytes, frameScales.littleEndianBytes, shownScales.littleEndianBytes,
            classIDs.littleEndianBytes, probabilities.littleEndianBytes, [Int64(frame)].littleEndianBytes,
            [seconds].littleEndianBytes,
        ]
        let isFull = archive!.append(row, cells)
        guard isFull || lastFlush.map({ $0.duration(to: .now) >= interval }) ?? true else { return }
        try archive!.flush()
        lastFlush = .now
    }

    /// Gives the file its final name. Does nothing where no frame came, or after `keep`.
    package func finish() throws(EncodeError) {
        opened = nil
        guard archive != nil else { return }
        try archive!.finish()
        try archive!.putInPlace()
        archive = nil
    }

    /// Leaves what was written under its temporary name, as far as it can be read.
    ///
    /// - Returns: that name; nil where no frame came, or the file is finished.
    package func keep() -> String? {
        opened = nil
        guard archive != nil else { return nil }
        try? archive!.finish()
        let path = archive!.keep()
        archive = nil
        return path
    }

    private func begin(
        _ file: consuming TemporaryFile, _ count: Int, _ heatmap: Heatmap
    ) throws(EncodeError) -> GrowingArchive {
        let region = heatmap.region
        var constants = [
            NPYArray("labels", origin.labels, shape: [origin.labels.count]),
            NPYArray("method", [origin.method], shape: []), NPYArray("model", [origin.model], shape: []),
            NPYArray("layer", [origin.layer], shape: []),
            NPYArray("picture", [origin.pictureWidth, origin.pictureHeight], shape: [2]),
            NPYArray("region", [region.x, region.y, region.width, region.height], shape: [4]),
        ]
        if let versus = origin.versus { constants.append(NPYArray("versus", [versus], shape: [])) }
        return try GrowingArchive(
            file, constants: constants,
            main: GrowingArray("maps", type: "<f4", elementSize: 4, rowShape: [count, heatmap.height, heatmap.width]),
            columns: Self.columns(count))
    }

    /// What belongs to each frame's maps.
    private static func columns(_ count: Int) -> [GrowingArray] {
        [
            GrowingArray("scales", type: "<f4", elementSize: 4, rowShape: [count]),
            GrowingArray("frame_scales", type: "<f4", elementSize: 4, rowShape: [count, 2]),
            GrowingArray("shown_scales", type: "<f4", elementSize: 4, rowShape: [count, 2]),
            GrowingArray("class_ids", type: "<i8", elementSize: 8, rowShape: [count]),
            GrowingArray("probabilities", type: "<f4", elementSize: 4, rowShape: [count]),
            GrowingArray("frames", type: "<i8", elementSize: 8, rowShape: []),
            GrowingArray("times", type: "<f8", elementSize: 8, rowShape: []),
        ]
    }
}
