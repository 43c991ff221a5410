import Reports

/// What is wrong with a batch as a whole. What is wrong with one recording is a `JobFailure`.
package enum BatchError: Error, Equatable, CustomStringConvertible {
    // MARK: Planning
    case nothingToDo(places: [String])
    case noSuchInput(String)
    case cannotList(folder: String, reason: String)
    case badPattern(pattern: String, problem: String)
    /// Two inputs would be written into one file.
    case clash(output: String, input: String)
    case outputIsInput(output: String, input: String)
    case outputOfAnother(path: String, input: String)
    case badResult(input: String, problem: String)
    /// It is there, and no receipt says that a batch made it.
    case outputExists(path: String)

    // MARK: Reading a plan
    case cannotRead(path: String, reason: String)
    case notAPlan(path: String, problem: String)
    case unfinishedPlan(path: String)
    case otherVersion(path: String, planned: String, this: String)
    case otherModel(path: String)
    case noSuchShard(index: Int, shards: Int)
    case noIndex(variables: [String])
    case badIndex(variable: String, value: String)
    case partOfAll

    // MARK: Writing
    case cannotWrite(path: String, reason: String)

    // MARK: Engines
    case badOption(option: String, value: String, problem: String)
    case noSlurmTask
    /// What a task must see, and no volume holds.
    case outsideVolumes(path: String, words: String)
    case noTool(name: String, package: String)
    case toolFailed(name: String, exit: Int32)

    package enum Category { case usage, badInput, unavailable, cannotWrite }

    package var category: Category {
        switch self {
        // No recording is at fault where the plan or the model is.
        case .noSuchInput, .cannotList, .nothingToDo: .badInput
        case .cannotWrite, .outputExists, .outputOfAnother: .cannotWrite
        case .noTool, .toolFailed: .unavailable
        default: .usage
        }
    }

    package var description: String {
        switch self {
        case .nothingToDo(let places):
            "no recording in \(places.joined(separator: ", ")). Name files, folders or patterns; --endings lists the file extensions that count in folders."
        case .noSuchInput(let input):
            "\(input): no such file or folder, and no file matches it. Check the path."
        case .cannotList(let folder, let reason):
            "\(folder): \(reason). Check the folder's permissions."
        case .badPattern(let pattern, let problem):
            "the pattern of results '\(pattern)' \(problem). It may have {name}, {stem}, {parent} and {id}, as in {parent}/{stem}.mp4"
        case .clash(let output, let input):
            "two recordings would become \(output); one is \(input). "
                + "Let the pattern tell them apart by {parent}, {name} or {id}, as in {parent}/{name}.mp4"
        case .outputIsInput(let output, let input):
            "the result \(output) would take the place of the input \(input). Choose another --out-dir."
        case .outputExists(let path):
            "\(path) is there, and was not made by a batch. Choose another --out-dir, or replace it with --force."
        case .outputOfAnother(let path, let input):
            "\(path) is the result of another recording than \(input). Choose another --out-dir, let the pattern tell them apart, "
                + "or replace it with --force."
        case .badResult(let input, let problem):
            "\(input) \(problem). Choose another pattern, such as {parent}/{id}.mp4"
        case .cannotRead(let path, let reason):
            "\(path): \(reason)"
        case .notAPlan(let path, let problem):
            "\(path) is no plan of a batch: \(problem). 'camstream batch plan' makes one."
        case .unfinishedPlan(let path):
            "\(path) ends in the middle: its last line is missing. Was 'camstream batch plan' interrupted? Make it again."
        case .otherVersion(let path, let planned, let this):
            "\(path) was planned by camstream \(planned), and this is \(this), whose results may differ. Plan again, or run that version."
        case .otherModel(let path):
            "\(path) is another file than when the batch was planned. Plan again, or put the planned one back."
        case .noSuchShard(let index, let shards):
            "there is no shard \(index): the plan has \(counted(shards, "shard", "shards")), from 0 on"
        case .noIndex(let variables):
            "which part of the plan? Name it by --index, do all of it with --all, or set one of \(variables.joined(separator: ", "))"
        case .partOfAll: "--all is all of the plan: leave --index and --of away"
        case .badIndex(let variable, let value):
            "\(variable) is '\(value)'; it must be a whole number from 0 on"
        case .cannotWrite(let path, let reason):
            "cannot write \(path): \(reason)"
        case .badOption(let option, let value, let problem):
            "\(option) is '\(value)'; \(problem)"
        case .noSlurmTask:
            "--requeue is for tasks of Slurm, and SLURM_JOB_ID is not set. Leave it out elsewhere."
        case .outsideVolumes(let path, let words):
            "\(words), \(path), is in no --volume. Add one that holds it, under the same path as here."
        case .noTool(let name, let package):
            "there is no \(name) here: \(package)"
        case .toolFailed(let name, let exit):
            "\(name) failed, with exit code \(exit)"
        }
    }
}
