import Reports

/// How figures are written.
package enum EvaluationText {
    /// Such as "62.5 %" or "0.481".
    package static func value(_ estimate: Estimate, _ metric: Metric) -> String {
        text(estimate.value, isShare: metric.isShare, digits: metric.digits) + (metric.isShare ? " %" : "")
    }

    /// Such as "58.1 to 66.0", or nothing where nothing is known.
    package static func interval(_ estimate: Estimate, _ metric: Metric) -> String {
        interval(estimate, isShare: metric.isShare, digits: metric.digits)
    }

    static func interval(_ estimate: Estimate, isShare: Bool, digits: Int) -> String {
        guard let low = estimate.low, let high = estimate.high else { return "" }
        return "\(text(low, isShare: isShare, digits: digits)) to \(text(high, isShare: isShare, digits: digits))"
    }

    private static func text(_ value: Double, isShare: Bool, digits: Int) -> String {
        fixed(isShare ? 100 * value : value, digits: digits)
    }
}

extension Evaluation {
    /// The best method, baselines aside; nil: nothing is known.
    package func best(by metric: Metric) -> Method? {
        methods.filter { !$0.method.isBaseline && $0.ranks[metric.key] != nil }
            .min { $0.ranks[metric.key]! < $1.ranks[metric.key]! }
    }

    func title(of key: String) -> String { facts.methods.first { $0.key == key }?.title ?? key }

    /// What one should know before the figures, a sentence each.
    package var remarks: [String] {
        var remarks: [String] = []
        if !summary.isFinished {
            remarks.append(
                "\(counted(facts.pictures - summary.judged - unread, "image was", "images were")) not reached: --resume goes on."
            )
        }
        if options.draws == 0 {
            remarks.append("Nothing was drawn, so nobody knows how sure the figures are: --bootstrap 1000.")
        }
        if summary.judged < 100 {
            remarks.append(
                "\(counted(summary.judged, "image says", "images say")) little: look at the bounds, not at the ranks."
            )
        }
        let classes = Set(facts.classes.values)
        if classes.count == 1, let label = facts.classes.keys.sorted().first {
            remarks.append("All images are of one class (\(label)): the figures hold for it alone.")
        }
        if facts.layout == .videos {
            remarks.append("Frames of one video are alike: bounds are narrower than those of as many photographs.")
        }
        if options.tuneShare == 0, metrics.contains(.maxBoxAcc) || metrics.contains(.maskIoU) {
            remarks.append(
                "Thresholds are the best ones on these very images, as the evaluation of weakly supervised localisation has them; "
                    + "--tune-share 0.3 chooses them on others.")
        }
        if let accuracy = summary.accuracy?.value, facts.target == "top", accuracy < 0.5 {
            remarks.append(
                "The most probable class is explained, and it is the label's in \(percent(accuracy)) of the images: "
                    + "heat that explains another class need not lie on the object.")
        }
        let judged = methods.filter { !$0.method.isBaseline }
        let lost = metrics.filter { metric in judged.allSatisfy { $0.below[metric.key] != nil } }
        if !lost.isEmpty {
            remarks.append(
                "A baseline, which knows nothing of the model, is better than every method in "
                    + "\(lost.map(\.title).joined(separator: ", ")).")
        }
        let below = judged.map { ($0.method.title, $0.below.keys.count { key in !lost.contains { $0.key == key } }) }
            .filter { $0.1 > 0 }
        if !below.isEmpty {
            let counts = below.map { "\($0.0) (\($0.1) of \(metrics.count))" }
            remarks.append("Below a baseline in some figures: \(counts.joined(separator: ", ")).")
        }
        remarks += verdicts
        if let scoreRemark { remarks.append(scoreRemark) }
        if metrics.isEmpty {
            remarks.append("There are neither boxes nor masks, so nobody can say where the heat should be.")
        }
        return remarks
    }

    /// Who shows what the model sees, and who shows the picture.
    private var verdicts: [String] {
        func titles(_ verdict: RandomisationVerdict) -> String {
            methods.filter { $0.verdict == verdict }.map(\.method.title).joined(separator: ", ")
        }
        let (stay, change) = (titles(.fails), titles(.passes))
        let when = "when half of the model's layers are drawn anew"
        return
            (stay.isEmpty
            ? [] : ["Maps stay \(when), so they show the image rather than what the model sees in it: \(stay)."])
            + (change.isEmpty ? [] : ["Maps become others \(when): \(change)."])
    }

    /// Pictures of the list that could not be judged.
    private var unread: Int { min(leftOut.count, facts.pictures - summary.judged) }
}
