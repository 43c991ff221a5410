import Glibc
import Pipeline

/// Fetches one file over HTTP: goes on where an earlier try ended, tries again after passing faults, and checks size and
/// checksum.
package struct Download {
    /// What happens meanwhile, for the user.
    package enum Event: Sendable, Equatable {
        /// Bytes that are there now.
        case progress(bytes: Int)
        /// Bytes that are there from an earlier try.
        case goesOn(after: Int)
        /// The server's file is another than that of the earlier try, or cannot be fetched in parts.
        case startsAgain
        case triesAgain(reason: String, after: Duration)
    }

    package struct Settings: Sendable {
        package var connectTimeout: Duration = .seconds(20)
        /// A transfer that brings next to nothing for so long is given up.
        package var stallTimeout: Duration = .seconds(30)
        /// Tries without a single new byte before giving up.
        package var fruitlessTries = 4
        /// Before the second try; twice as long before each further one.
        package var firstPause: Duration = .seconds(1)
        package var userAgent = "camstream"

        package init() {}
    }

    let source: CatalogueError.Source
    let bytes: Int
    let sha256: String
    let settings: Settings
    let isInterrupted: () -> Bool
    let report: (Event) -> Void

    /// - Throws: `CatalogueError`; what has come is kept in `file` where going on from there makes sense.
    func callAsFunction(into file: StagedFile, remembering validator: Validator) throws(CatalogueError) {
        if file.size > bytes { try file.clear() }
        var isResumed = file.size > 0
        if isResumed { report(.goesOn(after: file.size)) }
        while true {
            try fetch(file, validator)
            try file.flushToDisk()
            let found = try Checksum.sha256(ofFile: file.path)
            if found == sha256 { return }
            try file.clear()
            // The first part may have been of another file.
            guard isResumed else { throw .checksumDiffers(source, found: found, expected: sha256) }
            isResumed = false
            report(.startsAgain)
        }
    }

    /// Tries until all bytes are there.
    private func fetch(_ file: StagedFile, _ validator: Validator) throws(CatalogueError) {
        var fruitless = 0
        var hasReceived = false
        var most = file.size
        while file.size < bytes {
            if isInterrupted() { throw interrupted(file) }
            let transfer = try Transfer(
                source, expected: bytes, file: file, validator: validator, settings: settings,
                isInterrupted: isInterrupted, report: report)
            let outcome = try transfer.perform()
            hasReceived = hasReceived || transfer.received > 0
            fruitless = file.size > most ? 1 : fruitless + 1
            most = max(most, file.size)
            let (reason, asked): (String, Duration)
            switch outcome {
            case .complete: continue
            case .interrupted: throw interrupted(file)
            case .unreachable(let why):
                // A network that was there a moment ago may come back; one that never was will not.
                guard hasReceived else { throw .unreachable(source, reason: why) }
                (reason, asked) = (why, .zero)
            case .passing(let why, let retryAfter): (reason, asked) = (why, retryAfter)
            }
            guard fruitless < settings.fruitlessTries else { throw .unreachable(source, reason: reason) }
            let pause = min(.seconds(60), max(asked, settings.firstPause * (1 << (fruitless - 1))))
            report(.triesAgain(reason: reason, after: pause))
            wait(pause)
        }
    }

    private func interrupted(_ file: StagedFile) -> CatalogueError {
        .interrupted(name: source.name, kept: file.size, of: bytes)
    }

    /// In short steps, so that an interrupt is heeded.
    private func wait(_ pause: Duration) {
        let end = ContinuousClock.now + pause
        while ContinuousClock.now < end, !isInterrupted() { usleep(50_000) }
    }
}
