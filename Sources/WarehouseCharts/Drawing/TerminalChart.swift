import WarehouseBasics

/// Bars of block characters, for a terminal.
package enum TerminalChart {
    private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    /// More rows than these are not drawn.
    package static let maximumRows = 200

    /// A line for each row: name, bar, number. Bars of negative numbers run to the left of a common line. No line is
    /// wider than `width`.
    package static func bars(_ rows: [(label: String, value: Double?)], width: Int, extent: (String) -> Int) -> [String] {
        let shown = rows.prefix(maximumRows)
        let numbers = shown.map { $0.value.map(NumberText.string) ?? "NULL" }
        let widest = numbers.map(\.count).max() ?? 0
        let free = max(2, width - widest - 4)
        let room = max(1, min(shown.map { extent($0.label) }.max() ?? 0, max(width / 3, free - 30), free - 1))
        let space = max(1, free - room)
        let known = shown.compactMap(\.value).filter(\.isFinite)
        let high = max(0, known.max() ?? 0), low = min(0, known.min() ?? 0)
        // Cells left of the line from which bars grow; where there are two sides, each has one.
        var left = Int((Ticks.share(0, low, high) * Double(space)).rounded())
        if low < 0, high > 0 { left = max(min(1, space - 1), min(left, space - 1)) }
        return zip(shown, numbers).map { row, number in
            let label = cut(row.label, room, extent)
            let name = label + String(repeating: " ", count: max(0, room - extent(label)))
            let value = row.value.flatMap { $0.isFinite ? $0 : nil } ?? 0
            var bar = String(repeating: " ", count: left)
            if value < 0 {
                let cells = min(left, max(1, Int((value / low * Double(left)).rounded())))
                bar = String(repeating: " ", count: left - cells) + String(repeating: "█", count: cells)
            } else if value > 0 {
                let parts = min((space - left) * 8, max(1, Int((value / high * Double(space - left) * 8).rounded())))
                bar += String(repeating: "█", count: parts / 8) + eighths[parts % 8]
            }
            let padding = String(repeating: " ", count: max(0, space - bar.count))
            return "\(name)  \(bar)\(padding)  \(String(repeating: " ", count: widest - number.count))\(number)"
        }
    }

    private static func cut(_ text: String, _ room: Int, _ extent: (String) -> Int) -> String {
        guard extent(text) > room else { return text }
        var out = ""
        for character in text {
            if extent(out + String(character)) > room - 1 { break }
            out.append(character)
        }
        return out + "…"
    }
}
