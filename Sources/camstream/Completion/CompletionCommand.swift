import Glibc

/// What the shells' scripts ask the program for.
enum CompletionCommand {
    /// The first word of such a command line; the words so far follow.
    static let word = "---complete"
    private static let script = "--generate-completion-script"
    /// Of the answer: who types does not wait for longer.
    private static let mostSeconds: UInt32 = 10

    /// - Returns: nil: nothing of the kind is asked for.
    static func answer(_ arguments: [String]) -> String? {
        if arguments.first == word {
            signal(SIGALRM) { _ in _exit(0) }
            alarm(mostSeconds)
            return Completion(Array(arguments.dropFirst()), .ofThisMachine).lines.joined(separator: "\n")
        }
        guard arguments.first?.hasPrefix(script) == true else { return nil }
        let shell =
            arguments[0] == script
            ? arguments.dropFirst().first : arguments[0].split(separator: "=").last.map(String.init)
        return shell.flatMap(CompletionScript.init)?.text
    }
}
