import Pipeline
import Tracking

/// Makes the maps of boxes steady: each object has a filter of its own.
struct BoxMapFilter {
    var settings: MapSettings {
        didSet {
            followed.settings = Self.own(settings)
            alone.settings = Self.alone(settings)
        }
    }
    private var followed: SteadyMaps
    /// Of boxes that nobody follows.
    private var alone: SteadyMaps

    /// Objects whose past is remembered: more than are drawn at once.
    private static let capacity = 200

    /// - Parameters:
    ///   - traits: of the maps; what speaks for a detector's box is positive in those of all methods that make them.
    ///   - classes: how many the model knows.
    init(_ settings: MapSettings, _ traits: MapTraits = MapTraits(), classes: Int) {
        self.settings = settings
        // Whatever the method tells apart, each object is another one.
        let own = MapTraits(zero: traits.zero, saturatedShare: traits.saturatedShare)
        followed = SteadyMaps(Self.own(settings), own, classes: classes, capacity: Self.capacity)
        alone = SteadyMaps(Self.alone(settings), own, classes: classes, capacity: 1)
    }

    /// Each map has its own scale: how strong it is drawn is for its score to say.
    private static func own(_ settings: MapSettings) -> MapSettings {
        var own = settings
        own.scale = .frame
        return own
    }

    private static func alone(_ settings: MapSettings) -> MapSettings {
        var alone = own(settings)
        alone.smoothing = 0
        return alone
    }

    /// Turns a raw map into heat, 0...1.
    ///
    /// - Parameters:
    ///   - object: that it is of; nil: nobody knows what it was before.
    ///   - isCold: whether it is shown without heat.
    mutating func heat(
        _ map: inout RawMap, of object: Int?, isCold: Bool = false, at seconds: Double, after motion: PictureMotion?
    ) -> MapScales {
        guard let object else { return alone.heat(&map, of: .score(0), probability: 1, isCold: isCold, at: seconds) }
        return followed.heat(
            &map, of: .score(object), probability: 1, isCold: isCold, at: seconds, after: motion)
    }

    mutating func forget() { followed.forget() }
}
