import Testing

@testable import Infer

struct ChangePaceTests {
    private static let side = 112

    /// `[side, side, 3]`: grey with a lighter square.
    private func picture(squareAt place: Int) -> [UInt8] {
        (0..<Self.side * Self.side).flatMap { index in
            let (row, column) = (index / Self.side, index % Self.side)
            let isInSquare = (40..<70).contains(row) && (place..<place + 30).contains(column)
            return [UInt8](repeating: isInSquare ? 200 : 90, count: 3)
        }
    }

    /// Numbers of the pictures that are looked at, 30 a second.
    private func taken(_ places: [Int], isInDoubt: Bool = false) throws -> [Int] {
        var pace = ChangePace(try ModelInput(ModelCard.Input(), ImageInputs.square(Self.side), model: "m.onnx"))
        return places.indices.filter { number in
            picture(squareAt: places[number]).withUnsafeBytes {
                pace.takes($0, at: Double(number) / 30, isInDoubt: isInDoubt)
            }
        }
    }

    @Test func aStillPictureIsLookedAtOnceASecond() throws {
        #expect(try taken(Array(repeating: 40, count: 61)) == [0, 30, 60])
        #expect(try taken(Array(repeating: 40, count: 61), isInDoubt: true) == [0, 30, 60])
    }

    @Test func ofPicturesThatChangeEachSecondOneIsLookedAtButAllWhereTheClassIsInDoubt() throws {
        let places = (0..<8).map { $0 * 6 }
        #expect(try taken(places) == [0, 2, 4, 6])
        #expect(try taken(places, isInDoubt: true) == Array(0..<8))
    }

    @Test func aThingThatComesIsLookedAtAtOnce() throws {
        #expect(try taken([10, 10, 10, 60, 60, 60]) == [0, 3])
    }
}
