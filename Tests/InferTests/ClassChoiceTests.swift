import Testing

@testable import Infer

struct ClassChoiceTests {
    private let choose = ClassChoice(
        ClassNames(["tench", "Egyptian cat", "tiger cat", "cat", "crane", "crane"]))

    @Test(arguments: [("1", 1), ("egyptian", 1), ("TENCH", 0), ("tiger", 2), ("cat", 3)])
    func aNumberAPartOrTheWholeNameChooses(wanted: String, classID: Int) throws {
        #expect(try choose(wanted) == classID)
    }

    @Test(arguments: [
        ("6", "no class is called '6': give a number from 0 to 5, or a part of a class's name"),
        ("-1", "no class is called '-1': give a number from 0 to 5, or a part of a class's name"),
        ("dog", "no class is called 'dog': give a number from 0 to 5, or a part of a class's name"),
        ("ran", "'ran' fits 2 classes (4 crane, 5 crane): give more of the name, or the number"),
        (
            "a",
            "'a' fits 5 classes (1 Egyptian cat, 2 tiger cat, 3 cat, 4 crane, 5 crane): give more of the name, or the number"
        ),
    ])
    func noneOrManyIsAnErrorThatSaysWhatToDo(wanted: String, message: String) {
        let error = #expect(throws: InferError.self) { try choose(wanted) }
        #expect(error?.description == message)
    }
}
