import Foundation
import Serve

/// Secrets of outlets. They stand in files or in the environment, and never on the command line, which all users see.
enum EventSecret {
    /// The broker's; nil: there is none.
    ///
    /// - Throws: `EventsError.noSecret`.
    static func password(
        _ config: MQTTConfig, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(EventsError) -> String? {
        if let name = config.passwordEnv {
            guard let password = environment[name], !password.isEmpty else {
                throw .noSecret(
                    key: "mqtt.password-env", reason: "the environment has no such variable, or it is empty")
            }
            return password
        }
        guard let file = config.passwordFile else { return nil }
        return try ofFile(file, key: "mqtt.password-file")
    }

    /// The first line that is no comment.
    ///
    /// - Parameter key: the setting that names the file.
    static func ofFile(_ path: String, key: String) throws(EventsError) -> String {
        let lines: [String]
        do throws(ServeError) { lines = try SecretFile.lines(path) } catch {
            throw .noSecret(key: key, reason: "\(error)")
        }
        guard let first = lines.first else { throw .noSecret(key: key, reason: "the file \(path) has no secret in it") }
        return first
    }
}
