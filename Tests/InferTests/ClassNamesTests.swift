import Testing

@testable import Infer

/// Which names are shown short, and that a class is found by both.
struct ClassNamesTests {
    private let imageNet = ClassNames([
        "tench, Tinca tinca", "tabby, tabby cat", "Egyptian cat", "crane", "Cardigan, Cardigan Welsh corgi", "cardigan",
        "crane", "hotdog, hot dog, red hot", "maillot", "maillot, tank suit", "mobile home, manufactured home",
        "cellular telephone, cellular phone, cellphone, cell, mobile phone",
    ])

    @Test func theTailsOfWordNetAreLeftOut() {
        #expect(
            imageNet.shown == [
                "tench", "tabby", "Egyptian cat", "crane", "Cardigan, Cardigan Welsh corgi", "cardigan", "crane",
                "hotdog", "maillot", "maillot, tank suit", "mobile home", "cellular telephone",
            ])
    }

    @Test(arguments: [
        ["face", "face, close", "car, from the side"], ["steel, scratched", "steel, good", "wood, cracked"],
        ["a,b", "c"], [], ["tabby", "tench"],
    ])
    func commasOfOtherListsStay(names: [String]) {
        #expect(ClassNames(names).shown == names)
    }

    @Test(arguments: [
        ("tabby", 1), ("tabby, tabby cat", 1), ("Tabby Cat", 1), ("hot dog", 7), ("cell", 11), ("cellphone", 11),
        ("maillot", 8), ("tank suit", 9), ("cardigan", 5), ("welsh", 4), ("tinca", 0), ("manufactured", 10),
    ])
    func aClassIsFoundByEitherName(wanted: String, classID: Int) throws {
        #expect(try ClassChoice(imageNet)(wanted) == classID)
    }

    @Test(arguments: [
        (
            "mobile",
            "'mobile' fits 2 classes (10 mobile home, 11 cellular telephone): give more of the name, or the number"
        ),
        ("crane", "'crane' fits 2 classes (3 crane, 6 crane): give more of the name, or the number"),
    ])
    func whatFitsSeveralIsTold(wanted: String, message: String) {
        let error = #expect(throws: InferError.self) { try ClassChoice(imageNet)(wanted) }
        #expect(error?.description == message)
    }

    @Test func aModelWithoutNamesSaysHowToAddThem() throws {
        let unnamed = ClassNames(unnamed: 3)
        #expect(unnamed.shown == ["class 0", "class 1", "class 2"])
        #expect(try ClassChoice(unnamed)("2") == 2)
        let error = #expect(throws: InferError.self) { try ClassChoice(unnamed)("tabby") }
        #expect(error?.isUsage == true)
        #expect(
            error?.description
                == "the model has no class names to look for 'tabby' in: give a number from 0 to 2, or name the "
                + "classes in a model card (labels: FILE, a text file with a name a line) and give it with --card")
    }

    @Test func aCommaOfAnotherListIsNoSynonym() throws {
        let names = ClassNames(["car, from the side", "from the side", "lorry"])
        #expect(try ClassChoice(names)("from the side") == 1)
        #expect(try ClassChoice(names)("car") == 0)
    }
}
