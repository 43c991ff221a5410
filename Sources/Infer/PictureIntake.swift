import CFFmpeg
import Engine
import Pipeline
import Tracking

/// What a session does with each picture before its model does: scales and follows it, sees where a scene begins, and decides
/// whether the model looks at it.
struct PictureIntake {
    private let preprocess: Preprocess
    private let input: ModelInput
    private let tracker: PictureTracker
    /// Whether pictures come with what a tracker on another thread made of them.
    private var isTrackedElsewhere = false
    /// nil: maps do not follow the picture.
    private var route: MotionRoute?
    private var pace: InferencePace
    /// nil: what changes in the picture decides nothing.
    private var changes: ChangePace?
    /// Presentation time of the picture that came last.
    private var last: (seconds: Double, scene: Int)?

    /// A picture that came.
    struct Arrival {
        /// On the trail of motion; nil: it is not on it.
        let number: Int?
        /// After a cut or a gap.
        let startsAnew: Bool
        /// Whether the model looks at it; else it takes the maps of the picture before.
        let isLookedAt: Bool
    }

    /// - Parameters:
    ///   - format: of the pictures that will come.
    ///   - input: of the model.
    init(_ config: InferConfig, format: VideoFormat, input: ModelInput) throws(InferError) {
        self.input = input
        let window = try config.region.map { region throws(InferError) in try region.box(in: format) }
        do throws(FFmpegError) {
            preprocess = try Preprocess(format, input: input, window: window)
        } catch {
            throw .picture(error)
        }
        tracker = PictureTracker(config.motion == .auto ? MotionTrail(input, preprocess.geometry) : nil)
        route = tracker.trail?.makeRoute()
        pace = InferencePace(every: config.camEvery.frames ?? 1, rate: config.inferenceRate)
        changes = config.camEvery == .auto ? ChangePace(input) : nil
    }

    /// The part of the picture that the model's whole input shows.
    var region: Region { preprocess.region }

    /// Whether the model looks only where something changed.
    var awaitsChanges: Bool { changes != nil }

    /// Takes the next picture.
    ///
    /// - Parameters:
    ///   - tracked: what `makeTracker`'s tracker made of it, if there is one.
    ///   - tensor: 8-bit `[height, width, channels]`, filled with the picture.
    ///   - isInDoubt: whether it may decide which class is shown.
    mutating func take(
        _ frame: borrowing Frame, _ tracked: TrackedInput?, into tensor: UnsafeMutableRawBufferPointer,
        _ settings: MapSettings, isInDoubt: Bool = false
    ) throws(InferError) -> Arrival {
        precondition(isTrackedElsewhere == (tracked != nil))
        let mark: PictureMark
        if let tracked {
            tracked.copy(to: tensor)
            mark = tracked.mark
        } else {
            do throws(FFmpegError) {
                try preprocess.fill(tensor, from: frame)
            } catch {
                throw .picture(error)
            }
            mark = tracker.note(
                UnsafeRawBufferPointer(tensor), part: frame.part,
                isSearched: settings.isSmoothed || pace.leavesOut || awaitsChanges)
        }
        let seconds = frame.seconds
        let startsAnew = startsAnew(seconds, scene: mark.scene, longestGap: settings.longestGap)
        if startsAnew { forgetPace() }
        let isOfInterest =
            changes?.takes(UnsafeRawBufferPointer(tensor), at: seconds, isInDoubt: isInDoubt) ?? true
        return Arrival(
            number: mark.number, startsAnew: startsAnew, isLookedAt: isOfInterest && pace.takes(seconds))
    }

    /// Whether a picture comes too long after the one before, is older or of another scene, and notes its time.
    private mutating func startsAnew(_ seconds: Double, scene: Int, longestGap: Double) -> Bool {
        defer { last = (seconds, scene) }
        return last.map { scene != $0.scene || !(0...longestGap).contains(seconds - $0.seconds) } ?? false
    }

    /// How the picture moved from one to a later one, by their numbers; nil: not known.
    mutating func field(from first: Int?, to number: Int?) -> MotionField? {
        guard let first, let number, route?.find(from: first, to: number) == true else { return nil }
        return route?.field
    }

    /// Scales and follows the stream's pictures, also those that are not taken; each that is taken from now on must come with
    /// what the tracker made of it.
    ///
    /// - Returns: nil where maps stay where they are: pictures are taken as they are then.
    mutating func makeTracker() -> InputTracker? {
        let made = InputTracker(preprocess, input, tracker)
        isTrackedElsewhere = made != nil
        return made
    }

    /// Forgets earlier pictures, after a cut or a gap.
    mutating func forget() {
        if !isTrackedElsewhere { tracker.forget() }
        forgetPace()
    }

    private mutating func forgetPace() {
        pace.forget()
        changes?.forget()
    }
}
