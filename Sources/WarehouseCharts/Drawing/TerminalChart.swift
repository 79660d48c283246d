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
        let room = max(4, min(shown.map { extent($0.label) }.max() ?? 0, max(4, width / 3)))
        let space = max(4, width - room - widest - 4)
        let known = shown.compactMap(\.value).filter(\.isFinite)
        let high = max(0, known.max() ?? 0), low = min(0, known.min() ?? 0)
        let range = high - low
        // Cells left of the line from which bars grow.
        let left = range > 0 ? Int((-low / range * Double(space)).rounded()) : 0
        return zip(shown, numbers).map { row, number in
            let label = cut(row.label, room, extent)
            let name = label + String(repeating: " ", count: max(0, room - extent(label)))
            let value = row.value.flatMap { $0.isFinite ? $0 : nil } ?? 0
            var bar = String(repeating: " ", count: left)
            if value < 0, range > 0 {
                let cells = min(left, max(1, Int((-value / range * Double(space)).rounded())))
                bar = String(repeating: " ", count: left - cells) + String(repeating: "█", count: cells)
            } else if value > 0 {
                let parts = max(1, Int((value / high * Double(space - left) * 8).rounded()))
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
