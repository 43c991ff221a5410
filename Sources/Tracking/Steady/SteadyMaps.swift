package import Pipeline

/// Makes raw maps steady and turns them into heat: each target, such as a class, has its own filter and its own scale.
///
/// In place, with the memory of targets that were not asked for lately used again for others.
package struct SteadyMaps {
    package var settings: MapSettings {
        didSet {
            if settings.filter != oldValue.filter {
                for index in tracks.indices { tracks[index].filter = nil }
            } else if settings.isSmoothed {
                for track in tracks { track.filter?.timeConstant = settings.smoothing }
            } else {
                for track in tracks { track.filter?.forget() }
            }
            if settings.scale != oldValue.scale {
                for index in tracks.indices { tracks[index].scale.forget() }
            }
        }
    }

    private var frameScale: FrameScale
    private var conviction: Conviction
    private let isClassDiscriminative: Bool
    private var tracks: [Track] = []
    private var scratch: [Float] = []
    /// Times of the picture that is looked at, and of the one before.
    private var pictures: (now: Double?, before: Double?)
    /// Of the targets that are looked at, those of the last pictures keep their past; the others' is dropped.
    private let capacity: Int

    /// What is remembered of one target.
    private struct Track {
        /// nil: of whatever is asked for.
        var target: ExplanationTarget?
        /// Of its last map.
        var seconds: Double
        /// nil: it begins with the next map.
        var filter: (any TemporalFilter)?
        var scale = RunningScale()

        mutating func forget() {
            filter?.forget()
            scale.forget()
        }
    }

    /// - Parameters:
    ///   - traits: of the method's maps.
    ///   - classes: how many the classifier has.
    ///   - capacity: how many targets are remembered, at least one.
    package init(_ settings: MapSettings, _ traits: MapTraits, classes: Int, capacity: Int = 12) {
        self.settings = settings
        self.capacity = capacity
        frameScale = FrameScale(traits)
        isClassDiscriminative = traits.isClassDiscriminative
        conviction = Conviction(classes: classes, isClassDiscriminative: isClassDiscriminative)
    }

    /// Turns a raw map into heat, 0...1.
    ///
    /// - Parameters:
    ///   - map: its values become the heat.
    ///   - probability: of what is explained, in this picture.
    ///   - isCold: whether it is shown without heat, however probable it is; a map that is the same for all classes is not.
    ///   - seconds: presentation time. A step back starts afresh, and so does a target that was not asked for in the
    ///     picture before and for a long time.
    ///   - motion: of the picture, since the one whose maps were asked for before; nil: not known.
    package mutating func heat(
        _ map: inout RawMap, of target: ExplanationTarget, probability: Float, isCold: Bool = false,
        at seconds: Double, after motion: PictureMotion? = nil
    ) -> MapScales {
        let isCold = isCold && isClassDiscriminative
        let own = frameScale(map.values)
        guard settings.isSmoothed || settings.scale == .running else {
            return MapScales(frame: own, shown: applyFixed(own, isCold, to: &map.values))
        }
        // A map that is the same for all classes goes on when another class is drawn.
        let (index, before) = track(of: isClassDiscriminative ? target : nil, at: seconds)
        let elapsed = before.map { seconds - $0 } ?? 0
        map.values.dropNonNumbers()
        if settings.isSmoothed {
            if let motion, motion.since == before { move(index, motion.field, with: map) }
            filter(index).filter(&map.values, after: elapsed)
        }
        guard settings.scale == .running else {
            return MapScales(frame: own, shown: applyFixed(frameScale(map.values), isCold, to: &map.values))
        }
        let high = frameScale(map.values, above: RunningScale.shareAbove)
        let shown = tracks[index].scale.update(
            low: high.low, span: high.high - high.low, conviction: isCold ? Conviction.least : conviction(probability),
            after: elapsed)
        RunningScale.apply(shown, to: &map.values)
        return MapScales(frame: own, shown: shown)
    }

    /// Forgets the past, after a cut or a gap.
    package mutating func forget() {
        for index in tracks.indices { tracks[index].forget() }
    }

    /// Goes on with the classes of another list: each keeps its filter and its scale, and those that have gone are forgotten.
    package mutating func renumber(_ numbers: Renumbering) {
        conviction = Conviction(classes: numbers.count, isClassDiscriminative: isClassDiscriminative)
        tracks = tracks.compactMap { track in
            guard let target = track.target else { return track }
            guard let new = numbers[target] else { return nil }
            var track = track
            track.target = new
            return track
        }
    }

    /// Moves what a filter remembers with the picture.
    ///
    /// - Parameter map: the new one, for what came into the picture.
    private mutating func move(_ index: Int, _ field: MotionField, with map: RawMap) {
        guard !field.isIdentity, let filter = tracks[index].filter else { return }
        if scratch.count != map.values.count { scratch.replace(with: map.values) }
        filter.move { past in
            guard past.count == map.values.count else { return }
            map.values.withUnsafeBufferPointer { arriving in
                scratch.withUnsafeMutableBufferPointer { moved in
                    field.warp(
                        UnsafeBufferPointer(past), height: map.height, width: map.width, arriving: arriving,
                        into: moved)
                    _ = past.update(fromContentsOf: moved)
                }
            }
        }
    }

    /// - Parameter frame: the map's own scale.
    private func applyFixed(_ frame: ColourScale, _ isCold: Bool, to map: inout [Float]) -> ColourScale {
        var scale = frame
        if case .fixed(let low, let high) = settings.scale { scale = ColourScale(low: low, high: high) }
        // Its order stays, for who reads where the map is strongest.
        if isCold { scale = ColourScale(low: scale.low, high: scale.low + (scale.high - scale.low) / Conviction.least) }
        FrameScale.apply(scale, to: &map)
        return scale
    }

    /// The target's track, brought up to a time.
    ///
    /// - Returns: also the time of its last map; nil: there is none that this one follows.
    private mutating func track(of target: ExplanationTarget?, at seconds: Double) -> (index: Int, before: Double?) {
        if seconds != pictures.now { pictures = (seconds, pictures.now) }
        guard let index = tracks.firstIndex(where: { $0.target == target }) else {
            return (newTrack(of: target, at: seconds), nil)
        }
        let before = tracks[index].seconds
        tracks[index].seconds = seconds
        let isNext = before == pictures.before && before < seconds
        guard isNext || (0...settings.longestGap).contains(seconds - before) else {
            tracks[index].forget()
            return (index, nil)
        }
        return (index, before)
    }

    private mutating func newTrack(of target: ExplanationTarget?, at seconds: Double) -> Int {
        if tracks.count < capacity {
            tracks.append(Track(target: target, seconds: seconds))
            return tracks.count - 1
        }
        let oldest = tracks.indices.min { tracks[$0].seconds < tracks[$1].seconds }!
        tracks[oldest].forget()
        tracks[oldest].target = target
        tracks[oldest].seconds = seconds
        return oldest
    }

    private mutating func filter(_ index: Int) -> any TemporalFilter {
        if let filter = tracks[index].filter { return filter }
        let filter = settings.filter.make(timeConstant: settings.smoothing)
        tracks[index].filter = filter
        return filter
    }
}

/// How the picture moved up to now.
package struct PictureMotion {
    package let field: MotionField
    /// Presentation time of the picture that it begins with.
    let since: Double

    package init(field: MotionField, since: Double) {
        self.field = field
        self.since = since
    }
}

extension [Float] {
    /// 0 in place of what is no number: it would stay in every average for good.
    fileprivate mutating func dropNonNumbers() {
        for cell in indices where !self[cell].isFinite { self[cell] = 0 }
    }
}
