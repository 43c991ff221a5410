/// Non-maximum suppression: of several boxes around one object the best one stays.
///
/// It is greedy and goes class by class: boxes are taken from the highest score down (of equal ones the first in the output), and
/// one that overlaps a box of its own class taken before by more than the rule allows is left out. A box that is left out suppresses
/// none. As what is taken later never changes what was taken before, it ends with as many boxes as are wanted.
enum Suppression {
    static func best(of candidates: [Detection], _ rule: DetectionRule, suppresses: Bool) -> [Detection] {
        let ordered = candidates.sorted {
            $0.score != $1.score ? $0.score > $1.score : $0.candidate < $1.candidate
        }
        guard suppresses else { return Array(ordered.prefix(max(rule.maxBoxes, 0))) }
        var taken: [Detection] = []
        for candidate in ordered {
            guard taken.count < rule.maxBoxes else { break }
            let isSeen = taken.contains {
                $0.classID == candidate.classID && $0.box.overlap(with: candidate.box) > rule.overlap
            }
            if !isSeen { taken.append(candidate) }
        }
        return taken
    }
}
