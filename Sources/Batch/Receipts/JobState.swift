import Glibc
import Pipeline

/// How a job stands, as its receipt and results say.
package enum JobState: Sendable, Equatable {
    case done(Receipt)
    /// The input is bad, and still the one that was tried.
    case bad(Receipt)
    /// To be done; why, in a few words.
    case open(Reason)
    /// A newer program has been here; this one leaves its results alone.
    case newer(format: Int)

    package enum Reason: String, Sendable, Equatable, CaseIterable {
        case missing = "not done yet"
        case unreadable = "its receipt cannot be read"
        case otherVersion = "made by another version of camstream"
        case otherModel = "made with another model"
        case otherSettings = "made with other settings"
        case otherInput = "the input has changed since"
        case otherResult = "a result is missing or has another size"
    }

    /// Asks the file system for names and sizes, and reads one small file; contents only where an input's time alone changed.
    package init(_ job: PlannedJob, in folder: String, _ prints: PlanHead.Fingerprints) {
        switch Receipt.read("\(folder)/\(job.receipt)") {
        case .missing: self = .open(.missing)
        case .newer(let format): self = .newer(format: format)
        case .unreadable: self = .open(.unreadable)
        case .receipt(let receipt):
            if let reason = Self.misfit(receipt, job, folder, prints) {
                self = .open(reason)
            } else {
                self = receipt.exit == 0 ? .done(receipt) : .bad(receipt)
            }
        }
    }

    private static func misfit(
        _ receipt: Receipt, _ job: PlannedJob, _ folder: String, _ prints: PlanHead.Fingerprints
    ) -> Reason? {
        if receipt.camstream != prints.camstream { return .otherVersion }
        if receipt.model != prints.model { return .otherModel }
        if receipt.settings != prints.settings { return .otherSettings }
        guard receipt.id == job.id, isSameInput(receipt, job) else { return .otherInput }
        guard receipt.exit == 0 else { return nil }
        guard receipt.outputs.map(\.path) == job.files.map(\.path) else { return .otherSettings }
        let isWhole = receipt.outputs.allSatisfy { output in
            InputStamp(path: "\(folder)/\(output.path)")?.size == output.size
        }
        return isWhole ? nil : .otherResult
    }

    private static func isSameInput(_ receipt: Receipt, _ job: PlannedJob) -> Bool {
        guard let input = receipt.input else { return job.size == nil || access(job.input, F_OK) != 0 }
        return input.stands(for: job.input)
    }
}
