import Engine
import Foundation
import Glibc
import Pipeline
import Reports

extension Examination {
    static let processor = Examination(subject: "processor") {
        findings(Processor.current, cores: ProcessInfo.processInfo.activeProcessorCount)
    }

    static let memory = Examination(subject: "memory") {
        findings(memory: (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? "")
    }

    static let engine = Examination(subject: "engine") {
        do throws(OpenVINOError) {
            return findings(try EngineFacts())
        } catch {
            return [
                .lack(
                    "OpenVINO does not start: \(error)",
                    "install camstream with its libraries (make install, or the Debian package), or run make setup in the checkout"
                )
            ]
        }
    }

    /// Of all that a processor can, what makes inference quick.
    private static let quickFeatures = [
        "avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8", "asimd",
    ]

    static func findings(_ processor: Processor, cores: Int) -> [Finding] {
        let features = Set(processor.features.split(separator: " ").map(String.init))
        let quick = quickFeatures.filter(features.contains)
        let name = processor.name.isEmpty ? "a processor that the system does not name" : processor.name
        let text =
            "\(name), \(counted(cores, "core", "cores"))\(quick.isEmpty ? "" : ": \(quick.joined(separator: " "))")"
        let isSlow = !features.isEmpty && features.isDisjoint(with: ["avx2", "asimd"])
        return [isSlow ? .note(text, "without AVX2 inference is several times slower; small models help") : .ok(text)]
    }

    /// A model of 100 MB, its graph of gradients, and pictures of 1080p.
    private static let usualNeed = 600

    /// - Parameter memory: of `/proc/meminfo`.
    static func findings(memory: String) -> [Finding] {
        func megabytes(_ key: String) -> Int? {
            memory.split(separator: "\n").first { $0.hasPrefix("\(key):") }?
                .split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 / 1024 }
        }
        guard let total = megabytes("MemTotal"), let free = megabytes("MemAvailable") else {
            return [.note("the system does not report how much there is")]
        }
        let text = "\(total) MB, of which \(free) are available"
        guard free < usualNeed else { return [.ok(text)] }
        return [
            .note(
                text, "large models need more: end other programs, or take a small model ('camstream models' has sizes)"
            )
        ]
    }

    static func findings(_ engine: EngineFacts) -> [Finding] {
        guard !engine.hardware.isEmpty else {
            return [.lack("OpenVINO \(engine.version) finds no device", "install its CPU plugin, as make setup does")]
        }
        return engine.hardware.enumerated().map { number, hardware in
            let product = hardware.product.map { " (\($0.trimmingCharacters(in: .whitespaces)))" } ?? ""
            return .ok(
                "\(number == 0 ? "OpenVINO \(engine.version): " : "")\(hardware.device)\(product), "
                    + "\(hardware.precisions.joined(separator: ", "))")
        }
    }
}
