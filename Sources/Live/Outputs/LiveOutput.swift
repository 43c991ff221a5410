import Capture
import Encode
import Logging
import Pipeline
import Serve

/// Something that the live pictures of a camera go to, such as viewers or a file.
///
/// The stage that draws asks each before a picture what it wants, and offers it the picture: neither may wait. What takes
/// its time is done on a thread of the output's own, behind a bounded queue (`WorkQueue`), and what it is too slow for is
/// counted. An output outlives the pipelines whose pictures it gets, as long as the settings ask for it. It is a file of
/// its own, and an entry in `LiveOutputs.kinds`.
protocol LiveOutput: AnyObject, Sendable {
    /// What it may lack, for metrics and the summary; nil: nothing, or others count it.
    static var loss: OutputLoss? { get }

    /// - Returns: nil if the settings ask for none.
    /// - Throws: why it cannot be had. Nothing is replaced yet.
    static func open(_ opening: OutputOpening) throws -> Self?

    /// Whether it need not be opened anew for other settings.
    func goesOn(under config: EncodeConfig) -> Bool

    /// A pipeline's input is open; its pictures come next.
    ///
    /// - Throws: `EncodeError` if it does not send what the output needs.
    func begin(with source: any FrameSource, _ settings: LiveSettings.Values) throws(EncodeError)

    /// What it wants of the next picture. Any thread may ask.
    func wish(_ settings: LiveSettings.Values) -> PictureContent

    /// Takes what it wants of a picture, and returns at once. It gets every picture, also those that nobody wished for.
    ///
    /// - Parameter frame: drawn on, if `picture` says so. Nobody changes its pixels any more: to keep them is to take a
    ///   reference.
    /// - Returns: whether it tells the ledger what becomes of the picture. One output at most does.
    func offer(_ frame: borrowing Frame, _ picture: LivePicture) throws -> Bool

    /// No more pictures come from this pipeline. Blocks until those that wait need not be shown or written any more.
    ///
    /// - Parameter limit: what has not been begun by then is lost; nil: nothing is.
    func drain(within limit: Duration?)

    /// Ends, as other settings hold, and makes room for what follows. Blocks no longer than the limit; what is not done
    /// by then is done in the background.
    func handOver(within limit: Duration) throws(EncodeError)

    /// Ends. Blocks until all is complete.
    ///
    /// - Parameter limit: how long that may take; nil: as long as it takes.
    func finish(within limit: Duration?) throws(EncodeError)
}

extension LiveOutput {
    static var loss: OutputLoss? { nil }
    func begin(with source: any FrameSource, _ settings: LiveSettings.Values) throws(EncodeError) {}
    func drain(within limit: Duration?) {}
    func handOver(within limit: Duration) throws(EncodeError) { try finish(within: limit) }
}

/// What an output is opened with.
struct OutputOpening: Sendable {
    let config: EncodeConfig
    let hub: LiveHub
    /// Whether this program has written before: what is there may be its own.
    let goesOn: Bool
    let log: Logger
}

/// What an output may want of a picture.
struct PictureContent: OptionSet, Sendable {
    let rawValue: Int
    /// What is seen in it, as the sidecar tells it.
    static let record = PictureContent(rawValue: 1)
    /// The maps drawn on it.
    static let drawing = PictureContent(rawValue: 2)
}

/// What is known of a live picture.
struct LivePicture: Sendable {
    /// What was made for it: all that any output wished for.
    let content: PictureContent
    /// Of pictures that are drawn.
    let format: VideoFormat
    /// Its number, its times, and whether it is a slate.
    let facts: PictureFacts
    /// With their maps where they lie in this picture, the drawn one first; where nothing was wished for, where they lay in
    /// an earlier one.
    var observations: [Observation] = []
    /// nil: nothing is seen in it, or nobody wished to know.
    var record: FrameRecord?
    /// What viewers have chosen.
    let settings: LiveSettings.Values
}

/// Of what an output may lack some, because its disk or its clients are too slow.
struct OutputLoss: Sendable {
    /// The counter's name and help.
    let metric, help: String
    /// For so many.
    let summary: @Sendable (Int) -> String

    /// The same one for all outputs of a kind that a camera has, one after the other.
    func counter(_ metrics: Metrics) -> Counter { metrics.counter(metric, help) }
}
