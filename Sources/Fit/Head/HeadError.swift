package import Pipeline

/// Why no head can be fitted to features.
package enum HeadError: Error, Equatable, CustomStringConvertible {
    /// A feature of that example is no finite number.
    case notFinite(example: Int)
    /// A class without examples to learn from.
    case emptyClass(label: Int)
    case oneClass
    case resources(LackOfResources)
    case cancelled
    /// libLBFGS's code; what it means is in its header.
    case solver(code: Int)

    package var description: String {
        switch self {
        case .notFinite(let example):
            "the features of example \(example) are not finite numbers: the model's weights or its preprocessing are wrong"
        case .emptyClass(let label):
            "class \(label) has no example to learn from: add some, or hold fewer of them out"
        case .oneClass:
            "there is one class, and two are needed: images of something else may be a class 'none'"
        case .resources(let lack):
            "\(lack)"
        case .cancelled:
            "the fit was cancelled"
        case .solver(let code):
            "the fit found no minimum (libLBFGS, code \(code)): the features are out of all proportion"
        }
    }
}
