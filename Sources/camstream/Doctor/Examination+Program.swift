import Catalogue
import Engine
import Foundation
import Glibc
import Overlay
import Pipeline
import Serve

extension Examination {
    static let program = Examination(subject: "program") {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "camstream"
        var found = [Finding.ok("camstream \(Camstream.version), \(path)")]
        if let system = systemName { found.append(.ok(system)) }
        return found
    }

    static let models = Examination(subject: "models") {
        let finder = ModelFinder.ofThisProgram
        do throws(CatalogueError) {
            let known = try finder.list(try ShippedData.ofThisProgram.catalogue())
            let here = known.filter { $0.place != .absent }
            let model = try finder.defaultModel(for: .any)
            var found = [
                Finding.ok("\(model.name) is used without --model; here: \(here.map(\.name).joined(separator: ", "))")
            ]
            if let missing = model.missing {
                found.append(
                    .note(
                        "\(missing), which should be used without --model, is not here",
                        "make setup builds it, make install keeps it"))
            }
            let absent = known.count - here.count
            if absent > 0 { found.append(.ok("\(absent) more can be fetched: camstream models")) }
            return found
        } catch {
            return [.lack("\(error)", "install the whole program (make install, or the Debian package)")]
        }
    }

    static let folders = Examination(subject: "folders") {
        let cache = CacheFolder.state()
        return [
            cache.path.map { .ok("compiled models are kept in \($0)") } ?? .note(cache.problem ?? "no cache"),
            room(in: FileManager.default.currentDirectoryPath, what: "this folder"),
            room(in: NSTemporaryDirectory(), what: "temporary files"),
        ]
    }

    static let fonts = Examination(subject: "fonts") {
        do throws(OverlayError) {
            return [.ok("labels are written in \(try FontName.found(nil))")]
        } catch {
            return [.note("\(error)", "apt-get install fonts-dejavu-core")]
        }
    }

    static let server = Examination(subject: "server") {
        guard let address = try? ServeConfig().address else { return [] }
        let place = "\(address.host):\(address.port)"
        return [
            isFree(port: address.port)
                ? .ok("\(place) is free for --serve")
                : .note(
                    "\(place) is taken", "--serve --listen 127.0.0.1:\(address.port + 1), or stop what listens there")
        ]
    }

    /// Whether nobody listens on this machine's own address.
    static func isFree(port: Int) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// Gigabytes that a short recording fits in.
    private static let leastRoom = 1.0

    static func room(in path: String, what: String) -> Finding {
        guard access(path, W_OK) == 0 else {
            return .note("\(path) (\(what)) cannot be written to", "choose another one: cd, or TMPDIR")
        }
        var disk = statvfs()
        guard statvfs(path, &disk) == 0 else { return .note("\(path) (\(what)): nobody knows what room there is") }
        let free = Double(disk.f_bavail) * Double(disk.f_frsize) / 1e9
        let text = "\(path) (\(what)) has \(String(format: "%.1f", free)) GB free"
        return free < leastRoom ? .note(text, "recordings need more") : .ok(text)
    }

    private static var systemName: String? {
        let lines = ((try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? "").split(separator: "\n")
        let name = lines.first { $0.hasPrefix("PRETTY_NAME=") }?.dropFirst(12).trimmingCharacters(in: ["\""])
        var system = utsname()
        guard uname(&system) == 0 else { return name }
        let text = { (bytes: UnsafeRawBufferPointer) in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        let (release, machine) = (
            withUnsafeBytes(of: &system.release, text), withUnsafeBytes(of: &system.machine, text)
        )
        return [name, "Linux \(release)", machine].compactMap(\.self).joined(separator: ", ")
    }
}
