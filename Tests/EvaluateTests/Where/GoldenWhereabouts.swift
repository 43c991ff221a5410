import Foundation
import TestSupport

/// Tests/Fixtures/whereabouts.json, made by generate_whereabouts.py beside it.
struct GoldenWhereabouts: Decodable {
    struct Picture: Decodable {
        /// Three hexadecimal digits a pixel, in thousandths.
        let heat: String
        /// A digit a pixel: 1 object, 2 ignored.
        let mask: String
        let boxes: [[Double]]
        /// By the number of the threshold, in thousandths: of the largest contour, of the best one.
        let iou: [String: [Float]]
        let pointing: [Double]
        let energy: Double
    }

    let size: Int
    let tolerance: Int
    let pictures: [Picture]
    let maxBoxAcc: Double
    let maxBoxAccV2: Double
    let pxap: Double

    static let all = Result {
        let file = checkout.appendingPathComponent("Tests/Fixtures/whereabouts.json")
        return try JSONDecoder().decode(GoldenWhereabouts.self, from: Data(contentsOf: file))
    }
}
