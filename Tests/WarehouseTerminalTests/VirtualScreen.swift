import WarehouseBasics

/// What a terminal would show: enough of one for what the painter sends.
struct VirtualScreen {
    private(set) var rows: [[String]]
    private let columns: Int
    private(set) var row = 0
    private(set) var column = 0

    init(columns: Int, height: Int) {
        self.columns = columns
        rows = Array(repeating: Array(repeating: " ", count: columns), count: height)
    }

    /// The rows, without spaces at their ends and empty ones at the end.
    var text: [String] {
        var lines = rows.map { row in
            var line = row.joined()
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    mutating func send(_ text: String) {
        var rest = Array(text)[...]
        while let character = rest.popFirst() {
            switch character {
            case "\u{1B}": sequence(&rest)
            case "\r\n":
                column = 0
                down()
            case "\r": column = 0
            case "\n": down()
            case "\u{7}": break
            default: put(character)
            }
        }
    }

    private mutating func down() {
        if row + 1 < rows.count {
            row += 1
        } else {
            rows.removeFirst()
            rows.append(Array(repeating: " ", count: columns))
        }
    }

    private mutating func put(_ character: Character) {
        let width = DisplayWidth.columns(character)
        precondition(column + width <= columns, "the painter wrote behind the last column")
        rows[row][column] = String(character)
        if width == 2 { rows[row][column + 1] = "" }
        column += width
    }

    private mutating func sequence(_ rest: inout ArraySlice<Character>) {
        precondition(rest.popFirst() == "[", "an unknown sequence")
        var digits = ""
        while let next = rest.popFirst() {
            if next.isNumber || next == "?" || next == ";" {
                digits.append(next)
                continue
            }
            let count = max(1, Int(digits) ?? 1)
            switch next {
            case "A": row = max(0, row - count)
            case "B": row = min(rows.count - 1, row + count)
            case "C": column = min(columns - 1, column + count)
            case "D": column = max(0, column - count)
            case "H": (row, column) = (0, 0)
            case "K": for index in column..<columns { rows[row][index] = " " }
            case "J":
                for index in column..<columns { rows[row][index] = " " }
                for below in rows.indices where below > row || digits == "2" { rows[below] = Array(repeating: " ", count: columns) }
            default: break
            }
            return
        }
    }
}
