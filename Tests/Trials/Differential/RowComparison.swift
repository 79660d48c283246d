/// Rows as multisets, numbers by their value.
enum RowComparison {
    /// What differs first; nil where nothing does.
    static func difference(_ ours: [[Cell]], _ theirs: [[Cell]]) -> String? {
        guard ours.count == theirs.count else { return "\(ours.count) rows, SQLite has \(theirs.count)" }
        let a = ours.sorted(by: precedes), b = theirs.sorted(by: precedes)
        for (mine, other) in zip(a, b) where !zip(mine, other).allSatisfy(equal) {
            return "row \(mine), SQLite has \(other)"
        }
        return nil
    }

    /// From here on every double is whole, an average among them.
    private static let wholeFrom = 0x1p52

    /// Averages of NUMBER have six decimals more, and floats are summed in another order.
    private static func equal(_ a: Cell, _ b: Cell) -> Bool {
        guard case .number(let x) = a, case .number(let y) = b else { return a == b }
        if x == y || (x == x.rounded() && y == y.rounded() && abs(x) < wholeFrom) { return x == y }
        return abs(x - y) <= max(1e-6, 1e-9 * max(abs(x), abs(y)))
    }

    private static func precedes(_ a: [Cell], _ b: [Cell]) -> Bool {
        for (x, y) in zip(a, b) where !equal(x, y) { return precedes(x, y) }
        return false
    }

    private static func precedes(_ a: Cell, _ b: Cell) -> Bool {
        switch (a, b) {
        case (.null, _): true
        case (_, .null): false
        case (.number(let x), .number(let y)): x < y
        case (.number, .text): true
        case (.text, .number): false
        case (.text(let x), .text(let y)): Array(x.utf8).lexicographicallyPrecedes(Array(y.utf8))
        }
    }
}
