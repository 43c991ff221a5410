import Pipeline
import Tracking

/// What a run did, in one line.
struct Summary {
    /// What became of the frames.
    enum Done {
        case written(Int)
        /// Nothing was drawn.
        case explained(Int)

        var count: Int {
            switch self {
            case .written(let count), .explained(let count): count
            }
        }
        fileprivate var word: String {
            switch self {
            case .written: "written"
            case .explained: "explained"
            }
        }
    }

    var read: Int
    var done: Done
    var corrupt: Int
    var elapsed: Duration
    var stages: [StageCounter]
    /// Of the classes; nil: one was chosen.
    var churn: LabelChurn?

    var text: String {
        let seconds = elapsed / .seconds(1)
        let rate = seconds > 0 ? Double(done.count) / seconds : 0
        let times = stages.map { "\($0.name) \(Self.fixed($0.busy / .seconds(1), 2)) s" }
        let switches = churn.map { "; \($0.text)" } ?? ""
        return "\(read) frames read, \(done.count) \(done.word), \(corrupt) corrupt; \(Self.fixed(seconds, 2)) s, "
            + "\(Self.fixed(rate, 1)) fps; busy: \(times.joined(separator: ", "))\(switches)"
    }

    private static func fixed(_ value: Double, _ digits: Int) -> String {
        let scale = [1.0, 10, 100][digits]
        let scaled = Int((value * scale).rounded())
        let fraction = String(scaled % Int(scale))
        let zeros = String(repeating: "0", count: max(0, digits - fraction.count))
        return "\(scaled / Int(scale)).\(zeros)\(fraction)"
    }
}
