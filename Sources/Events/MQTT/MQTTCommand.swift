import Foundation
package import Pipeline

/// What a broker may ask of a camera: `{"class": "dog"}`, `{"recording": true}`, or both.
package enum MQTTCommand {
    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    /// Bytes that a command may have.
    static let largest = 4096

    /// The settings that it changes, in their order.
    package static func changes(_ payload: [UInt8]) -> Result<[(key: String, value: JSONValue)], Fault> {
        let form = #"a command is {"class": "dog"} or {"recording": true}"#
        guard payload.count <= largest,
            let members = try? JSONDecoder().decode([String: JSONValue].self, from: Data(payload)), !members.isEmpty
        else { return .failure(Fault(description: form)) }
        var changes: [(key: String, value: JSONValue)] = []
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            switch (key, value) {
            case ("class", .text): changes.append(("infer.class", value))
            case ("recording", .flag): changes.append(("recording", value))
            default:
                return .failure(Fault(description: "\(form), and not \(Printable.beginning("\(key): \(value)"))"))
            }
        }
        return .success(changes)
    }
}
