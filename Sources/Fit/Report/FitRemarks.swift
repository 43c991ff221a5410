import Foundation
import Reports

/// What a reader of a report should know before the figures, in sentences that say what to do. Names in them are of others.
struct FitRemarks {
    let sentences: [String]

    /// Fewer answers say hardly anything about a class.
    private static let few = 10
    /// From which on probabilities are not what they say.
    private static let miscalibrated = 0.05

    init(_ report: FitReport) {
        sentences =
            Self.ofTest(report) + Self.ofNames(report) + Self.ofClasses(report) + Self.ofDuplicates(report)
            + Self.ofFit(report) + Self.ofSkipped(report)
    }

    private static func ofTest(_ report: FitReport) -> [String] {
        guard let test = report.test else {
            return ["Nothing was held out, so nobody knows how often the model is right."]
        }
        var sentences: [String] = []
        if case .crossValidation(let folds) = test.kind {
            sentences.append(
                "The figures are of \(folds) models, each tested on what it had not learnt; the model that was written has "
                    + "learnt all examples, and should do as well or better.")
        }
        let width = test.accuracyInterval.high - test.accuracyInterval.low
        if width > 0.1 {
            sentences.append(
                "\(counted(test.count, "example")) tested: the true share of right answers lies anywhere from "
                    + "\(percent(test.accuracyInterval.low)) to \(percent(test.accuracyInterval.high)). More images narrow it."
            )
        }
        if let error = test.calibration.error, error > miscalibrated, test.count >= 100 {
            sentences.append(
                "Probabilities are off by \(percent(error)) on average: do not take them at their word.")
        }
        return sentences
    }

    /// Of letters they are meant; else they are one class by mistake.
    private static func ofNames(_ report: FitReport) -> [String] {
        let alike = Dictionary(grouping: report.classes) { $0.name.lowercased() }.values.filter { $0.count > 1 }
        return alike.sorted { $0[0].name.utf8.lexicographicallyPrecedes($1[0].name.utf8) }.prefix(5).map {
            "The names \(named($0)) differ in capitals alone: if they are one class, put their images together."
        }
    }

    private static func ofClasses(_ report: FitReport) -> [String] {
        guard report.test != nil else { return [] }
        var sentences: [String] = []
        let unmeasured = report.classes.filter { $0.tested == 0 }
        if !unmeasured.isEmpty {
            sentences.append(
                "Nothing is known about \(named(unmeasured)): all images of such a class are one clip or near-duplicates, or "
                    + "none of it is among those that are tested. Take images of it at another time or place.")
        }
        let few = report.classes.filter { (1..<Self.few).contains($0.tested) }
        if !few.isEmpty, few.count <= report.classes.count / 2 {
            sentences.append("Fewer than \(Self.few) images are tested of \(named(few)).")
        }
        let weak = report.classes.filter { $0.tested >= 5 && ($0.recall ?? 1) < 0.7 }
        if !weak.isEmpty {
            sentences.append(
                "Fewer than 7 of 10 are recognised of \(named(weak)): look at the errors below; more, and more different, "
                    + "images help most.")
        }
        return sentences
    }

    private static func ofDuplicates(_ report: FitReport) -> [String] {
        let facts = report.nearDuplicates
        var sentences: [String] = []
        if facts.betweenClasses > 0 {
            sentences.append(
                "\(counted(facts.betweenClasses, "pair")) of nearly the same image \(facts.betweenClasses == 1 ? "lies" : "lie") "
                    + "in two classes: one of the labels is probably wrong.")
        }
        if facts.acrossSplit > 0 {
            sentences.append(
                "\(counted(facts.acrossSplit, "pair")) of nearly the same image \(facts.acrossSplit == 1 ? "was" : "were") "
                    + "learnt and tested: the figures are too good by that.")
        }
        return sentences
    }

    private static func ofFit(_ report: FitReport) -> [String] {
        var sentences: [String] = []
        if report.fit.folds == 0 {
            sentences.append(
                "Each class is one clip or near-duplicates, so neither L2 nor the temperature could be chosen: the "
                    + "probabilities are rough. Add images from other times or places.")
        }
        if report.fit.balancesClasses {
            sentences.append("Classes have few and unequal numbers of images, and were made to weigh the same.")
        }
        return sentences
    }

    private static func ofSkipped(_ report: FitReport) -> [String] {
        report.skipped.isEmpty ? [] : ["\(counted(report.skipped.count, "file")) could not be used: see the end."]
    }

    private static func named(_ classes: [FitReport.ClassFacts]) -> String {
        classes.prefix(5).map { "'\($0.name)'" }.joined(separator: ", ")
            + (classes.count > 5 ? " and \(classes.count - 5) more" : "")
    }
}

/// "1 file", "3 files".
func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }

/// "94.6 %".
