import Foundation
import TestSupport
import Testing

@testable import ONNX

/// Which output is explained, and what of a model is left when it is.
struct ClassifierTests {
    private func graph(_ name: String) throws -> Graph { try Model(contentsOf: Fixtures.model(name)).graph }

    // MARK: One score

    @Test(arguments: ["one_logit", "one_sigmoid", "one_squeezed", "one_scalar", "one_map", "threshold"])
    func oneScoreBecomesTwoClassesOfBothSigns(_ model: String) throws {
        let classifier = try graph(model).classifier()
        #expect(classifier.classes == 2 && classifier.oneScore != nil)
        let head = try classifier.graph.camHead()
        #expect(head.kind == .dense && head.activation == .sigmoid && head.classes == 2)
        let row: [Float] = model == "one_map" ? [1] : [1, -1, 0.5, 0]
        #expect(head.weights == row.map { -$0 } + row)
        #expect(head.bias == (model == "one_map" ? [0, 0] : [-0.5, 0.5]))
        #expect(!head.description.contains("Concat"))
    }

    @Test(arguments: [
        "gap_gemm", "sigmoid", "nin_conv_relu_gap_softmax", "dynamic", "fp16", "unbatched", "middle_axis",
    ])
    func severalScoresStayAsTheyAre(_ model: String) throws {
        let graph = try graph(model)
        let classifier = try graph.classifier()
        #expect(classifier.oneScore == nil && classifier.classes == 3 && classifier.notes.isEmpty)
        #expect(classifier.graph.nodes.count == graph.nodes.count)
        #expect(try classifier.graph.camHead().classes == 3)
    }

    // MARK: Several outputs

    @Test func featuresThatTheScoresAreMadeOfAreNoScores() throws {
        let classifier = try graph("embedding_first").classifier()
        #expect(classifier.graph.outputs.map(\.name) == ["logits"])
        #expect(
            classifier.notes == ["output: 'logits' [N, 3] of 2; not 'flat' [N, 4] (--output-tensor chooses)"])
    }

    @Test func logitsAndTheirProbabilitiesAreOneAnswer() throws {
        let classifier = try graph("logits_and_probabilities").classifier()
        #expect(classifier.graph.outputs.map(\.name) == ["scores"])
        #expect(try classifier.graph.classScores().activation == .softmax)
    }

    @Test func ofEquallyLikelyOutputsNoneIsTaken() throws {
        let error = #expect(throws: ONNXError.self) { try graph("two_heads").classifier() }
        #expect(error?.problem == .ambiguousOutputs(["'logits' [1, 3]", "'gender' [1, 2]"]))
        #expect(
            error?.description.hasSuffix(
                """
                the model has 2 outputs that are equally likely to be class scores: 'logits' [1, 3], 'gender' [1, 2]; choose \
                one with --output-tensor NAME, or with 'output: NAME' in the model card
                """) == true, "\(error?.description ?? "")")
    }

    @Test func theNumberOfLabelsDecides() throws {
        #expect(try graph("two_heads").classifier(labels: 2).graph.outputs.map(\.name) == ["gender"])
        #expect(try graph("two_heads").classifier(labels: 3).graph.outputs.map(\.name) == ["logits"])
    }

    @Test func anOutputIsTakenByNameAndTheOthersOperatorsAreGone() throws {
        let graph = try graph("two_heads")
        let classifier = try graph.classifier(output: "gender", labels: 3)
        #expect(classifier.graph.outputs.map(\.name) == ["gender"] && classifier.classes == 2)
        #expect(classifier.graph.nodes.count == graph.nodes.count - 1)
        #expect(classifier.graph.initialiser("weight") == nil)
        #expect(try classifier.graph.camHead().classes == 2)
    }

    @Test func aNameThatTheModelDoesNotHaveIsAnError() throws {
        let error = #expect(throws: ONNXError.self) { try graph("two_heads").classifier(output: "age") }
        #expect(error?.problem == .noSuchOutput("age", outputs: ["'logits' [1, 3]", "'gender' [1, 2]"]))
    }

    @Test func aHeadThatHelpsTrainingIsNotTheMainOne() throws {
        let classifier = try graph("auxiliary_head").classifier()
        #expect(classifier.graph.outputs.map(\.name) == ["scores"])
        #expect(try classifier.graph.camHead().target == "features")
    }

    // MARK: Post-processing

    @Test func labelsAndListsAreLookedThrough() throws {
        let classifier = try graph("zipmap").classifier()
        #expect(classifier.labels == ["red", "green", "blue"] && classifier.classes == 3)
        #expect(classifier.graph.outputs.map(\.name) == ["probabilities"])
        #expect(classifier.graph.nodes.map(\.op).suffix(2) == ["Gemm", "Softmax"])
        #expect(classifier.notes.last == "scores: 'probabilities', before ArgMax → ai.onnx.ml.LabelEncoder")
        #expect(try classifier.graph.camHead().logits == "logits")
    }

    @Test(arguments: ["topk", "label_output"])
    func numbersOfClassesAreLookedThrough(_ model: String) throws {
        let classifier = try graph(model).classifier()
        #expect(classifier.classes == 3)
        #expect(!classifier.graph.nodes.contains { ["TopK", "ArgMax"].contains($0.op) })
        #expect(try classifier.graph.camHead().classes == 3)
    }

    @Test func whatIsNoClassifierIsRefusedAsBefore() throws {
        let error = #expect(throws: ONNXError.self) { try graph("segmentation").classifier() }
        #expect(error?.problem == .noClassScores("scores", reason: "has the shape [1, 3, 8, 8]"))
    }

    /// Every fixture that is a model is cut down without harm, or refused in words.
    @Test(arguments: try Fixtures.models)
    func everyModelIsCutDownOrRefused(_ name: String) {
        _ = try? Model(contentsOf: Fixtures.model(name)).graph.classifier()
    }
}
