import Foundation

/// Where data of the program's user are kept.
package enum UserData {
    /// `$XDG_DATA_HOME/camstream`, by default under `~/.local/share` (XDG Base Directory Specification 0.8).
    ///
    /// - Returns: nil where neither that variable nor HOME is an absolute path.
    package static func folder(_ environment: [String: String]) -> String? {
        func absolute(_ key: String) -> String? { environment[key].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        guard let data = absolute("XDG_DATA_HOME") ?? absolute("HOME").map({ "\($0)/.local/share" }) else { return nil }
        return URL(filePath: data).appending(path: "camstream").path
    }
}
