import Engine
import Foundation
import Pipeline
import TestSupport
import Testing
import Tracking

@testable import Infer

/// A taught head in the place of a model's own, on tiny models, through the real engine.
struct TaughtHeadTests {
    private let format = Pictures.format(64, 64)

    private func explainer(
        _ model: String, mapCount: Int = 5, smoothing: Double = 0, _ configure: (inout InferConfig) -> Void = { _ in }
    ) throws -> Explainer {
        var config = InferConfig()
        config.model = Fixtures.model(model)
        (config.precision, config.filter, config.smoothing, config.scale) = (.f32, .exponential, smoothing, .frame)
        configure(&config)
        let explainer = try Explainer(config, format: format, mapCount: mapCount)
        explainer.keepsRawMaps = true
        return explainer
    }

    private struct Seen {
        let top: [Prediction]
        let maps: [Observation]
    }
    private struct NothingCame: Error {}

    private func see(
        _ explainer: Explainer, _ rgb: (UInt8, UInt8, UInt8) = (230, 30, 30), milliseconds: Int64 = 0
    ) throws -> Seen {
        try explainer.submit(try Pictures.rectangle(format, rgb, x: 10..<40, y: 10..<40, milliseconds: milliseconds))
        let next = try explainer.next()
        guard let next else { throw NothingCame() }
        return Seen(top: next.top, maps: next.observations)
    }

    /// Of the place that changes most.
    private func change(_ one: Observation, _ other: Observation) -> Float {
        zip(one.heatmap.values, other.heatmap.values).map { abs($0 - $1) }.max() ?? 0
    }

    /// Weights that differ from channel to channel and class to class.
    private func head(_ labels: [String], channels: Int, number: Int = 1) -> TaughtHead {
        TaughtHead(
            number: number, labels: labels,
            weights: (0..<labels.count * channels).map { Float(($0 * 7 + 3 * number) % 11) / 4 - 1 },
            bias: labels.indices.map { Float($0) / 2 - 0.25 * Float(number) })
    }

    private func features(_ explainer: Explainer) throws -> [Float] {
        _ = try see(explainer)
        return try #require(explainer.pictureForTeacher).features
    }

    /// In 64 bits, by the formula: scores = W · features + b, softmax over them.
    private func probabilities(_ head: TaughtHead, _ features: [Float]) -> (scores: [Double], shares: [Double]) {
        let scores = head.labels.indices.map { row in
            features.indices.reduce(Double(head.bias[row])) {
                $0 + Double(head.weights[row * features.count + $1]) * Double(features[$1])
            }
        }
        let powers = scores.map { exp($0 - scores.max()!) }
        return (scores, powers.map { $0 / powers.reduce(0, +) })
    }

