import Detect
import Encode
import Live
import Overlay
import Pipeline

/// The picture of where objects were in a recording: the last frame, and over it the heat of how long they were where.
final class DwellPicture: @unchecked Sendable {  // safe: one stage uses it at a time
    private let painter: EnlargingPainter
    private let sink: any FrameSink
    private var dwell: DwellMap
    private var last: Frame?

    /// Creates the file.
    ///
    /// - Parameter format: of the recording's pictures.
    init(_ path: String, _ config: Config, _ format: VideoFormat) throws {
        var overlay = config.overlay
        (overlay.layout, overlay.labels) = (.overlay, .none)
        painter = try EnlargingPainter(overlay, input: format, methods: [])
        var encode = EncodeConfig()
        (encode.output, encode.force, encode.isRepeatable) = (path, config.encode.force, config.encode.isRepeatable)
        sink = try openSink(encode, format: painter.outputFormat)
        // All of the recording counts alike, however long ago it was.
        dwell = DwellMap(pictureWidth: format.width, pictureHeight: format.height, timeConstant: .infinity)
    }

    /// Takes the next picture.
    func add(_ explained: borrowing Explained) throws {
        dwell.add(explained.observations.compactMap { $0.box.map(Region.init) }, at: explained.frame.seconds)
        last = try explained.frame.reference()
    }

    /// Writes the picture, and gives the file its name.
    func finish() throws {
        guard let frame = last.take() else { return }
        try sink.write(try painter.paint(Explained(frame: frame, top: [], observations: [], heat: dwell.heatmap)))
        try sink.finish()
    }
}
