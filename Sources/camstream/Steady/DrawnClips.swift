import CFFmpeg
import Capture
import Demo
import Pipeline
import Steadiness

/// The clips that are drawn over a photograph, or over the scene of `demo:`.
struct DrawnClips {
    let painter: ClipPainter
    let clips: [Clip]

    /// Of a picture, about.
    private static let area = 640.0 * 360

    /// From a photograph: clips without objects. After a cut comes the scene of `demo:`.
    ///
    /// - Throws: `CaptureError`.
    init(photo: borrowing Frame, _ format: VideoFormat) throws {
        let aspect = Double(format.width) / Double(format.height)
        let size = Self.size(aspect: aspect)
        var plateFormat = Self.plateFormat(size)
        plateFormat.timeBase = format.timeBase
        let plate = try FramePool(plateFormat).frame(timedLike: photo)
        let isShrunk = format.width > plateFormat.width && format.height > plateFormat.height
        try Scaler(
            from: Scaler.Side(format), to: Scaler.Side(plateFormat), isShrunk ? .area : .exact
        ).scale(photo, into: plate)
        let scene = try Self.scene(size, SceneSettings())
        let stages = [
            try Self.stage(plate), try Self.stage(of: scene, turn: 0, size), try Self.background(of: scene, size),
        ]
        try self.init(stages, size, [.still, .pan, .zoom, .cuts])
    }

    /// From the scene of `demo:`: all clips.
    init(scene settings: SceneSettings) throws {
        let size = Self.size(aspect: Double(settings.width) / Double(settings.height))
        let scene = try Self.scene(size, settings)
        var stages: [Stage] = []
        for turn in 0..<min(4, settings.objects.count) { stages.append(try Self.stage(of: scene, turn: turn, size)) }
        stages.append(try Self.background(of: scene, size))
        try self.init(stages, size, Clip.Subject.allCases.filter { $0 != .cuts || stages.count > 2 })
    }

    private init(_ stages: [Stage], _ size: (width: Int, height: Int), _ subjects: [Clip.Subject]) throws {
        painter = try ClipPainter(stages, width: size.width, height: size.height)
        clips = subjects.map {
            Clip.make(
                $0, plates: stages.count, plateWidth: Double(2 * size.width), plateHeight: Double(2 * size.height))
        }
    }

    /// Even, and with the input's shape.
    private static func size(aspect: Double) -> (width: Int, height: Int) {
        let aspect = min(max(aspect, 0.2), 5)
        let width = (area * aspect).squareRoot()
        return (Int((width / 2).rounded()) * 2, Int((width / aspect / 2).rounded()) * 2)
    }

    private static func plateFormat(_ size: (width: Int, height: Int)) -> VideoFormat {
        VideoFormat(
            width: 2 * size.width, height: 2 * size.height, pixelFormat: AV_PIX_FMT_BGR0,
            colour: ColourTags(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_RGB),
            timeBase: AVRational(num: 1, den: 30))
    }

    private static func scene(
        _ size: (width: Int, height: Int), _ settings: SceneSettings
    ) throws(DrawingError) -> Scene {
        var settings = settings
        (settings.width, settings.height) = (2 * size.width, 2 * size.height)
        return try Scene(settings)
    }

    /// The scene in the middle of an object's turn.
    private static func stage(of scene: Scene, turn: Int, _ size: (width: Int, height: Int)) throws -> Stage {
        try stage(try drawn(scene, at: (Double(turn) + 0.5) * Scene.secondsPerObject, size))
    }

    /// The scene between two objects, and one that can be put before it.
    private static func background(of scene: Scene, _ size: (width: Int, height: Int)) throws -> Stage {
        try stage(try drawn(scene, at: Scene.secondsPerObject, size), object: "sunflower", height: size.height)
    }

    private static func drawn(
        _ scene: Scene, at seconds: Double, _ size: (width: Int, height: Int)
    ) throws -> Frame {
        let format = plateFormat(size)
        let frame = try FramePool(format).frame(index: 0, pts: 0, duration: 1, timeBase: format.timeBase)
        try scene.draw(
            at: seconds, into: shim_plane(frame.av, 0), bytesPerRow: Int(shim_bytes_per_row(frame.av, 0)))
        return frame
    }

    private static func stage(
        _ plate: borrowing Frame, object: String? = nil, height: Int = 0
    ) throws(DrawingError) -> Stage {
        try Stage(
            pixels: shim_plane(plate.av, 0), width: plate.width, height: plate.height,
            bytesPerRow: Int(shim_bytes_per_row(plate.av, 0)), object: object,
            largestSize: Double(height) * Clip.objectSize)
    }
}
