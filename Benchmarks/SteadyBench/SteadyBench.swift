import ArgumentParser
import Infer

/// Times all that makes maps steady: each part, and a picture's sum. Times the motion search, and says how far off it is on
/// pictures whose motion is known; the same for the vectors that decoders hand over. Prints tables.
///
/// Allocations a picture: preload `Benchmarks/malloc_count.c`, and compare two runs with `--only steady` (or `search`) that
/// differ in `--frames`.
@main
struct SteadyBench: ParsableCommand {
    @Option(help: "Pictures that each case is timed on.")
    var frames = 200
    @Option(help: "'steady', 'follow', 'search', 'decoder' or 'all'.")
    var only = Table.all

    enum Table: String, ExpressibleByArgument {
        case steady, follow, search, decoder, all
    }

    @Option(help: "An ONNX classifier: its input is what 'follow' scales pictures to.")
    var model: String?

    func run() throws {
        if [.steady, .all].contains(only) { SteadyTable(frames: frames).print() }
        if [.follow, .all].contains(only) { try FollowTable(frames: frames, model: model).print() }
        if [.search, .all].contains(only) { SearchTable.print(frames: frames) }
        if [.decoder, .all].contains(only) { try DecoderComparison.run() }
    }
}
