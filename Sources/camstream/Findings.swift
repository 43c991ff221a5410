import Capture
import Encode
import Infer
import Live
import Logging
import Pipeline
import Reports

/// What is kept of a recording's explained pictures beside the drawn video, or in its place: the files that tell what was seen.
struct Findings: Sendable {
    private let sidecar: SidecarWriter?
    private let maps: MapsWriter?
    private let kept: KeptVideoWriter?
    private let report: ReportFile?
    private let digestMaker: DigestMaker?
    private let dwell: DwellPicture?
    /// What the sidecar calls the maps.
    private let method: String

    /// Creates the files.
    ///
    /// - Parameters:
    ///   - explainer: keeps raw maps from now on, where they are written.
    ///   - source: whose pictures will come.
    ///   - makesDigest: whether what was seen is wanted in short.
    init(
        _ settings: Config, _ explainer: any PictureExplainer, _ source: any FrameSource,
        makesDigest: Bool = false
    ) throws {
        let (config, format) = (settings.encode, source.format)
        if explainer.findsObjects { try settings.overlay.checkTracksOfObjects(config) }
        if config.maps != nil, let detector = explainer as? DetectorExplainer, !detector.mapsBoxes {
            throw InferError.hasNoBoxMaps(model: detector.modelName)
        }
        method = explainer.method
        sidecar = try config.sidecar.map { path throws(EncodeError) in
            try SidecarWriter(path: path, replacing: config.force)
        }
        maps = try config.maps.map { path throws(EncodeError) in
            try MapsWriter(
                path: path, replacing: config.force,
                origin: MapsWriter.Origin(
                    labels: explainer.labels, method: explainer.method, model: explainer.modelName,
                    layer: explainer.layers.joined(separator: ","), pictureWidth: format.width,
                    pictureHeight: format.height, versus: explainer.versus,
                    subject: explainer is TwoStageExplainer ? .crops : explainer.findsObjects ? .objects : .classes))
        }
        if maps != nil { explainer.keepsRawMaps = true }
        if sidecar != nil { explainer.findsBoxes = true }
        let origin = config.keepVideo || config.report != nil ? try KeptVideoWriter.Origin(settings, explainer) : nil
        report = try origin.flatMap { origin in
            try config.report.map { try ReportFile($0, settings, source, origin, isDated: !config.isRepeatable) }
        }
        dwell = try config.dwell.map { path in
            guard explainer.findsObjects, !source.isStill else {
                throw ConfigError.outOfRange(
                    key: "encode.dwell", value: path,
                    allowed: source.isStill
                        ? "no file for a photograph, in which nothing stays"
                        : "no file with \(explainer.modelName), as only a detector finds objects")
            }
            return try DwellPicture(path, settings, format)
        }
        digestMaker = makesDigest ? try DigestMaker(format, settings.overlay) : nil
        guard config.keepVideo, let origin else {
            kept = nil
            return
        }
        guard let original = source.original else { throw EncodeError.nothingToKeep }
        kept = try KeptVideoWriter(
            config, original, format: format, auxiliaryStreams: source.auxiliaryStreams, packets: source.packets,
            metadata: OutputMetadata(container: source.metadata, chapters: source.chapters),
            origin: origin)
        kept?.onFacts = { [sidecar] facts throws(EncodeError) in try sidecar?.write(facts) }
    }

    /// What the kept video does not have as the input has it; complete after `finish`.
    var notes: [EncodeNote] { kept?.notes ?? [] }

    /// Seconds of the recording, and what was seen in it; nil: nobody asked.
    var digest: (length: Double, seen: RecordingDigest)? { digestMaker.map { ($0.length, $0.digest) } }

    /// Takes the next picture.
    func write(_ picture: borrowing Explained) throws {
        // First, as it tells the sidecar what its first line says.
        try kept?.write(picture)
        if let sidecar, let record = FrameRecord(picture, method: method) { try sidecar.write(record) }
        // Maps that follow the picture are not the classifier's.
        if picture.observations.allSatisfy({ $0.raw != nil }) {
            try maps?.write(picture.observations, frame: picture.frame.index, seconds: picture.frame.seconds)
        }
        try report?.write(picture)
        try dwell?.add(picture)
        try digestMaker?.add(picture)
    }

    /// Gives the files their final names.
    ///
    /// - Parameter isInterrupted: whether the recording goes on behind what was read.
    func finish(isInterrupted: Bool) throws {
        try kept?.finish()
        try sidecar?.finish()
        try maps?.finish()
        try report?.finish(isInterrupted: isInterrupted)
        try dwell?.finish()
    }

    /// After a failure.
    ///
    /// - Returns: under which name the maps that were written stay; nil: there are none, or they are complete.
    func keepMaps() -> String? { maps?.keep() }
}
