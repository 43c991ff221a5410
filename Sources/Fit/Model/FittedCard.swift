package import Infer
import Pipeline
import Yams

/// The card of a model that was made here: names of its classes, and how pictures go in, which is the backbone's way.
package struct FittedCard: Sendable {
    package let name: String
    package let task: ModelCard.Task
    /// None where it maps.
    package let classes: [String]
    package let input: ModelInput
    package let about: ModelCard.About

    package init(
        name: String, task: ModelCard.Task = .classify, classes: [String], input: ModelInput, about: ModelCard.About
    ) {
        (self.name, self.task, self.classes, self.input, self.about) = (name, task, classes, input, about)
    }

    /// As YAML, with all keys that `docs/reference/models.md` has for it. It names no file: it stands in the model's
    /// metadata.
    package func text() throws -> String {
        try Yams.serialize(node: Self.mapping(members), width: -1, allowUnicode: true)
    }

    private var members: [(String, Node)] {
        var facts: [(String, Node)] = []
        if let dataset = about.dataset { facts.append(("dataset", Self.words(dataset))) }
        if let top1 = about.top1 { facts.append(("top-1", Node("\(top1)"))) }
        if let licence = about.licence { facts.append(("licence", Self.words(licence))) }
        if let source = about.source { facts.append(("source", Self.words(source))) }
        let negatives = NegativeClass.numbers(among: classes).sorted().map { classes[$0] }
        return taskMembers + [("name", Self.words(name)), ("input", Self.mapping(inputMembers))] + labelMembers
            + negativeMembers(negatives) + [("about", Self.mapping(facts))]
    }

    /// Classifiers are what a card is of without it.
    private var taskMembers: [(String, Node)] { task == .classify ? [] : [("task", Node(task.rawValue))] }

    private var labelMembers: [(String, Node)] {
        classes.isEmpty ? [] : [("labels", .sequence(Node.Sequence(classes.map(Self.words), Tag(.seq), .block)))]
    }

    private func negativeMembers(_ names: [String]) -> [(String, Node)] {
        switch names.count {
        case 0: []
        case 1: [("negative", Self.words(names[0]))]
        default: [("negative", .sequence(Node.Sequence(names.map(Self.words), Tag(.seq), .flow)))]
        }
    }

    private var inputMembers: [(String, Node)] {
        var members: [(String, Node)] = [
            ("size", Self.numbers([input.height, input.width])),
            ("layout", Node((input.isChannelsFirst ? ModelCard.Layout.nchw : .nhwc).rawValue)),
            ("color", Node(input.colour.rawValue)), ("range", Self.numbers(input.range)),
            ("mean", Self.numbers(input.mean)), ("std", Self.numbers(input.std)),
            ("resize", Node(input.resize.rawValue)),
        ]
        if let cropFrom = input.cropFrom { members.append(("crop-from", Node("\(cropFrom)"))) }
        // Without the key pictures are scaled faster, and a little otherwise.
        if let interpolation = input.interpolation { members.append(("interpolation", Node(interpolation.rawValue))) }
        return members
    }

    /// Quoted: a class may be called "no" or "1".
    private static func words(_ text: String) -> Node { .scalar(Node.Scalar(text, Tag(.str), .doubleQuoted)) }

    private static func numbers(_ numbers: [some CustomStringConvertible]) -> Node {
        .sequence(Node.Sequence(numbers.map { Node($0.description) }, Tag(.seq), .flow))
    }

    private static func mapping(_ members: [(String, Node)]) -> Node {
        .mapping(Node.Mapping(members.map { (Node($0.0), $0.1) }))
    }
}
