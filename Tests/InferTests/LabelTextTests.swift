import Testing

@testable import Infer

struct LabelTextTests {
    @Test(arguments: [
        ("lines", "tench\r\ngoldfish\r\n\r\n"), ("spaces", " tench\n goldfish \n"),
        ("synsets", "n01440764 tench\nn01443537 goldfish\n"), ("numbers", "0 tench\n1: goldfish"),
        ("a JSON list", #"["tench", "goldfish"]"#),
        ("Keras", #"{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"]}"#),
        ("Hugging Face", #"{"id2label": {"1": "goldfish", "0": "tench"}, "label2id": {"tench": 0}}"#),
        ("numbers by name", #"{"goldfish": 1, "tench": 0}"#), ("Python", "{0: 'tench', 1: 'goldfish'}"),
    ])
    func namesAreReadInTheFormsInWhichTheyAreHandedAround(_ form: String, text: String) throws {
        #expect(try LabelText.names(in: text, isJSON: false) == ["tench", "goldfish"])
    }

    @Test func aSynsetStaysWhereNotEachLineHasOne() throws {
        #expect(try LabelText.names(in: "n01440764 tench\nfish", isJSON: false) == ["n01440764 tench", "fish"])
        #expect(try LabelText.names(in: "n01440764 tench, Tinca tinca", isJSON: false) == ["tench, Tinca tinca"])
    }

    @Test func anEmptyLineInTheMiddleIsAClassWithoutAName() throws {
        #expect(try LabelText.names(in: "a\n\nb\n", isJSON: false) == ["a", "", "b"])
    }

    @Test(arguments: [
        ("[\"a\", ", "it is no JSON: the text ends where a value is wanted at byte 6"),
        ("{\"1\": \"a\", \"2\": \"b\"}", "it is neither a list of names nor names by their numbers from 0 on"),
        ("7", "it is neither a list of names nor names by their numbers from 0 on"),
    ])
    func jsonThatHoldsNoNamesIsRefused(text: String, message: String) {
        let defect = #expect(throws: LabelText.Defect.self) { try LabelText.names(in: text, isJSON: true) }
        #expect(defect?.description == message)
    }

    @Test func aLineInBracketsIsALineWhereTheFileIsNoJSON() throws {
        #expect(try LabelText.names(in: "[background]\ncat", isJSON: false) == ["[background]", "cat"])
    }
}
