/// What is wrong with an evaluation that is asked for, or went on with.
package enum EvaluationError: Error, Equatable, CustomStringConvertible {
    case notAReport(path: String)
    case notAPage(path: String)
    case noJournal(path: String, reason: String)
    case badJournal(path: String, line: Int)
    case otherRun(path: String, difference: String)
    case nothingJudged(pictures: Int, first: String)
    case noMethod(first: String)
    case tuneWithoutPlaces
    case cannotRead(path: String, reason: String)
    /// `model`: what the report is of, and `run`: what is run.
    case otherModel(path: String, model: String, run: String)
    case noBest(path: String)
    /// `option`: what was named besides.
    case chosenTwice(option: String)
    case notChosen

    /// Whether an option is wrong rather than a file.
    package var isUsage: Bool {
        switch self {
        case .notAReport, .notAPage, .otherRun, .noJournal, .tuneWithoutPlaces, .otherModel, .chosenTwice, .notChosen:
            true
        case .badJournal, .nothingJudged, .noMethod, .cannotRead, .noBest: false
        }
    }

    package var description: String {
        switch self {
        case .notAReport(let path): "cannot write a report into \(path): give --out a name that ends in .json"
        case .notAPage(let path): "cannot write a page into \(path): give --html a name that ends in .html"
        case .noJournal(let path, let reason): "there is nothing to resume: \(path): \(reason)"
        case .badJournal(let path, let line): "\(path), line \(line): it is no line of an evaluation"
        case .otherRun(let path, let difference): "\(path) cannot be resumed: \(difference); --force begins anew"
        case .nothingJudged(let pictures, let first):
            "none of \(pictures) images could be judged: the first one, \(first)"
        case .noMethod(let first): "no method works on this model: \(first)"
        case .cannotRead(let path, let reason): "\(path): \(reason)"
        case .otherModel(let path, let model, let run):
            "\(path) is of another model, \(model): evaluate \(run), or leave out --evaluated"
        case .noBest(let path): "\(path): no method has figures in it"
        case .chosenTwice(let option): "--evaluated chooses method and layers: leave out \(option)"
        case .notChosen: "--evaluated chooses the method: name it with --method best"
        case .tuneWithoutPlaces: "--tune-share chooses thresholds for boxes and masks, and these data have neither"
        }
    }
}
