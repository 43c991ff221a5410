/// An address without its secrets, for messages: the password before `@`, and the values of query fields such as
/// `password` or `token`, become `***`.
package func redacted(_ address: String) -> String {
    guard let scheme = address.firstRange(of: "://") else { return address }
    let rest = address[scheme.upperBound...]
    let hostEnd = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
    var authority = rest[..<hostEnd]
    // A password may itself hold an "@", or a "/" that somebody did not escape: the last "@" counts.
    var tail = rest[hostEnd...]
    if !authority.contains("@"), authority.contains(":"), let at = tail.lastIndex(of: "@"), !isPort(authority) {
        authority = rest[...at]
        tail = rest[tail.index(after: at)...]
    }
    var text = String(address[..<scheme.upperBound])
    if let at = authority.lastIndex(of: "@") {
        let user = authority[..<at].prefix { $0 != ":" }
        let hasPassword = user.endIndex != at
        text += user + (hasPassword ? ":***" : "") + authority[at...]
    } else {
        text += authority
    }
    return text + withoutSecretFields(tail)
}

/// Whether `host:1234` ends with a port number, so that its colon is not that of `user:password`.
private func isPort(_ authority: Substring) -> Bool {
    guard let colon = authority.lastIndex(of: ":") else { return false }
    return authority[authority.index(after: colon)...].allSatisfy(\.isNumber)
}

private func withoutSecretFields(_ text: Substring) -> String {
    let secret = [
        "password", "passwd", "pwd", "pass", "token", "access_token", "key", "api_key", "apikey", "secret", "auth",
    ]
    var result = ""
    var rest = text
    while !rest.isEmpty {
        let end = rest.firstIndex { "/?&;".contains($0) } ?? rest.endIndex
        let field = rest[..<end]
        if let equals = field.firstIndex(of: "="), secret.contains(field[..<equals].lowercased()) {
            result += field[...equals] + "***"
        } else {
            result += field
        }
        if end < rest.endIndex { result.append(rest[end]) }
        rest = end < rest.endIndex ? rest[rest.index(after: end)...] : rest[end...]
    }
    return result
}
