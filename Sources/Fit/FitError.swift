import Pipeline

/// Why no classifier can be made of pictures; says what to do next.
package enum FitError: Error, Equatable, CustomStringConvertible {
    case notThere(path: String, reason: String)
    case notAList(path: String, reason: String)
    /// `pictures`: files that lie in the folder itself.
    case noClasses(path: String, pictures: Int)
    case emptyClass(name: String, path: String)
    case oneClass(path: String, name: String)
    /// `skipped`: files of the class that were left out; `example`: why one was.
    case tooFew(name: String, count: Int, skipped: Int, example: String?)
    /// All examples of a class are of one clip, or the same, so that none can be tested.
    case oneGroup(name: String)
    case table(path: String, line: Int, problem: String)
    case unknownClass(name: String, path: String, known: [String])
    /// Nothing of what is to be tested on can be read.
    case noTest(path: String)
    /// `found`: operators after the last feature map.
    case noHead(model: String, found: [String])
    case featuresNotFinite(model: String, picture: String)
    case notAModel(path: String)
    /// A card that is there and would be taken for the new model's.
    case cardBeside(card: String, model: String)
    case option(name: String, value: String, allowed: String)
    case optionsExclude(one: String, other: String)
    case cannotDraw(reason: String)
    /// Features of another file mean nothing to what was taught.
    case otherBackbone(model: String, set: String)
    /// A picture that was taught with another input size.
    case taughtSize(bytes: Int, width: Int, height: Int)
    /// `classes`: that have enough examples.
    case taughtTooLittle(set: String, classes: [String])
    case noGoodThere(path: String, reason: String)
    /// A folder for pictures of good parts in which there is nothing.
    case noGood(path: String)
    case foldersOfGood(path: String, folders: Int)
    /// As `tooFew`, of good parts.
    case tooFewGood(count: Int, skipped: Int, example: String?)
    /// `found`: folders of a test's folder, none of which is called good.
    case noGoodTest(path: String, found: [String])
    /// A test of a model of good parts without any other.
    case noDefects(path: String)

    /// Examples of a class, at least.
    package static let fewest = 5

    /// Whether the command is wrong, rather than the files that it names.
    package var isUsage: Bool {
        switch self {
        case .notAModel, .cardBeside, .option, .optionsExclude: true
        default: false
        }
    }

    package var description: String {
        switch self {
        case .notThere(let path, let reason):
            "\(redacted(path)): \(reason); name a folder with one folder a class, or a table (CSV: path,label)"
        case .notAList(let path, let reason):
            "\(path): \(reason)"
        case .noClasses(let path, pictures: 0):
            "\(path) is empty: put the images of each class into a folder of their own in it, named like the class"
        case .noClasses(let path, let pictures):
            "\(path) has \(pictures) file\(pictures == 1 ? "" : "s") and no folders: put the images of each class into a "
                + "folder of their own in it, named like the class"
        case .emptyClass(let name, let path):
            "class '\(shown(name))' has no images: put at least \(Self.fewest) into \(path), or remove that folder"
        case .oneClass(let path, let name):
            "\(path) has one class, '\(shown(name))', and two are needed: images of something else may be a class 'none'"
        case .tooFew(let name, let count, let skipped, let example):
            "class '\(shown(name))' has \(count) example\(count == 1 ? "" : "s"), and at least \(Self.fewest) are needed"
                + Self.unread(skipped, of: " of it", example)
        case .oneGroup(let name):
            "class '\(shown(name))' cannot be validated: all its examples are of one clip, or nearly the same; take images on "
                + "other occasions, or leave --validate away"
        case .table(let path, let line, let problem):
            "\(path), line \(line): \(problem)"
        case .unknownClass(let name, let path, let known):
            "\(path) has a class '\(shown(name))' that is not learnt; there are: "
                + known.prefix(20).map(shown).joined(separator: ", ") + (known.count > 20 ? ", …" : "")
        case .noTest(let path):
            "\(path): none of its images can be read, so nothing can be tested"
        case .noHead(let model, let found):
            "\(model): after its last feature map come \(found.isEmpty ? "no operators" : found.joined(separator: " → ")), and a "
                + "global average pooling with one dense layer is needed; name another classifier with --model"
        case .featuresNotFinite(let model, let picture):
            "\(model): the features of \(picture) are not finite numbers: its weights or its card's mean and std are wrong"
        case .notAModel(let path):
            "cannot write a model into \(path): give --out a name that ends in .onnx"
        case .cardBeside(let card, let model):
            "\(card) would be taken for the card of \(model), which has its own inside: remove it, or give --out another name"
        case .option(let name, let value, let allowed):
            "\(name) cannot be '\(Printable.beginning(value, upTo: 40))'; allowed: \(allowed)"
        case .optionsExclude(let one, let other):
            "\(one) and \(other) exclude each other: give one of them"
        case .cannotDraw(let reason):
            "the sheet of errors cannot be drawn: \(reason)"
        case .otherBackbone(let model, let set):
            "\(model) is not the file that '\(set)' was taught with: put that one in its place"
        case .taughtSize(let bytes, let width, let height):
            "a taught image has \(bytes) bytes and is not \(width)x\(height): name the model that it was taught with"
        case .taughtTooLittle(let set, let classes):
            "'\(shown(set))' has \(Self.fewest) examples of \(classes.isEmpty ? "no class" : "'\(shown(classes[0]))' only"), and two "
                + "classes are needed: teach more, with --serve --teach"
        case .noGoodThere(let path, let reason):
            "\(redacted(path)): \(reason); name a folder with images or clips of good parts, or one of these"
        case .noGood(let path):
            "\(path) is empty: put images or clips of good parts into it"
        case .foldersOfGood(let path, let folders):
            "\(path) has \(folders) folder\(folders == 1 ? "" : "s") and no images: name each folder of good parts with a "
                + "--normal of its own; for a classifier of classes: camstream fit \(path)"
        case .tooFewGood(let count, let skipped, let example):
            "there \(count == 1 ? "is 1 image" : "are \(count) images") of good parts, and at least \(Self.fewest) are needed"
                + Self.unread(skipped, example)
        case .noGoodTest(let path, let found):
            "\(path) has no folder 'good' beside \(found.prefix(5).map(shown).joined(separator: ", ")): what is told apart from good "
                + "parts needs some of these"
        case .noDefects(let path):
            "\(path) has good parts alone: put images of each kind of defect into a folder of their own in it"
        }
    }

    private static func unread(_ count: Int, of what: String = "", _ example: String?) -> String {
        guard count > 0 else { return "" }
        let verb = count == 1 ? "was" : "were"
        return "; \(count) file\(count == 1 ? "" : "s")\(what) \(verb) left out" + (example.map { " (\($0))" } ?? "")
    }

    private func shown(_ name: String) -> String { Printable.beginning(name, upTo: 60) }
}