    @Test(arguments: ["gap_gemm", "nhwc_reducemean", "nin_conv_relu_gap_softmax", "sigmoid"])
    func scoresAndMapsAreThoseOfTheTaughtRows(_ model: String) throws {
        let explainer = try explainer(model)
        let features = try features(explainer)
        let head = head(["cup", "pen", "none"], channels: features.count)
        try explainer.teach(head)
        let seen = try see(explainer)
        let expected = probabilities(head, features)
        #expect(explainer.labels == head.labels && seen.top.count == 3 && seen.maps.count == 3)
        for prediction in seen.top {
            #expect(prediction.label == head.labels[prediction.classID])
            // Sums of a few numbers in 32 bits.
            #expect(abs(Double(prediction.probability) - expected.shares[prediction.classID]) < 1e-5)
        }
        for map in seen.maps {
            let (row, raw) = (map.prediction.classID, try #require(map.raw))
            let score = expected.scores[row]
            #expect(abs(Double(try #require(map.score)) - score) < 1e-4)
            let mean = raw.reduce(0) { $0 + Double($1) } / Double(raw.count)
            #expect(abs(mean + Double(head.bias[row]) - score) < 1e-4)
        }
    }

    /// The model's own head, taught to it, says what the model says, place by place.
    @Test(arguments: ["gap_gemm", "nhwc_reducemean"]) func theModelsOwnRowsGiveTheModelsOwnMaps(_ model: String) throws
    {
        let explainer = try explainer(model)
        let own = try see(explainer)
        let channels = try #require(explainer.pictureForTeacher).features.count
        // Of one channel alone.
        for channel in 0..<channels {
            var weights = [Float](repeating: 0, count: 2 * channels)
            weights[channel] = 1
            try explainer.teach(TaughtHead(number: channel, labels: ["it", "none"], weights: weights, bias: [0, 0]))
            let seen = try see(explainer)
            let map = try #require(seen.maps.first { $0.prediction.label == "it" }?.raw)
            let features = try #require(explainer.pictureForTeacher).features
            #expect(abs(map.reduce(0, +) / Float(map.count) - features[channel]) < 1e-5)
        }
        try explainer.teach(nil)
        let again = try see(explainer)
        #expect(again.top == own.top && again.maps.map(\.raw) == own.maps.map(\.raw))
    }

    /// Of two classes, the one whose bias is larger.
    private func deciding(_ labels: [String], for label: String, channels: Int, number: Int) -> TaughtHead {
        let head = head(labels, channels: channels, number: number)
        return TaughtHead(
            number: number, labels: labels, weights: head.weights, bias: labels.map { $0 == label ? 50 : 0 })
    }

    @Test(arguments: [0, 0.4], [ScaleChoice.frame, .running])
    func wherePicturesAreOfNothingNothingIsNamedAndNothingIsHot(smoothing: Double, scale: ScaleChoice) throws {
        let explainer = try explainer("gap_gemm", mapCount: 1, smoothing: smoothing) { $0.scale = scale }
        let channels = try features(explainer).count
        var milliseconds: Int64 = 0
        func look(_ label: String, _ labels: [String]) throws -> (isRecognised: Bool, label: String?, hottest: Float) {
            try explainer.teach(
                deciding(labels, for: label, channels: channels, number: Int(milliseconds)))
            milliseconds += 40
            try explainer.submit(
                try Pictures.rectangle(format, (230, 30, 30), x: 10..<40, y: 10..<40, milliseconds: milliseconds))
            let next = try explainer.next()
            guard let next else { throw NothingCame() }
            return (next.isRecognised, next.drawn?.label, next.observations[0].heatmap.values.max() ?? 0)
        }
        for name in ["none", "Other", "BACKGROUND"] {
            let cup = try look("cup", ["cup", name])
            #expect(cup.isRecognised && cup.label == "cup" && cup.hottest > 0.5)
            explainer.forget()
            let nothing = try look(name, ["cup", name])
            // What the sidecar gets is the class that it is.
            #expect(!nothing.isRecognised && nothing.label == name && nothing.hottest < 0.02, "\(nothing)")
            // Who asks for it sees it.
            explainer.settings.explainedClass = 1
            let chosen = try look(name, ["cup", name])
            #expect(chosen.isRecognised && chosen.label == name && chosen.hottest > 0.02)
            explainer.settings.explainedClass = nil
            explainer.forget()
        }
        let named = try look("nonesuch", ["cup", "nonesuch"])
        #expect(named.isRecognised && named.hottest > 0.5)
    }

    @Test func inAGridEachClassHasItsOwnHeat() throws {
        let explainer = try explainer("gap_gemm", mapCount: 2)
        let channels = try features(explainer).count
        try explainer.teach(deciding(["cup", "none"], for: "none", channels: channels, number: 1))
        let seen = try see(explainer)
        #expect(seen.maps.map(\.prediction.label) == ["none", "cup"])
        #expect(seen.maps.allSatisfy { $0.heatmap.values.max() ?? 0 > 0.5 })
    }

    @Test func featuresAndPixelsAreThoseOfThePictureThatWasLookedAt() throws {
        let explainer = try explainer("gap_gemm")
        #expect(explainer.pictureForTeacher == nil)
        _ = try see(explainer, (230, 30, 30), milliseconds: 40)
        let red = try #require(explainer.pictureForTeacher)
        _ = try see(explainer, (30, 30, 230), milliseconds: 80)
        let blue = try #require(explainer.pictureForTeacher)
        #expect(red.seconds == 0.04 && blue.seconds == 0.08)
        #expect(red.pixels.count % 3 == 0 && red.pixels != blue.pixels && red.features != blue.features)
    }

    @Test func aNewerHeadOfTheSameClassesKeepsTheirPast() throws {
        let explainer = try explainer("gap_gemm", mapCount: 1, smoothing: 5)
        let channels = try features(explainer).count
        try explainer.teach(head(["cup", "none"], channels: channels))
        explainer.settings.explainedClass = 0
        for step in 1...5 { _ = try see(explainer, milliseconds: Int64(step) * 40) }
        let before = try see(explainer, milliseconds: 240).maps[0]
        // The other way round: without a past the map would turn at once.
        let old = head(["cup", "none"], channels: channels)
        try explainer.teach(
            TaughtHead(number: 2, labels: old.labels, weights: old.weights.map { -$0 }, bias: old.bias))
        #expect(explainer.settings.explainedClass == 0)
        let after = try see(explainer, milliseconds: 280).maps[0]
        let step = change(before, after)
        try explainer.teach(head(["pen", "none"], channels: channels, number: 3))
        try explainer.teach(
            TaughtHead(number: 4, labels: old.labels, weights: old.weights.map { -$0 }, bias: old.bias))
        explainer.settings.explainedClass = 0
        let anew = try see(explainer, milliseconds: 320).maps[0]
        let jump = change(before, anew)
        #expect(step < 0.1 && jump > 0.3)
    }

    /// The maps, what is printed, and which class is drawn, of classes that stand elsewhere in the list now.
    @Test(arguments: [["pen", "cup", "none"], ["cup", "none", "a", "b", "c"], ["none", "cup"]])
    func classesThatStayKeepTheirPastWhereOthersComeAndGo(_ labels: [String]) throws {
        let explainer = try explainer("gap_gemm", mapCount: 1, smoothing: 5)
        let channels = try features(explainer).count
        let old = deciding(["cup", "none"], for: "cup", channels: channels, number: 1)
        try explainer.teach(old)
        for step in 1...5 { _ = try see(explainer, milliseconds: Int64(step) * 40) }
        let before = try see(explainer, milliseconds: 240).maps[0]
        // The other way round, and anything else: without a past it would turn at once.
        let rows = labels.map { label in old.labels.firstIndex(of: label).map { row in row * channels } }
        let weights = rows.flatMap { row in
            (0..<channels).map { channel in row.map { -old.weights[$0 + channel] } ?? Float(channel) }
        }
        func teach(_ number: Int) throws {
            try explainer.teach(
                TaughtHead(
                    number: number, labels: labels, weights: weights, bias: labels.map { $0 == "cup" ? 50 : 0 }))
        }
        try teach(2)
        let after = try see(explainer, milliseconds: 280).maps[0]
        #expect(before.prediction.label == "cup" && after.prediction.label == "cup")
        #expect(after.prediction.classID == labels.firstIndex(of: "cup"))
        let step = change(before, after)
        explainer.forget()
        let anew = try see(explainer, milliseconds: 320).maps[0]
        let jump = change(before, anew)
        #expect(step < 0.1 && jump > 0.3, "\(step) \(jump)")
    }

    @Test func aClassThatIsRenamedKeepsItsPastAndStaysChosen() throws {
        let explainer = try explainer("gap_gemm", mapCount: 1, smoothing: 5)
        let channels = try features(explainer).count
        let old = head(["cup", "none"], channels: channels)
        try explainer.teach(old)
        explainer.settings.explainedClass = 0
        for step in 1...5 { _ = try see(explainer, milliseconds: Int64(step) * 40) }
        // The other way round: without a past the map would turn at once.
        let weights = old.weights.map { -$0 }
        try explainer.teach(TaughtHead(number: 2, labels: old.labels, weights: weights, bias: old.bias))
        let before = try see(explainer, milliseconds: 240).maps[0]
        try explainer.teach(TaughtHead(number: 3, labels: ["mug", "none"], weights: weights, bias: old.bias))
        let after = try see(explainer, milliseconds: 280).maps[0]
        #expect(explainer.settings.explainedClass == 0 && after.prediction.label == "mug")
        let step = change(before, after)
        explainer.forget()
        let anew = try see(explainer, milliseconds: 320).maps[0]
        let jump = change(before, anew)
        #expect(step < 0.1 && jump > 0.3, "\(step) \(jump)")
    }

    /// Between two pictures that are looked at, the maps of the first one are shown.
    @Test func picturesThatFollowShowTheMapsOfBeforeByTheirNewNumbers() throws {
        let explainer = try explainer("gap_gemm", mapCount: 1) { $0.camEvery = 4 }
        let channels = try features(explainer).count
        try explainer.teach(deciding(["cup", "none"], for: "cup", channels: channels, number: 1))
        func follow(_ labels: [String], for label: String, _ milliseconds: Int64) throws -> Seen {
            try explainer.teach(
                deciding(labels, for: label, channels: channels, number: Int(milliseconds)))
            return try see(explainer, milliseconds: milliseconds)
        }
        explainer.forget()
        let first = try see(explainer, milliseconds: 40)
        let count = explainer.inferences
        let next = try follow(["a", "b", "cup"], for: "b", 80)
        #expect(explainer.inferences == count && first.maps[0].prediction.classID == 0)
        #expect(next.maps[0].prediction == Prediction(classID: 2, label: "cup", probability: first.top[0].probability))
        #expect(next.maps[0].heatmap == first.maps[0].heatmap && next.top.map(\.label) == ["cup"])
        // Its class has gone: it is looked at.
        let last = try follow(["a", "b"], for: "b", 120)
        #expect(explainer.inferences == count + 1 && last.maps[0].prediction.label == "b")
    }

    @Test func aChosenClassGoesByItsNameWhereClassesComeAndGo() throws {
        let explainer = try explainer("gap_gemm", mapCount: 1)
        let channels = try features(explainer).count
        func choose(_ labels: [String], _ number: Int) throws -> String? {
            try explainer.teach(head(labels, channels: channels, number: number))
            let seen = try see(explainer)
            #expect(labels.contains(seen.top[0].label))
            return explainer.settings.explainedClass.map { labels[$0] }
        }
        #expect(try choose(["none", "cup", "pen"], 1) == nil)
        explainer.settings.explainedClass = 2
        #expect(try choose(["cup", "pen"], 2) == "pen")
        #expect(try choose(["a", "b", "c", "d", "e", "f", "g", "pen"], 3) == "pen")
        #expect(try choose(["a", "b"], 4) == nil)
        explainer.settings.explainedClass = 1
        try explainer.teach(nil)
        #expect(explainer.settings.explainedClass == nil)
        #expect(try see(explainer).maps.count == 1)
    }

    /// Between two classes that are as probable as each other, rounding is no mismatch.
    @Test func aPictureBetweenTwoClassesIsExplained() throws {
        let explainer = try explainer("gap_gemm")
        let features = try features(explainer)
        let row = head(["a", "b"], channels: features.count).weights.prefix(features.count).map { $0 * 1000 }
        let score = zip(row, features).reduce(0) { $0 + $1.0 * $1.1 }
        try explainer.teach(
            TaughtHead(
                number: 1, labels: ["a", "b"], weights: row + row.map { -$0 }, bias: [-score, score]))
        #expect(abs(try see(explainer).top[0].probability - 0.5) < 0.01)
    }

    @Test func aHeadThatDoesNotFitChangesNothing() throws {
        let explainer = try explainer("gap_gemm")
        let channels = try features(explainer).count
        let fitting = head(["a", "b"], channels: channels)
        try explainer.teach(fitting)
        #expect(throws: InferError.self) { try explainer.teach(head(["a", "b"], channels: channels + 1, number: 2)) }
        #expect(throws: InferError.self) {
            try explainer.teach(
                TaughtHead(
                    number: 3, labels: fitting.labels, weights: fitting.weights.map { _ in .nan }, bias: fitting.bias))
        }
        #expect(explainer.taught == fitting)
        #expect(try see(explainer).maps.count == 2)
    }

    @Test(arguments: ["gradcam", "scorecam", "saliency"]) func onlyCAMCanBeTaught(_ method: String) throws {
        let error = #expect(throws: InferError.self) {
            _ = try explainer("gap_gemm") {
                $0.method = MethodName(rawValue: method)!
                $0.teach = "desk"
            }
        }
        #expect(error?.isUsage == true && "\(error!)".contains("--teach"))
        let late = try explainer("gap_gemm") { $0.method = MethodName(rawValue: method)! }
        #expect(throws: InferError.self) { try late.teach(head(["a", "b"], channels: 4)) }
    }

    @Test func aModelWithoutAPooledHeadCannotBeTaught() throws {
        let error = #expect(throws: InferError.self) { _ = try explainer("vgg") { $0.teach = "desk" } }
        #expect("\(error!)".contains("leave out --teach"))
    }
}
