/// How a model of good parts is made.
package struct NormalOptions: Sendable, Equatable {
    /// Rows that are remembered at most.
    package var coreset = 1600
    /// Of the backbone, as users write them; none: two of its middle ones.
    package var layers: [String] = []
    /// A folder with one folder a kind of defect, and one of good ones, to test on.
    package var test: String?
    /// Pictures of one clip at most.
    package var mostFrames = 60

    package init() {}

    /// - Throws: `FitError.option`.
    package func check() throws(FitError) {
        guard (16...20_000).contains(coreset) else {
            throw .option(name: "--coreset", value: "\(coreset)", allowed: "16 to 20000")
        }
        guard (1...10_000).contains(mostFrames) else {
            throw .option(name: "--max-frames", value: "\(mostFrames)", allowed: "1 to 10000")
        }
        guard layers.count <= 4 else {
            throw .option(name: "--layers", value: layers.joined(separator: ","), allowed: "four layers at most")
        }
    }

    /// Bytes of features that are kept to choose from: of more pictures fewer places each are looked at.
    static let sampleBytes = 128 << 20
    /// Rows of them at most: what takes time is to choose.
    static let sampleRows = 60_000
    /// Features of a place at most; more become fewer by a random projection.
    static let widest = 256
    /// Of what is compared to choose rows; what is remembered is not made fewer for it.
    static let widestToChoose = 64
}
