/// How a classifier is made of pictures.
package struct FitOptions: Sendable, Equatable {
    /// A folder or table of other pictures to test on; nil: some of those that are there are held out.
    package var test: String?
    /// Share of the examples that is held out.
    package var testShare = 0.2
    /// Parts for a cross-validation in the place of what is held out.
    package var validate: Int?
    /// Of each example; nil: by how many examples there are.
    package var views: Int?
    package var mirrors = true
    /// Examples of one clip at most.
    package var mostFrames = 60
    /// nil: chosen by cross-validation.
    package var l2: Double?

    package init() {}

    /// - Throws: `FitError.option`.
    package func check() throws(FitError) {
        guard (0...0.5).contains(testShare) else {
            throw .option(name: "--test-share", value: "\(testShare)", allowed: "0 to 0.5")
        }
        if let validate, !(2...20).contains(validate) {
            throw .option(name: "--validate", value: "\(validate)", allowed: "2 to 20")
        }
        if let views, !(1...16).contains(views) {
            throw .option(name: "--views", value: "\(views)", allowed: "1 to 16")
        }
        guard (1...10_000).contains(mostFrames) else {
            throw .option(name: "--max-frames", value: "\(mostFrames)", allowed: "1 to 10000")
        }
        if let l2, !(l2 > 0 && l2 <= 1000) {
            throw .option(name: "--l2", value: "\(l2)", allowed: "above 0, at most 1000")
        }
    }

    /// Views of each of so many files: what is learnt from more of them grows ever less, and takes as long each. On the 6,096
    /// photographs of Caltech-101's training part three views did no better than one.
    func views(forFiles count: Int) -> Int {
        views ?? (count <= 600 ? 4 : count <= 2000 ? 2 : 1)
    }

    func extraction(views: Int) -> ExtractionOptions {
        var options = ExtractionOptions()
        (options.views, options.mirrors, options.mostFrames) = (views, mirrors, mostFrames)
        return options
    }
}
