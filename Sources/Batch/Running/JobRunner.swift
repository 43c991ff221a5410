import Glibc
import Pipeline
package import Reports

/// Does a job so that it may be repeated, killed and done twice at once: results get their names only when they are complete,
/// and the receipt that says so is written last.
package struct JobRunner: Sendable {
    /// What was made of a recording, beside its files.
    package struct Made: Sendable {
        package var frames: Int
        package var corrupt: Int
        package var duration: Double?
        package var precision: String?
        package var seen: RecordingDigest?
        /// What is to be known of a recording that was done all the same; nil: nothing.
        package var problem: String?

        package init(
            frames: Int, corrupt: Int = 0, duration: Double? = nil, precision: String? = nil,
            seen: RecordingDigest? = nil, problem: String? = nil
        ) {
            (self.frames, self.corrupt, self.duration) = (frames, corrupt, duration)
            (self.precision, self.seen, self.problem) = (precision, seen, problem)
        }
    }

    package enum Outcome: Sendable, Equatable {
        case done(Receipt)
        /// It was done before.
        case skipped(Receipt)
        case bad(Receipt)
        /// It was tried before, and found bad.
        case badBefore(Receipt)
        /// Somebody else does it just now.
        case busy
        case failed(JobFailure)
    }

    /// Makes results at the paths that it is given by role. Throws `JobFailure`.
    package typealias Work = @Sendable (PlannedJob, [String: String]) async throws(JobFailure) -> Made

    let folder: String
    private let prints: PlanHead.Fingerprints
    private let repeatsBad: Bool
    private let leases: LeaseKeeper
    private let work: Work

    /// - Parameters:
    ///   - folder: the plan's.
    ///   - repeatsBad: whether inputs that were found bad are tried again.
    package init(
        in folder: String, _ prints: PlanHead.Fingerprints, repeatsBad: Bool = false,
        leases: LeaseKeeper = LeaseKeeper(),
        work: @escaping Work
    ) {
        (self.folder, self.prints, self.repeatsBad) = (folder, prints, repeatsBad)
        (self.leases, self.work) = (leases, work)
    }

    /// - Parameter watch: what is known of others' locks.
    package func callAsFunction(_ job: PlannedJob, _ watch: LockWatch) async -> Outcome {
        let places = JobPlaces(folder, job.id)
        if let outcome = known(job) {
            // Somebody was killed between the receipt and the end.
            if access(places.lock, F_OK) == 0, watch.clear(places.lock) { places.removeOldWork() }
            return outcome
        }
        do throws(JobFailure) {
            try places.make()
            var lock = try JobLock.create(places.lock)
            if lock == nil, watch.clear(places.lock) { lock = try JobLock.create(places.lock) }
            guard let lock else { return .busy }
            leases.keep(lock)
            defer { leases.release(lock) }
            // Whoever had the lock before may have done it.
            if let outcome = known(job) { return outcome }
            places.removeOldWork()
            return try await perform(job, places, lock)
        } catch {
            return .failed(error)
        }
    }

    /// What is to be done with a job that was done before; nil: it is to be done.
    private func known(_ job: PlannedJob) -> Outcome? {
        switch JobState(job, in: folder, prints) {
        case .done(let receipt): .skipped(receipt)
        case .bad(let receipt): repeatsBad ? nil : .badBefore(receipt)
        case .newer(let format):
            .failed(
                .fatal(
                    "\(folder)/\(job.receipt) was written by a newer camstream (format \(format)). Update this one, or choose "
                        + "another --out-dir.", exit: 64))
        case .open: nil
        }
    }

    private func perform(
        _ job: PlannedJob, _ places: JobPlaces, _ lock: JobLock
    ) async throws(JobFailure) -> Outcome {
        let start = ContinuousClock.now
        let attempt = places.work("\(getpid())-\(UInt32.random(in: 0 ... .max))")
        try makeFolder(attempt)
        defer { removeTree(attempt) }
        var files: [String: String] = [:]
        // By what they are: a name may be long, or mean something to who writes the file.
        for (role, path) in job.files { files[role] = "\(attempt)/\(role)\(Self.ending(path))" }
        let before = InputStamp(path: job.input)
        do throws(JobFailure) {
            if before == nil, job.size != nil { throw Self.absence(of: job.input) }
            let made = try await work(job, files)
            let input = try stamp(job, before)
            var receipt = Receipt(
                id: job.id, exit: 0, input: input, by: prints, seconds: 0)
            (receipt.frames, receipt.corrupt, receipt.duration) = (made.frames, made.corrupt, made.duration)
            (receipt.precision, receipt.seen, receipt.problem) = (made.precision, made.seen, made.problem)
            for (role, path) in job.files {
                guard let made = files[role] else { continue }
                receipt.outputs.append(try Self.output(made, named: path))
            }
            receipt.seconds = (ContinuousClock.now - start) / .seconds(1)
            try check(lock, job)
            try place(job, files, receipt, places)
            return .done(receipt)
        } catch {
            guard case .badInput(let problem) = error.named(files, job, folder) else {
                throw error.named(files, job, folder)
            }
            var receipt = Receipt(
                id: job.id, exit: 65, input: try stamp(job, before), by: prints,
                seconds: (ContinuousClock.now - start) / .seconds(1))
            receipt.problem = problem
            try check(lock, job)
            let old = Receipt.read("\(folder)/\(job.receipt)")
            try write(receipt, job, places)
            // What was made of the recording before; a file that no receipt names is somebody's.
            if case .receipt(let old) = old, old.id == job.id {
                for output in old.outputs where job.files.contains(where: { $0.path == output.path }) {
                    unlink("\(folder)/\(output.path)")
                }
            }
            return .bad(receipt)
        }
    }

    /// Who has lost the lock writes nothing more: somebody else does the job.
    private func check(_ lock: JobLock, _ job: PlannedJob) throws(JobFailure) {
        guard lock.isHeld else { throw .tryAgain("another task took this one for dead and does \(job.input)") }
    }

    /// A file that is gone from its folder will not come back; a folder that is gone may be a disk that is not there just now.
    private static func absence(of input: String) -> JobFailure {
        guard let slash = input.utf8.lastIndex(of: UInt8(ascii: "/")), access(String(input[..<slash]) + "/", F_OK) != 0
        else {
            return .badInput("\(input): no such file. Check the path.")
        }
        return .machine("\(input): its folder is not there. Is its disk mounted?")
    }

    /// What the input was while it was read.
    private func stamp(_ job: PlannedJob, _ before: InputStamp?) throws(JobFailure) -> InputStamp? {
        guard var stamp = before else { return nil }
        do throws(BatchError) {
            stamp.sha256 = try InputStamp.checksum(job.input)
        } catch {
            // What may not be read is known by its size and time.
            guard access(job.input, R_OK) != 0, errno == EACCES else { throw .tryAgain("\(error)") }
        }
        guard InputStamp(path: job.input) == before else {
            throw .tryAgain("\(job.input) changed while it was read")
        }
        return stamp
    }

    /// Such as ".mp4"; none if there is none.
    private static func ending(_ path: String) -> String {
        let name = pathParts(path).last ?? ""
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return "" }
        return String(name[dot...])
    }
}
