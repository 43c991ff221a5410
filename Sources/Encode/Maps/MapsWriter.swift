package import Pipeline

/// Writes the raw maps of each frame into one file in NumPy's `.npz` format, with what they belong to beside them.
///
/// With F frames, C maps a frame and N classes of the classifier, `numpy.load` gives: `maps` float32 [F, C, height, width],
/// `scales` float32 [F, C] (each map's maximum), `frame_scales` and `shown_scales` float32 [F, C, 2] (which values are no heat
/// and full heat, by the map itself and as it is drawn), `class_ids` int64 [F, C], `probabilities` float32 [F, C], `frames` int64 [F],
/// `times` float64 [F] in seconds, `labels` [N], `method`, `model` and `layer` (texts), `picture` int64 [width, height] and
/// `region` float64 [x, y, width, height]: the pixels of the picture that a map covers; where classes are told apart from one of
/// them, `versus` int64 is that one.
///
/// Of a detector there is a row for each thing in each frame, as many as there are: `maps` [D, height, width], and the others are [D]
/// or [D, 2]; in the place of `probabilities` there are `scores` float32 [D], and `ids` int64 [D] (the thing's number over time, -1
/// where nobody follows things) and `boxes` int64 [D, 4] (left, top, right, bottom). Where a classifier says what each thing is, classes
/// and `probabilities` are its, `scores` and `detector_class_ids` int64 [D] the detector's, and each map has a region of its own:
/// `regions` float64 [D, 4].
package final class MapsWriter: @unchecked Sendable {  // safe: one stage uses it at a time
    /// What maps are of.
    package enum Subject: Sendable {
        /// Classes of the picture.
        case classes
        /// What a detector finds in it.
        case objects
        /// The same, each by itself as a classifier sees it.
        case crops
    }

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
        package var subject: Subject

        package init(
            labels: [String], method: String, model: String, layer: String, pictureWidth: Int, pictureHeight: Int,
            versus: Int? = nil, subject: Subject = .classes
        ) {
            (self.labels, self.method, self.model, self.layer) = (labels, method, model, layer)
            (self.pictureWidth, self.pictureHeight, self.versus) = (pictureWidth, pictureHeight, versus)
            self.subject = subject
        }
    }

    private let origin: Origin
    private var isOfObjects: Bool { origin.subject != .classes }
    private let interval: Duration
    private var opened: TemporaryFile?
    private var archive: GrowingArchive?
    private var lastFlush: ContinuousClock.Instant?
    private var hasFrames = false

    /// - Parameter interval: the file is brought up to date when a frame comes and this time has passed.
    /// - Throws: `EncodeError` if the file cannot be created.
    package init(
        path: String, replacing mayReplace: Bool, origin: Origin, interval: Duration = .seconds(1)
    ) throws(EncodeError) {
        opened = try TemporaryFile(for: path, replacing: mayReplace)
        (self.origin, self.interval) = (origin, interval)
    }

    /// Adds a frame's maps: of classes always as many, and all of the same size.
    ///
    /// - Throws: `EncodeError`, such as `.diskFull`; what was in the file before stays readable.
    package func write(_ observations: [Observation], frame: Int, seconds: Double) throws(EncodeError) {
        hasFrames = true
        guard let first = observations.first else { return }
        if let file = opened.take() { archive = try begin(file, observations.count, first.heatmap) }
        let rows = isOfObjects ? observations.map { [$0] } : [observations]
        var isFull = false
        for row in rows {
            if isFull { try flush() }
            isFull = archive!.append(row.flatMap(Self.raw), cells(row, frame: frame, seconds: seconds))
        }
        guard isFull || lastFlush.map({ $0.duration(to: .now) >= interval }) ?? true else { return }
        try flush()
    }

    private func flush() throws(EncodeError) {
        try archive!.flush()
        lastFlush = .now
    }

    private static func raw(_ observation: Observation) -> [Float] {
        guard let raw = observation.raw else { preconditionFailure("the explainer was not asked for raw maps") }
        return raw
    }

    /// What belongs to a row, as `columns` has it.
    private func cells(_ row: [Observation], frame: Int, seconds: Double) -> [[UInt8]] {
        let scales = row.map { Self.raw($0).max() ?? 0 }
        let (frameScales, shownScales) = (row.map { $0.scales?.frame }, row.map { $0.scales?.shown })
        func numbers(_ scales: [ColourScale?]) -> [Float] { scales.flatMap { [$0?.low ?? .nan, $0?.high ?? .nan] } }
        var cells = [
            scales.littleEndianBytes, numbers(frameScales).littleEndianBytes, numbers(shownScales).littleEndianBytes,
            row.map { Int64($0.prediction.classID) }.littleEndianBytes,
            row.map(\.prediction.probability).littleEndianBytes, [Int64(frame)].littleEndianBytes,
            [seconds].littleEndianBytes,
        ]
        guard isOfObjects else { return cells }
        cells.append(row.map { Int64($0.track ?? -1) }.littleEndianBytes)
        cells.append(row.flatMap { Self.corners($0.box) }.littleEndianBytes)
        guard origin.subject == .crops else { return cells }
        cells.append(row.map { $0.found?.probability ?? .nan }.littleEndianBytes)
        cells.append(row.map { Int64($0.found?.classID ?? -1) }.littleEndianBytes)
        cells.append(row.flatMap { Self.numbers($0.heatmap.region) }.littleEndianBytes)
        return cells
    }

    private static func corners(_ box: PixelBox?) -> [Int64] {
        box.map { [$0.x0, $0.y0, $0.x1, $0.y1].map(Int64.init) } ?? [0, 0, 0, 0]
    }

    private static func numbers(_ region: Region) -> [Double] { [region.x, region.y, region.width, region.height] }

    /// Gives the file its final name. Does nothing where no frame came, or after `keep`.
    package func finish() throws(EncodeError) {
        // That nothing was found is a result.
        if hasFrames, isOfObjects, let file = opened.take() { archive = try begin(file, 0, Self.none(origin)) }
        opened = nil
        guard archive != nil else { return }
        try archive!.finish()
        try archive!.putInPlace()
        archive = nil
    }

    private static func none(_ origin: Origin) -> Heatmap {
        Heatmap(
            height: 1, width: 1, values: [0],
            region: Region(x: 0, y: 0, width: Double(origin.pictureWidth), height: Double(origin.pictureHeight)))
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
        var constants = [
            NPYArray("labels", origin.labels, shape: [origin.labels.count]),
            NPYArray("method", [origin.method], shape: []), NPYArray("model", [origin.model], shape: []),
            NPYArray("layer", [origin.layer], shape: []),
            NPYArray("picture", [origin.pictureWidth, origin.pictureHeight], shape: [2]),
        ]
        if origin.subject != .crops {
            constants.append(NPYArray("region", Self.numbers(heatmap.region), shape: [4]))
        }
        if let versus = origin.versus { constants.append(NPYArray("versus", [versus], shape: [])) }
        let row = isOfObjects ? [] : [count]
        return try GrowingArchive(
            file, constants: constants,
            main: GrowingArray("maps", type: "<f4", elementSize: 4, rowShape: row + [heatmap.height, heatmap.width]),
            columns: columns(row))
    }

    /// What belongs to each row of maps.
    ///
    /// - Parameter row: the shape of what there is of each map.
    private func columns(_ row: [Int]) -> [GrowingArray] {
        func floats(_ name: String, _ shape: [Int]) -> GrowingArray {
            GrowingArray(name, type: "<f4", elementSize: 4, rowShape: shape)
        }
        func doubles(_ name: String, _ shape: [Int]) -> GrowingArray {
            GrowingArray(name, type: "<f8", elementSize: 8, rowShape: shape)
        }
        func integers(_ name: String, _ shape: [Int]) -> GrowingArray {
            GrowingArray(name, type: "<i8", elementSize: 8, rowShape: shape)
        }
        var columns = [
            floats("scales", row), floats("frame_scales", row + [2]), floats("shown_scales", row + [2]),
            integers("class_ids", row), floats(origin.subject == .objects ? "scores" : "probabilities", row),
            integers("frames", []), doubles("times", []),
        ]
        if isOfObjects { columns += [integers("ids", []), integers("boxes", [4])] }
        if origin.subject == .crops {
            columns += [floats("scores", []), integers("detector_class_ids", []), doubles("regions", [4])]
        }
        return columns
    }
}
