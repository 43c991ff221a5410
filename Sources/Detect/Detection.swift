package import Pipeline

/// A box that a detector found in a picture.
package struct Detection: Sendable, Equatable {
    package let classID: Int
    /// 0...1, as the model means it: objectness times class, or the class alone.
    package let score: Float
    /// In pixels of the detector's input; it may reach beyond it.
    package var box: Region
    /// The row of the output that it was read from.
    package let candidate: Int
    /// Where the score of its class lies in the layout's `scoreTensor`, row-major; nil: no tensor holds it by class.
    package let element: Int?

    package init(classID: Int, score: Float, box: Region, candidate: Int = 0, element: Int? = nil) {
        self.classID = classID
        self.score = score
        self.box = box
        self.candidate = candidate
        self.element = element
    }
}

/// Which of a detector's boxes count.
package struct DetectionRule: Sendable, Equatable {
    /// 0...1.
    package var minScore: Float
    package var maxBoxes: Int
    /// The overlap of two boxes of a class (area of the intersection to that of the union) above which the one with the lower
    /// score is left out.
    package var overlap: Double
    /// nil: all.
    package var classes: Set<Int>?

    package init(minScore: Float = 0.25, maxBoxes: Int = 20, overlap: Double = 0.45, classes: Set<Int>? = nil) {
        self.minScore = minScore
        self.maxBoxes = maxBoxes
        self.overlap = overlap
        self.classes = classes
    }
}
