import Testing

@testable import ONNX

/// Matrices that enlarge and smooth maps.
struct EnlargementTests {
    @Test func bilinearIsPyTorchs() {
        // torch.nn.functional.interpolate(torch.tensor([[[1., 2., 4.]]]), size=6, mode="linear")
        let matrix = Enlargement.bilinear(from: 3, to: 6)
        let enlarged = (0..<6).map { row in
            zip([1, 2, 4], matrix[row * 3..<row * 3 + 3]).reduce(Float(0)) { $0 + $1.0 * $1.1 }
        }
        #expect(enlarged == [1, 1.25, 1.75, 2.5, 3.5, 4])
        #expect(Enlargement.bilinear(from: 3, to: 3) == [1, 0, 0, 0, 1, 0, 0, 0, 1])
    }

    @Test(arguments: [(28, 224, 4), (14, 100, 4), (3, 17, 4), (1, 8, 4), (7, 7, 1)])
    func smoothingKeepsWhatIsTheSameEverywhere(_ count: Int, _ size: Int, _ share: Int) {
        let matrix = Enlargement.smoothed(from: count, to: size, sigma: 4, share: share)
        let rows = (size + share - 1) / share
        #expect(matrix.count == rows * count)
        for row in 0..<rows {
            #expect(abs(matrix[row * count..<(row + 1) * count].reduce(0, +) - 1) < 1e-5)
        }
        // The ends are mirrored, so that nothing is darker there.
        for row in 0..<rows {
            let mirrored = (rows - 1 - row) * count
            guard size % share == 0 else { break }
            for column in 0..<count {
                #expect(abs(matrix[row * count + column] - matrix[mirrored + count - 1 - column]) < 1e-5)
            }
        }
    }

    @Test func aPointBecomesAGaussian() {
        // Of 64 places as wide as a pixel, and squares of one: the kernel itself.
        let matrix = Enlargement.smoothed(from: 64, to: 64, sigma: 4, share: 1)
        let column = (0..<64).map { matrix[$0 * 64 + 32] }
        // 1 / (4 √(2π)), and exp(-1/2) of it a deviation further.
        #expect(abs(column[32] - 0.099_736) < 1e-5 && abs(column[36] - 0.060_493) < 1e-5)
        #expect(abs(column.reduce(0, +) - 1) < 1e-4)
    }

    @Test func transposedTwiceIsTheSame() {
        let matrix: [Float] = [1, 2, 3, 4, 5, 6]
        let turned = Enlargement.transposed(matrix, columns: 3)
        #expect(turned == [1, 4, 2, 5, 3, 6] && Enlargement.transposed(turned, columns: 2) == matrix)
    }
}
