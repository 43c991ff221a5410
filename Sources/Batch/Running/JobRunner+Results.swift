import Glibc
import Pipeline

/// How results and receipts get their names.
extension JobRunner {
    static func output(_ made: String, named path: String) throws(JobFailure) -> Receipt.Output {
        do throws(BatchError) {
            let digits = try InputStamp.checksum(made)
            return Receipt.Output(path: path, size: InputStamp(path: made)?.size ?? 0, sha256: digits)
        } catch {
            throw .tryAgain("\(error)")
        }
    }

    func place(
        _ job: PlannedJob, _ files: [String: String], _ receipt: Receipt, _ places: JobPlaces
    ) throws(JobFailure) {
        // Says, if this process is killed in between, that results without a receipt are a batch's.
        try Self.write([], to: places.placing, isLasting: false)
        // An old receipt must not stand for new results.
        unlink("\(folder)/\(job.receipt)")
        for (role, path) in job.files {
            guard let made = files[role] else { continue }
            try Self.move(made, to: "\(folder)/\(path)")
        }
        try write(receipt, job, places)
        unlink(places.placing)
    }

    func write(_ receipt: Receipt, _ job: PlannedJob, _ places: JobPlaces) throws(JobFailure) {
        let bytes: [UInt8]
        do { bytes = Array(try receipt.bytes) } catch { throw .machine("the receipt cannot be written: \(error)") }
        let temporary = places.work("receipt-\(getpid())-\(UInt32.random(in: 0 ... .max))")
        do throws(JobFailure) {
            try Self.write(bytes, to: temporary)
            try Self.move(temporary, to: "\(folder)/\(job.receipt)")
        } catch {
            unlink(temporary)
            throw error
        }
    }

    static func move(_ path: String, to target: String) throws(JobFailure) {
        if let slash = target.utf8.lastIndex(of: UInt8(ascii: "/")) { try makeFolder(String(target[..<slash])) }
        guard rename(path, target) == 0 else {
            throw .machine("cannot write \(target): \(String(cString: strerror(errno)))")
        }
    }

    /// - Parameter isLasting: whether it is to be on the disk, not only on its way there.
    static func write(_ bytes: [UInt8], to path: String, isLasting: Bool = true) throws(JobFailure) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw .machine("cannot write \(path): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + done, bytes.count - done) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .machine("cannot write \(path): \(String(cString: strerror(errno)))") }
            done += count
        }
        if isLasting, fsync(file) != 0, errno != EINVAL {
            throw .machine("cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }
}

extension JobFailure {
    /// With the names that results will have in the place of those that they had until then.
    func named(_ files: [String: String], _ job: PlannedJob, _ folder: String) -> JobFailure {
        func named(_ text: String) -> String {
            job.files.reduce(text) { text, file in
                files[file.role].map { text.replacing($0, with: "\(folder)/\(file.path)") } ?? text
            }
        }
        return switch self {
        case .badInput(let text): .badInput(named(text))
        case .tryAgain(let text): .tryAgain(named(text))
        case .machine(let text): .machine(named(text))
        case .fatal(let text, let exit): .fatal(named(text), exit: exit)
        case .stopped: .stopped
        }
    }
}
