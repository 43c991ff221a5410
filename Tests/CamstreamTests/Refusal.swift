import Testing

/// A command that the program refuses, with what it says and its exit code.
struct Refusal: CustomTestStringConvertible, Sendable {
    let name: String
    let arguments: [String]
    let status: Int32
    let message: String
    var testDescription: String { name }
}
