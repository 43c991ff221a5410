package import CFFmpeg
import Glibc

/// How the signal of a high-dynamic-range video stands for light on a display (ITU-R BT.2100).
package enum HDRTransfer: Sendable, Equatable {
    /// Perceptual quantiser, SMPTE ST 2084.
    case pq
    /// Hybrid log-gamma, ARIB STD-B67, on a display of 1000 nits.
    case hlg

    /// - Returns: nil for what is not of high dynamic range.
    package init?(_ transfer: AVColorTransferCharacteristic) {
        switch transfer {
        case AVCOL_TRC_SMPTE2084: self = .pq
        case AVCOL_TRC_ARIB_STD_B67: self = .hlg
        default: return nil
        }
    }

    /// Luminance of diffuse white, and of white graphics, in nits (ITU-R BT.2408).
    package static let graphicsWhite = 203.0
    /// What SDR's signal is taken for: BT.1886's exponent, so that SDR white is graphics white.
    package static let sdrGamma = 2.4
    /// Of the nominal display of HLG, and of PQ where a file does not tell, in nits.
    package static let usualPeak = 1000.0

    /// The light of each component, from a signal of 0...1, before what `systemGain` adds: for PQ 10000 nits are 1, for HLG
    /// the scene's white is 1.
    package func linear(_ signal: Double) -> Double {
        switch self {
        case .pq: Self.nits(pq: signal) / 10_000
        case .hlg: signal <= 0.5 ? signal * signal / 3 : (exp((signal - Self.c) / Self.a) + Self.b) / 12
        }
    }

    /// The inverse of `linear`.
    package func signal(_ linear: Double) -> Double {
        switch self {
        case .pq: return Self.pq(nits: linear * 10_000)
        case .hlg:
            guard linear > 0 else { return 0 }
            return linear <= 1.0 / 12 ? (3 * linear).squareRoot() : Self.a * log(12 * linear - Self.b) + Self.c
        }
    }

    /// Nits that `linear` components are multiplied with, where they have this luminance: HLG's opto-optical transfer with a
    /// system gamma of 1.2, for PQ always the same.
    package func systemGain(luminance: Double) -> Double {
        switch self {
        case .pq: 10_000
        case .hlg: Self.usualPeak * pow(max(luminance, 1e-9), 0.2)
        }
    }

    /// The luminance that `linear` components must have to be shown at so many nits.
    package func luminance(nits: Double) -> Double {
        switch self {
        case .pq: nits / 10_000
        case .hlg: pow(max(nits, 0) / Self.usualPeak, 1 / 1.2)
        }
    }

    package static func nits(pq signal: Double) -> Double {
        let power = pow(max(signal, 0), 1 / m2)
        return 10_000 * pow(max(power - c1, 0) / (c2 - c3 * power), 1 / m1)
    }

    package static func pq(nits: Double) -> Double {
        let power = pow(max(nits, 0) / 10_000, m1)
        return pow((c1 + c2 * power) / (1 + c3 * power), m2)
    }

    private static let (m1, m2) = (2610.0 / 16384, 2523.0 / 32)
    private static let (c1, c2, c3) = (3424.0 / 4096, 2413.0 / 128, 2392.0 / 128)
    private static let (a, b, c) = (0.17883277, 0.28466892, 0.55991073)
}

extension ColourTags {
    /// nil: SDR.
    package var hdr: HDRTransfer? { HDRTransfer(transfer) }
}
