extension Sequence<String> {
    /// The name that `typed` was most likely meant to be: at most a third of its letters differ.
    func nearest(to typed: String) -> String? {
        let distances = map { (name: $0, distance: $0.editDistance(to: typed)) }
        guard let best = distances.min(by: { $0.distance < $1.distance }),
            best.distance <= Swift.max(1, best.name.count / 3)
        else { return nil }
        return best.name
    }
}

extension String {
    /// Letters to insert, remove or replace (Levenshtein); a text over 128 octets is as far as it is long.
    fileprivate func editDistance(to other: String) -> Int {
        let (here, there) = (Array(utf8), Array(other.utf8))
        guard there.count <= 128 else { return there.count }
        var row = Array(0...there.count)
        for (index, letter) in here.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in there.indices {
                let replaced = diagonal + (letter == there[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = Swift.min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[there.count]
    }
}
