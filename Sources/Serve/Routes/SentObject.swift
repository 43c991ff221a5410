import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore
import Pipeline

/// What a request is answered because of what it sends.
struct Refused: Error {
    let response: Response

    init(_ status: HTTPResponse.Status, _ problem: String) { response = .problem(status, problem) }
    fileprivate init(_ response: Response) { self.response = response }
}

/// The JSON object that a request sends: each member is asked for, in its type, and none may be left.
struct SentObject {
    let members: [String: JSONValue]

    static let refusals: [Route.Refusal] = [
        .init(.badRequest, "The body is no JSON object, or not such a one."),
        .init(.contentTooLarge, "The body is too large."),
    ]

    /// - Parameters:
    ///   - size: bytes that it may have.
    ///   - example: a right one, for who sends a wrong one; nil: nothing need be sent.
    init(_ request: Request, upTo size: Int, example: String?) async throws {
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: size)
        } catch is NIOTooManyBytesError {
            var response = Response.problem(.contentTooLarge, "the body is larger than \(size) bytes")
            response.headers[.connection] = "close"
            throw Refused(response)
        }
        if example == nil, body.readableBytes == 0 {
            members = [:]
            return
        }
        do {
            members = try JSONDecoder().decode([String: JSONValue].self, from: Data(body.readableBytesView))
        } catch {
            throw Refused(.badRequest, "the body is no JSON object, such as \(example ?? "{}")")
        }
    }

    /// A misspelt name is no wish to be passed over.
    func only(_ names: String...) throws {
        guard let other = members.keys.sorted().first(where: { !names.contains($0) }) else { return }
        let known = names.isEmpty ? "nothing" : names.joined(separator: ", ")
        throw Refused(.badRequest, "the body has '\(Printable.beginning(other))'; allowed: \(known)")
    }

    /// The number of a class or an example.
    func number(_ name: String) throws -> Int {
        if case .number(let value) = members[name], let number = Int(exactly: value),
            NumberOfThing.range.contains(number)
        {
            return number
        }
        throw refusal(of: name, allowed: "a whole number from 0 on")
    }

    func text(_ name: String) throws -> String {
        if case .text(let text) = members[name] { return text }
        throw refusal(of: name, allowed: "a text")
    }

    private func refusal(of name: String, allowed: String) -> Refused {
        guard let value = members[name] else { return Refused(.badRequest, "the body has no '\(name)': \(allowed)") }
        return Refused(.badRequest, "\(name) cannot be '\(Printable.beginning("\(value)"))'; allowed: \(allowed)")
    }
}

/// How things are numbered that an address or a body names.
enum NumberOfThing {
    /// JSON's numbers are exact up to there (RFC 8259, section 6).
    static let range = 0...(1 << 53)
}

extension Query {
    /// - Parameter fallback: where the address does not have it; nil: it must.
    func number(_ name: String, in range: ClosedRange<Int>, or fallback: Int? = nil) throws -> Int {
        guard let text = self[name] else {
            if let fallback { return fallback }
            throw Refused(.badRequest, "the address has no '\(name)', such as ?\(name)=1")
        }
        guard let number = Int(text), range.contains(number) else {
            let allowed =
                range.upperBound == NumberOfThing.range.upperBound
                ? "a whole number from \(range.lowerBound) on" : "\(range.lowerBound) to \(range.upperBound)"
            throw Refused(.badRequest, "\(name) cannot be '\(Printable.beginning(text))'; allowed: \(allowed)")
        }
        return number
    }
}
