import CBlend

/// How the inner loops of the heat pass are written; they all give the same samples.
package enum BlendKernel: String, CaseIterable, Sendable {
    /// Plain C, for every processor.
    case generic
    case avx2
    /// AVX-512 with byte permutations.
    case avx512vbmi

    /// Whether this processor can run it.
    package var isAvailable: Bool { cblend_can_run(version) != 0 }

    package static var fastest: BlendKernel { allCases.last { $0.isAvailable } ?? .generic }

    var version: cblend_version {
        switch self {
        case .generic: cblend_generic
        case .avx2: cblend_avx2
        case .avx512vbmi: cblend_avx512vbmi
        }
    }
}
