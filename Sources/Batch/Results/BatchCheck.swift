import Glibc
import Synchronization

/// Reads all results of a batch again, and says what is wrong with them.
package struct BatchCheck: Sendable {
    /// Something wrong.
    package struct Finding: Codable, Sendable, Equatable, Comparable {
        package enum Kind: String, Codable, Sendable {
            case missing, truncated, altered
            case otherVersion = "other version"
            case otherModel = "other model"
            case otherSettings = "other settings"
            case otherInput = "other input"
            case undecodable
            case leftOver = "left over"
        }

        package var kind: Kind
        /// Below the plan's folder.
        package var path: String
        package var problem: String

        package init(_ kind: Kind, _ path: String, _ problem: String) {
            (self.kind, self.path, self.problem) = (kind, path, problem)
        }

        package static func < (a: Finding, b: Finding) -> Bool { (a.path, a.kind.rawValue) < (b.path, b.kind.rawValue) }
    }

    package struct Report: Codable, Sendable, Equatable {
        /// Jobs whose results are whole, that are bad by their receipts, and that are not done yet.
        package var good = 0
        package var bad = 0
        package var open = 0
        /// By path.
        package var findings: [Finding] = []

        package init() {}
    }

    /// Reads a result as a program would that shows it; says what is wrong. Gets its path and what it is (`PlannedJob.roles`).
    package typealias Decode = @Sendable (_ path: String, _ role: String, _ frames: Int) -> String?

    private let plan: Plan
    private let decode: Decode

    package init(_ plan: Plan, decode: @escaping Decode = { _, _, _ in nil }) {
        (self.plan, self.decode) = (plan, decode)
    }

    package func callAsFunction() throws -> Report {
        let (folder, prints) = (plan.head.folder, plan.head.fingerprints)
        let report = Mutex(Report())
        let expected = Mutex(Set<String>())
        try plan.forEachGroup { jobs in
            for job in jobs {
                let (findings, state) = check(job, folder, prints)
                report.withLock { report in
                    report.findings += findings
                    switch state {
                    case .done where findings.isEmpty: report.good += 1
                    case .bad: report.bad += 1
                    case .open(.missing) where findings.isEmpty: report.open += 1
                    default: break
                    }
                }
                expected.withLock { $0.formUnion(job.files.map(\.path) + [job.receipt]) }
            }
        }
        let left = leftOvers(expected.withLock { $0 }, prints)
        return report.withLock { report in
            report.findings = (report.findings + left).sorted()
            return report
        }
    }

    private func check(
        _ job: PlannedJob, _ folder: String, _ prints: PlanHead.Fingerprints
    ) -> ([Finding], JobState) {
        let state = JobState(job, in: folder, prints)
        switch state {
        case .bad: return ([], state)
        case .newer(let format):
            return ([Finding(.otherVersion, job.receipt, "a newer camstream wrote it (format \(format))")], state)
        case .open(let reason):
            switch reason {
            case .missing:
                // Results whose receipt is gone or never came.
                let found = job.files.filter { InputStamp(path: "\(folder)/\($0.path)") != nil }
                return (found.map { Finding(.leftOver, $0.path, "it has no receipt") }, state)
            case .unreadable: return ([Finding(.altered, job.receipt, reason.rawValue)], state)
            case .otherVersion: return ([Finding(.otherVersion, job.receipt, reason.rawValue)], state)
            case .otherModel: return ([Finding(.otherModel, job.receipt, reason.rawValue)], state)
            case .otherSettings: return ([Finding(.otherSettings, job.receipt, reason.rawValue)], state)
            case .otherInput: return ([Finding(.otherInput, job.receipt, reason.rawValue)], state)
            case .otherResult:
                guard case .receipt(let receipt) = Receipt.read("\(folder)/\(job.receipt)") else { return ([], state) }
                return (receipt.outputs.compactMap { sizeFault($0, folder) }, state)
            }
        case .done(let receipt):
            return (receipt.outputs.compactMap { contentFault($0, job, receipt, folder) }, state)
        }
    }

    private func sizeFault(_ output: Receipt.Output, _ folder: String) -> Finding? {
        guard let stamp = InputStamp(path: "\(folder)/\(output.path)") else {
            return Finding(.missing, output.path, "it is not there")
        }
        if stamp.size == output.size { return nil }
        return Finding(
            stamp.size < output.size ? .truncated : .altered, output.path,
            "it has \(stamp.size) bytes and was written with \(output.size)")
    }

    private func contentFault(
        _ output: Receipt.Output, _ job: PlannedJob, _ receipt: Receipt, _ folder: String
    ) -> Finding? {
        let path = "\(folder)/\(output.path)"
        guard let digits = try? InputStamp.checksum(path) else {
            return Finding(.missing, output.path, "it cannot be read")
        }
        if digits != output.sha256 { return Finding(.altered, output.path, "its content is not what was written") }
        let role = job.files.first { $0.path == output.path }?.role ?? ""
        return decode(path, role, receipt.frames).map { Finding(.undecodable, output.path, $0) }
    }

    /// Files that belong to no job: of an earlier plan, of attempts that were killed, or somebody's.
    private func leftOvers(_ expected: Set<String>, _ prints: PlanHead.Fingerprints) -> [Finding] {
        var found: [Finding] = []
        var others: [String] = []
        func walk(_ below: String) {
            var folders: [String] = []
            _ = forEachEntry(in: below.isEmpty ? plan.head.folder : "\(plan.head.folder)/\(below)") { name, kind in
                let path = below.isEmpty ? name : "\(below)/\(name)"
                if kind == Int(DT_DIR) {
                    if path != JobPlaces.hidden { folders.append(path) }
                } else if !expected.contains(path) {
                    if path.hasSuffix(Receipt.ending) { others.append(path) }
                    found.append(Finding(.leftOver, path, "no recording of the plan becomes it"))
                }
            }
            for folder in folders { walk(folder) }
        }
        walk("")
        // Results of the same settings, of a plan of which this one is a part.
        var known: Set<String> = []
        for path in others {
            guard case .receipt(let receipt) = Receipt.read("\(plan.head.folder)/\(path)"), receipt.isBy(prints) else {
                continue
            }
            known.formUnion(receipt.outputs.map(\.path) + [path])
        }
        found.removeAll { known.contains($0.path) }
        _ = forEachEntry(in: "\(plan.head.folder)/\(JobPlaces.hidden)") { name, _ in
            found.append(
                Finding(.leftOver, "\(JobPlaces.hidden)/\(name)", "half-made, of an attempt that goes on or was killed")
            )
        }
        return found
    }
}

extension BatchCheck.Report {
    /// Removes the receipts of jobs with something wrong, so that they count as not done.
    package func reopen(_ plan: Plan) throws {
        let wrong = Set(findings.map(\.path))
        try plan.visitJobs { job in
            guard wrong.contains(job.receipt) || job.files.contains(where: { wrong.contains($0.path) }) else { return }
            unlink("\(plan.head.folder)/\(job.receipt)")
        }
    }
}
