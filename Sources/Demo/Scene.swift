package import Pipeline

/// What the scene looks like.
package struct SceneSettings: Sendable, Equatable {
    /// Pixels, in `sides`.
    package var width = 1280
    package var height = 720
    /// Another seed: other paths of the objects, another background.
    package var seed: UInt64 = 1
    /// Names of the objects in the order in which they come, again and again; in `Drawing.names`.
    package var objects = Drawing.names

    package static let sides = 16...8192

    package init() {}
}

/// Objects that a classifier may know, one after the other, each on a way of its own over a moving background.
///
/// The same settings give the same pictures, at any time asked for in any order. For use by one thread at a time.
package final class Scene {
    package let settings: SceneSettings
    private let backdrop: Backdrop
    private let drawings: [Drawing]
    /// Painted when their object first comes.
    private var sprites: [Sprite?]

    /// How long an object is there, and which parts of that it takes to come and to go.
    package static let secondsPerObject = 10.0 / 6
    private static let secondsToCome = 0.25
    private static let secondsToGo = 0.2

    /// The object in a picture.
    package struct Truth: Sendable, Equatable {
        package let className: String
        /// Around what is drawn of the object, without its shadow.
        package let box: PixelBox
    }

    package init(_ settings: SceneSettings) throws(DrawingError) {
        self.settings = settings
        drawings = settings.objects.compactMap { name in Drawing.all.first { $0.name == name } }
        precondition(drawings.count == settings.objects.count && !drawings.isEmpty)
        sprites = Array(repeating: nil, count: drawings.count)
        backdrop = try Backdrop(width: settings.width, height: settings.height, seed: settings.seed)
    }

    /// Draws one picture.
    ///
    /// - Parameters:
    ///   - seconds: its time, from 0 on.
    ///   - pixels: of the settings' size, B G R and an unused byte each.
    ///   - bytesPerRow: a multiple of 4.
    package func draw(
        at seconds: Double, into pixels: UnsafeMutableRawPointer, bytesPerRow: Int
    ) throws(DrawingError) {
        let surface = try Surface(
            drawingOn: pixels, width: settings.width, height: settings.height, bytesPerRow: bytesPerRow)
        let canvas = Canvas(surface)
        backdrop.paint(on: canvas, at: seconds)
        let moment = moment(at: seconds)
        if moment.presence > 0 {
            try sprite(moment.object).paint(on: canvas, at: moment.pose, opacity: moment.presence)
        }
        try canvas.check()
        surface.flush()
    }

    /// What is to be seen at a time; nil while no object is more there than not.
    package func truth(at seconds: Double) throws(DrawingError) -> Truth? {
        let moment = moment(at: seconds)
        guard moment.presence >= 0.5 else { return nil }
        return Truth(
            className: drawings[moment.object].className, box: try sprite(moment.object).box(at: moment.pose))
    }

    /// Which object is where at one time.
    struct Moment {
        /// Its position in the settings' list.
        let object: Int
        let pose: Pose
        /// 0...1, from away to there.
        let presence: Double

        fileprivate init(at seconds: Double, _ scene: Scene) {
            let turn = Int(seconds / Scene.secondsPerObject)
            let since = seconds - Double(turn) * Scene.secondsPerObject
            object = turn % scene.drawings.count
            // The first one is there from the start: the first frame is what players and folders show of a video.
            let come = turn == 0 ? 1 : smooth(since / Scene.secondsToCome)
            presence = come * smooth((Scene.secondsPerObject - since) / Scene.secondsToGo)
            var random = SplitMix64(scene.settings.seed &* 0x1_0000_0001 &+ UInt64(turn))
            pose = Path(&random).pose(
                at: since / Scene.secondsPerObject, presence: presence, width: Double(scene.settings.width),
                height: Double(scene.settings.height))
        }
    }

    func moment(at seconds: Double) -> Moment { Moment(at: seconds, self) }

    private func sprite(_ object: Int) throws(DrawingError) -> Sprite {
        if let sprite = sprites[object] { return sprite }
        let largest = Path.largestSize * Double(min(settings.width, settings.height))
        let sprite = try Sprite(drawings[object], largestScale: largest)
        sprites[object] = sprite
        return sprite
    }
}
