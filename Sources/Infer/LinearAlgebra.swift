import COpenBLAS
import Pipeline

/// OpenBLAS, as this program uses it.
enum LinearAlgebra {
    /// Bytes of addresses of the buffer that OpenBLAS takes at its first larger product and keeps. Where it does not get them, it
    /// tries again for ever.
    private static let buffer = 128 << 20
    /// Values of a vector that it does not put on the stack.
    private static let length = 4096

    /// To be called before the first product of a session.
    static func prepare() throws(LackOfResources) {
        // Its threads would compete with the engine's; our products are far too small to share out.
        openblas_set_num_threads(1)
        try Headroom.requireMemory(bytes: buffer + (4 << 20), for: "for linear algebra")
        // What comes next may take the last of the memory, so it takes its buffer now.
        let column = [Float](repeating: 0, count: length)
        var product = column
        cblas_sgemv(
            CblasRowMajor, CblasNoTrans, Int32(length), 1, 1, column, 1, [0], 1, 0, &product, 1)
    }
}
